package dev.upkeep.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {
    private static final Path FILE = Path.of("upkeep.yaml");

    @ParameterizedTest
    @ValueSource(strings = {"name: shop", "name:   shop  ", "x-a: 1\nname: 'shop' # ours\nb: 2",
            "name: \"shop\"\r\n",
            "name: shop\t# ours\n", "'name': shop", "children:\n  web:\n    name: other\nname: shop\n"})
    void theNameIsSeenAsPeopleWriteIt(String yaml) {
        assertThat(Target.nameIn(yaml, FILE)).contains("shop");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "children:\n  name: shop\n", "#name: shop", "names: shop"})
    void aFileMayHaveNone(String yaml) {
        assertThat(Target.nameIn(yaml, FILE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"name: ${SHOP}", "name: &a shop", "name: |\n  shop", "name:", "name: ../../etc",
            "name: 'a''b'"})
    void aNameThatIsNotPlainToSeeIsAskedFor(String yaml) {
        assertThatThrownBy(() -> Target.nameIn(yaml, FILE)).isInstanceOf(CommandFailure.class)
                .hasMessageContaining("say --state DIR");
    }

}
