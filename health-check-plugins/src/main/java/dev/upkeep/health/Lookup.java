package dev.upkeep.health;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;

/**
 * Finds the addresses of a host. The system's resolver cannot be interrupted and would hold a carrier thread for as long as a
 * name server is silent, so it is asked on a platform thread that lives for one look-up; whoever waits for it can
 * be interrupted. All that ask for one name at the same time share one look-up.
 */
final class Lookup {
    private static final Semaphore AT_ONCE = new Semaphore(64);
    private static final ConcurrentMap<String, CompletableFuture<InetAddress[]>> UNDER_WAY = new ConcurrentHashMap<>();

    private Lookup() {}

    /** Returns at least one address. */
    static InetAddress[] of(String host) throws UnknownHostException, InterruptedException {
        try {
            return new InetAddress[]{InetAddress.ofLiteral(host)};
        } catch (IllegalArgumentException e) {
            return ofName(host);
        }
    }

    private static InetAddress[] ofName(String name) throws UnknownHostException, InterruptedException {
        CompletableFuture<InetAddress[]> answer = UNDER_WAY.get(name);
        if (answer == null) {
            AT_ONCE.acquire();
            CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
            answer = UNDER_WAY.putIfAbsent(name, mine);
            if (answer == null) {
                answer = mine;
                start(name, mine);
            } else {
                AT_ONCE.release();
            }
        }
        try {
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException) {
                throw new UnknownHostException(name);
            }
            throw new IllegalStateException("host '" + name + "' could not be looked up", e.getCause());
        }
    }

    private static void start(String name, CompletableFuture<InetAddress[]> answer) {
        boolean started = false;
        try {
            Thread.ofPlatform().daemon().name("probe-lookup-" + name).start(() -> ask(name, answer));
            started = true;
        } finally {
            if (!started) {
                end(name, answer);
                answer.cancel(false);
            }
        }
    }

    private static void ask(String name, CompletableFuture<InetAddress[]> answer) {
        try {
            InetAddress[] found = InetAddress.getAllByName(name);
            end(name, answer);
            answer.complete(found);
        } catch (Throwable t) {
            end(name, answer);
            answer.completeExceptionally(t);
        }
    }

    private static void end(String name, CompletableFuture<InetAddress[]> answer) {
        UNDER_WAY.remove(name, answer);
        AT_ONCE.release();
    }
}
