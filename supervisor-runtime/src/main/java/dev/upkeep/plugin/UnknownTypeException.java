package dev.upkeep.plugin;

/** No type of that name is installed. The message says which are, the nearest one, and which jars failed to load. */
public final class UnknownTypeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnknownTypeException(String message) {
        super(message);
    }
}
