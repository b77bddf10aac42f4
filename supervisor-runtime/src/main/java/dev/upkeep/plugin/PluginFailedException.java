package dev.upkeep.plugin;

/** A plugin did not make what it was asked for. The message names its type and where it came from. */
public final class PluginFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PluginFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
