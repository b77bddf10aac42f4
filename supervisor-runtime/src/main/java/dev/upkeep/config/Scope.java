package dev.upkeep.config;

import java.util.Optional;

/**
 * What {@code ${name}}, {@code ${path}} and {@code ${index}} stand for.
 *
 * @param name the id of the child
 * @param path its path from the root
 * @param index its number among its replicas, or that of the nearest replica above it
 */
record Scope(String name, String path, Optional<Integer> index) {
    Scope child(String id, Optional<Integer> replica) {
        return new Scope(id, path + "/" + id, replica.or(() -> index));
    }
}
