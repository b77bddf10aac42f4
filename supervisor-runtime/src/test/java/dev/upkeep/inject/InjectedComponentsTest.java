package dev.upkeep.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.inject.Guice;
import com.google.inject.Stage;
import dev.upkeep.api.Component;
import dev.upkeep.api.ComponentContext;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class InjectedComponentsTest {
    /** As a person writes it: no annotation, one constructor. */
    public static final class WithSettings implements Component {
        public record Settings(int batch) {}

        final Settings settings;
        final Ledger ledger;

        public WithSettings(Settings settings, Ledger ledger) {
            this.settings = settings;
            this.ledger = ledger;
        }

        @Override
        public void run(ComponentContext context) {}
    }

    public static final class Plain implements Component {
        @Override
        public void run(ComponentContext context) {}
    }

    public static final class Demanding implements Component {
        public Demanding(Runnable nobodyBindsThis) {}

        @Override
        public void run(ComponentContext context) {}
    }

    static final class Ledger {}

    private final InjectedComponents components = new InjectedComponents(
            Guice.createInjector(Stage.PRODUCTION, binder -> {
                binder.requireExplicitBindings();
                binder.bind(Ledger.class).toInstance(new Ledger());
            }));

    @Test
    void everyStartGetsAFreshComponentWithTheSettingsOfItsChildAndWhatTheApplicationBinds() throws Exception {
        Callable<? extends Component> one = components.of(WithSettings.class,
                Optional.of(new WithSettings.Settings(1)));
        Callable<? extends Component> two = components.of(WithSettings.class,
                Optional.of(new WithSettings.Settings(2)));

        WithSettings first = (WithSettings) one.call();
        WithSettings again = (WithSettings) one.call();
        WithSettings other = (WithSettings) two.call();
        assertThat(again).isNotSameAs(first);
        assertThat(first.settings.batch()).isEqualTo(1);
        assertThat(other.settings.batch()).isEqualTo(2);
        assertThat(other.ledger).isSameAs(first.ledger);
        assertThat(components.of(Plain.class, Optional.empty()).call()).isInstanceOf(Plain.class);
    }

    @Test
    void a5_factoriesOfOneClassWithEqualSettingsAreEqual() {
        Callable<? extends Component> one = components.of(WithSettings.class,
                Optional.of(new WithSettings.Settings(1)));

        assertThat(components.of(WithSettings.class, Optional.of(new WithSettings.Settings(1))))
                .isEqualTo(one)
                .hasSameHashCodeAs(one);
        assertThat(components.of(WithSettings.class, Optional.of(new WithSettings.Settings(2))))
                .isNotEqualTo(one);
        assertThat(components.of(Plain.class, Optional.empty())).isNotEqualTo(one);
    }

    @Test
    void aComponentThatCannotBeBuiltIsToldWhenTheFileIsReadAndNotWhenItStarts() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> components.of(Demanding.class, Optional.empty()))
                .withMessageContaining("Demanding")
                .withMessageContaining("Runnable");
    }
}
