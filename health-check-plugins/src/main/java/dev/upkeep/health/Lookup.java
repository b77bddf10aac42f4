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
    static final int MOST_AT_ONCE = 64;
    /** The resolver of this JVM, for all checks together. */
    static final Lookup SYSTEM = new Lookup(InetAddress::getAllByName);

    /** Finds the addresses of a name, however long it takes. */
    @FunctionalInterface
    interface Resolver {
        InetAddress[] find(String name) throws UnknownHostException;
    }

    private final Resolver resolver;
    private final Semaphore atOnce = new Semaphore(MOST_AT_ONCE);
    private final ConcurrentMap<String, CompletableFuture<InetAddress[]>> underWay = new ConcurrentHashMap<>();

    Lookup(Resolver resolver) {
        this.resolver = resolver;
    }

    /** Returns at least one address. */
    InetAddress[] of(String host) throws UnknownHostException, InterruptedException {
        try {
            return new InetAddress[]{InetAddress.ofLiteral(host)};
        } catch (IllegalArgumentException e) {
            return ofName(host);
        }
    }

    private InetAddress[] ofName(String name) throws UnknownHostException, InterruptedException {
        CompletableFuture<InetAddress[]> answer = underWay.get(name);
        if (answer == null) {
            atOnce.acquire();
            CompletableFuture<InetAddress[]> mine = new CompletableFuture<>();
            answer = underWay.putIfAbsent(name, mine);
            if (answer == null) {
                answer = mine;
                start(name, mine);
            } else {
                atOnce.release();
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

    private void start(String name, CompletableFuture<InetAddress[]> answer) {
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

    private void ask(String name, CompletableFuture<InetAddress[]> answer) {
        try {
            InetAddress[] found = resolver.find(name);
            end(name, answer);
            answer.complete(found);
        } catch (Throwable t) {
            end(name, answer);
            answer.completeExceptionally(t);
        }
    }

    private void end(String name, CompletableFuture<InetAddress[]> answer) {
        underWay.remove(name, answer);
        atOnce.release();
    }
}
