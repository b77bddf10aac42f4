package dev.upkeep.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.health.HealthCheckFactory;
import dev.upkeep.api.health.Role;
import dev.upkeep.api.settings.ByteSize;
import dev.upkeep.api.settings.Choice;
import dev.upkeep.api.settings.Defaults;
import dev.upkeep.api.settings.Doc;
import dev.upkeep.api.settings.Durations;
import dev.upkeep.api.settings.Range;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What all built-in checks have in common, as they are found. That none reads a clock or rolls dice of its own is held by the
 * architecture test of the distribution.
 */
@Timeout(60)
final class BuiltInChecksTest {
    private static final Set<String> OF_PROCESSES_ALONE = Set.of("cpu", "log-line", "memory", "open-files");
    /** Threads of the JDK, which it keeps for others to come. */
    private static final List<String> OF_THE_JDK = List.of("process reaper", "Read-Poller", "Write-Poller",
            "Master-Poller", "VirtualThread-unblocker", "VirtualThread-unparker", "ForkJoinPool", "Cleaner-",
            "Common-Cleaner", "Keep-Alive", "junit-", "surefire-");

    private final FakeContext context = new FakeContext();
    private final Loopback silent;

    BuiltInChecksTest() throws Exception {
        silent = Loopback.silent();
    }

    @BeforeEach
    void isAProcess() {
        context.withPid(ProcessHandle.current().pid());
    }

    @AfterEach
    void close() {
        silent.close();
    }

    @SuppressWarnings("rawtypes")
    static List<HealthCheckFactory<?>> factories() {
        return ServiceLoader.load(HealthCheckFactory.class)
                .stream()
                .<HealthCheckFactory<?>>map(provider -> (HealthCheckFactory<?>) provider.get())
                .toList();
    }

    /** A check of each type; those that can wait for something wait for ever. */
    private Choice sample(String type) {
        return switch (type) {
            case "composite" -> CompositeFactory.allOf(sample("tcp"), sample("exec"));
            case "cpu" -> CpuFactory.cpu(1);
            case "error-rate" -> ErrorRateFactory.errorRate();
            case "exec" -> ExecFactory.exec("sh", "-c", "trap '' TERM; sleep 60; sleep 60");
            case "file" -> FileCheckFactory.fileExists(Path.of("/"));
            case "heartbeat" -> HeartbeatFactory.heartbeat(Duration.ofSeconds(10));
            case "http" -> HttpFactory.http("http://127.0.0.1:" + silent.port());
            case "log-line" -> LogLineFactory.logLine("ready");
            case "memory" -> MemoryFactory.memory(new ByteSize(1L << 40));
            case "open-files" -> OpenFilesFactory.openFiles(1_000_000);
            case "phi-accrual" -> PhiAccrualFactory.phiAccrual();
            case "tcp" -> TcpFactory.tcp("127.0.0.1", silent.port(), "PING", "+PONG");
            default -> throw new AssertionError("there is no sample of '" + type + "' in this test yet");
        };
    }

    private HealthCheck made(HealthCheckFactory<?> factory) {
        return context.make(sample(factory.type()));
    }

    @Test
    void allAreFoundByName() {
        assertThat(factories()).extracting(HealthCheckFactory::type)
                .containsExactlyInAnyOrder("composite", "cpu", "error-rate", "exec", "file", "heartbeat",
                        "http",
                        "log-line", "memory", "open-files", "phi-accrual", "tcp");
    }

    @ParameterizedTest
    @MethodSource("factories")
    void everySettingIsDocumentedAndNamedUnlikeTheKeysOfAllChecks(HealthCheckFactory<?> factory) {
        Set<String> reserved = Set.of("type", "name", "role", "interval", "timeout", "initialDelay",
                "failureThreshold", "successThreshold", "degradedThreshold", "jitter");
        for (RecordComponent component : factory.settings().getRecordComponents()) {
            assertThat(component.isAnnotationPresent(Doc.class)).as("%s", component).isTrue();
            assertThat(component.getAnnotation(Doc.class).value()).doesNotEndWith(".").isNotBlank();
            assertThat(reserved).doesNotContain(component.getName());
        }
    }

    @ParameterizedTest
    @MethodSource("factories")
    void h2LogLineIsForReadinessAndAllOthersForLiveness(HealthCheckFactory<?> factory) {
        assertThat(factory.defaultRole())
                .isEqualTo(factory.type().equals("log-line") ? Role.READINESS : Role.LIVENESS);
    }

    @ParameterizedTest
    @MethodSource("factories")
    void theDefaultsAreEnoughOrItIsSaidWhatMustBeGiven(HealthCheckFactory<?> factory) {
        Throwable refused = catchThrowable(() -> Defaults.of(factory.settings()));
        if (refused != null) {
            assertThat(refused).isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be given");
        }
    }

    @ParameterizedTest
    @MethodSource("factories")
    void aSettingOutOfItsRangeIsRefusedNamingKeyRuleAndValue(HealthCheckFactory<?> factory) {
        Record sample = sample(factory.type()).settings().orElseThrow();
        for (RecordComponent component : factory.settings().getRecordComponents()) {
            for (Object wrong : outOfRange(component)) {
                Object given = component.getType() == Optional.class ? Optional.of(wrong) : wrong;
                assertThatThrownBy(() -> with(sample, component, given))
                        .as("%s: %s", component.getName(), wrong)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContainingAll(component.getName(), " must ")
                        .satisfies(refused -> assertThat(String.valueOf(refused.getMessage()))
                                .containsAnyOf(shown(wrong)));
            }
        }
    }

    /** Values just beyond the ends of the range that the component declares. */
    private static List<Object> outOfRange(RecordComponent component) {
        Range range = component.getAnnotation(Range.class);
        List<Object> values = new ArrayList<>();
        if (range != null) {
            double step = type(component) == Double.class || type(component) == double.class
                    ? 0.5
                    : type(component) == Duration.class ? 0.001 : 1;
            if (!Double.isInfinite(range.min())) {
                values.add(value(type(component), range.exclusiveMin() ? range.min() : range.min() - step));
            }
            if (!Double.isInfinite(range.max())) {
                values.add(value(type(component), range.max() + step));
            }
        }
        return values;
    }

    private static Type type(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType generic
                ? generic.getActualTypeArguments()[0]
                : component.getType();
    }

    private static Object value(Type type, double number) {
        if (type == Duration.class) {
            return Duration.ofMillis(Math.round(number * 1000));
        } else if (type == int.class || type == Integer.class) {
            return (int) number;
        } else if (type == double.class || type == Double.class) {
            return number;
        }
        throw new AssertionError("no values of " + type + " in this test yet");
    }

    private static String[] shown(Object value) {
        return value instanceof Duration duration
                ? new String[]{duration.toString(), Durations.format(duration)}
                : new String[]{value.toString()};
    }

    /** Returns the record with another value of one component. */
    private static Record with(Record record, RecordComponent changed, Object value) throws Throwable {
        RecordComponent[] components = record.getClass().getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = components[i].getName().equals(changed.getName())
                    ? value
                    : components[i].getAccessor().invoke(record);
        }
        try {
            return record.getClass()
                    .getDeclaredConstructor(
                            Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                    .newInstance(values);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    @ParameterizedTest
    @MethodSource("factories")
    void equalSettingsAreEqualSoThatTheyRestartNobody(HealthCheckFactory<?> factory) {
        assertThat(sample(factory.type())).isEqualTo(sample(factory.type()))
                .hasSameHashCodeAs(sample(factory.type()));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void aCheckThatNeedsAProcessSaysSoWhereThereIsNoneAndTheOthersNeedNone(HealthCheckFactory<?> factory)
            throws Exception {
        FakeContext component = new FakeContext();
        Choice sample = sample(factory.type());

        if (OF_PROCESSES_ALONE.contains(factory.type())) {
            assertThatThrownBy(() -> component.make(sample)).isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("'" + factory.type() + "' is for processes, but shop/api is none");
        } else {
            component.make(sample).close();
        }
        made(factory).close();
    }

    @ParameterizedTest
    @MethodSource("factories")
    void h1AnInterruptedRunEndsWithinASecondAndLeavesNoThread(HealthCheckFactory<?> factory)
            throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        HealthCheck check = made(factory);
        Run waiting = Run.of(check);
        if (Set.of("composite", "http", "tcp").contains(factory.type())) {
            silent.accepted.await();
        }
        waiting.interrupt();
        Run.of(check).interrupt();
        check.close();

        try {
            Await.that("no thread is left", () -> threadsSince(before).isEmpty());
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + ": " + threadsSince(before).values(), e);
        }
    }

    private static Map<Thread, String> threadsSince(Set<Thread> before) {
        return Thread.getAllStackTraces()
                .keySet()
                .stream()
                .filter(thread -> !before.contains(thread) && thread.isAlive())
                .filter(thread -> OF_THE_JDK.stream().noneMatch(thread.getName()::contains))
                .collect(Collectors.toMap(thread -> thread, Thread::getName));
    }

    @ParameterizedTest
    @MethodSource("factories")
    void closingTwiceDoesNoHarm(HealthCheckFactory<?> factory) throws Exception {
        HealthCheck check = made(factory);

        check.close();
        check.close();
    }
}
