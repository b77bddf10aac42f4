package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.Role;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class LogLineTest {
    private final FakeContext context = new FakeContext().withPid(4711);

    private HealthCheck check(String regex) {
        return new LogLineFactory().create(new LogLineFactory.Settings(Pattern.compile(regex)), context);
    }

    @Test
    void isHealthyOnceAndForAllWhenTheLineCame() throws Exception {
        HealthCheck check = check("listening on port \\d+$");
        context.line("not listening on port 80 any more");

        assertThat(check.probe())
                .isEqualTo(Health.unhealthy("no line with 'listening on port \\d+$' yet"));
        context.line("now listening on port 80");
        assertThat(check.probe()).isEqualTo(Health.healthy());
        context.line("anything");
        assertThat(check.probe()).isEqualTo(Health.healthy());
    }

    @Test
    void h2_isAReadinessCheckByDefault() {
        assertThat(new LogLineFactory().defaultRole()).isEqualTo(Role.READINESS);
    }

    @Test
    void aComponentHasNoLines() {
        assertThatThrownBy(() -> new LogLineFactory()
                .create(new LogLineFactory.Settings(Pattern.compile("x")), new FakeContext()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'log-line' is for processes, but shop/api is none");
    }

    @Test
    void a5_patternsThatAreWrittenAlikeAreEqual() {
        assertThat(LogLineFactory.logLine("a+")).isEqualTo(LogLineFactory.logLine("a+"))
                .hasSameHashCodeAs(LogLineFactory.logLine("a+"))
                .isNotEqualTo(LogLineFactory.logLine("b+"));
        assertThat(new LogLineFactory.Settings(Pattern.compile("a", Pattern.CASE_INSENSITIVE)))
                .isNotEqualTo(new LogLineFactory.Settings(Pattern.compile("a")));
    }

    @Test
    void aPatternThatEveryLineHasIsRefused() {
        assertThatThrownBy(() -> LogLineFactory.logLine("")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("pattern must not be empty");
    }
}
