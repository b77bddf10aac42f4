package dev.upkeep.plugin;

import java.util.concurrent.Callable;

/** The rules for calling into code that is not ours. */
final class Plugins {
    private static final int DEEPEST_CAUSE = 16;

    private Plugins() {}

    /**
     * Calls with the plugin's loader as the thread's context class loader. Whatever is thrown comes out as one exception;
     * running out of memory is nobody's fault and passes.
     */
    static <T> T call(ClassLoader loader, Callable<T> call) throws PluginThrewException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try {
            return call.call();
        } catch (Throwable t) {
            throw new PluginThrewException(unwrap(t));
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    /** Returns what a plugin really threw, out of the wrappers of reflection and initialisation. */
    static Throwable unwrap(Throwable thrown) {
        Throwable inner = thrown;
        for (int i = 0; i < DEEPEST_CAUSE; i++) {
            if (inner instanceof OutOfMemoryError outOfMemory) {
                throw outOfMemory;
            }
            Throwable cause = inner.getCause();
            boolean wrapper = inner instanceof java.lang.reflect.InvocationTargetException
                    || inner instanceof ExceptionInInitializerError
                    || inner instanceof java.util.ServiceConfigurationError;
            if (!wrapper || cause == null) {
                return inner;
            }
            inner = cause;
        }
        return inner;
    }

    /** Something was thrown by a plugin; the cause says what. */
    static final class PluginThrewException extends Exception {
        private static final long serialVersionUID = 1L;

        PluginThrewException(Throwable cause) {
            super(cause);
        }

        Throwable thrown() {
            Throwable cause = getCause();
            return cause == null ? this : cause;
        }
    }
}
