package dev.upkeep.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.upkeep.api.Supervisor;
import dev.upkeep.config.Configuration;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SecretsTest {
    private final Secrets secrets = new Secrets();

    private static Configuration with(String... secrets) {
        return new Configuration(Supervisor.named("shop").build(), Set.of(secrets));
    }

    @Test
    void f2_theSecretsOfEachReadingAreHiddenAndSoAreThoseBefore() {
        assertThat(secrets.apply("old new")).isEqualTo("old new");

        secrets.add(with("old"));
        secrets.add(with("new"));

        assertThat(secrets.apply("old new")).isEqualTo("*** ***");
    }

    @Test
    void f2_theLongerOfTwoReadingsSecretsGoesFirst() {
        secrets.add(with("hunter"));
        secrets.add(with("hunter2000"));
        secrets.add(with("unt"));

        assertThat(secrets.apply("key=hunter2000")).isEqualTo("key=***");
    }

    @Test
    void f2_aSecretOfSeveralLinesIsHiddenLineByLine() {
        secrets.add(with("-----BEGIN KEY-----\nabcdefghijkl\nmn\n-----END KEY-----"));

        assertThat(secrets.apply("| abcdefghijkl")).isEqualTo("| ***");
        assertThat(secrets.apply("-----BEGIN KEY----- abcdefghijkl mn -----END KEY-----")).isEqualTo("***");
        assertThat(secrets.apply("mn is too short to be one")).isEqualTo("mn is too short to be one");
    }

    @Test
    void onlySoManyReadingsAreRememberedAndTheSameTwiceIsOne() {
        secrets.add(with("the-first"));
        for (int i = 0; i < 10 * Secrets.READINGS; i++) {
            secrets.add(with("the-second"));
        }
        assertThat(secrets.apply("the-first")).isEqualTo("***");

        for (int i = 0; i < Secrets.READINGS; i++) {
            secrets.add(with("number" + i + "-"));
        }
        assertThat(secrets.apply("the-first")).isEqualTo("the-first");
        assertThat(secrets.apply("number0-")).isEqualTo("***");
    }
}
