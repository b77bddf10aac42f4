package dev.upkeep.probe;

/** Something that a check wants done later. When it is due, and whether it still is, is guarded by the schedule's lock. */
final class CheckTask extends Dues.Entry implements Runnable {
    final InstanceCheckContext context;
    private final Runnable task;

    CheckTask(InstanceCheckContext context, Runnable task) {
        this.context = context;
        this.task = task;
    }

    @Override
    public void run() {
        Thread.currentThread().setContextClassLoader(context.loader());
        try {
            task.run();
        } catch (OutOfMemoryError e) {
            throw e;
        } catch (Throwable t) {
            context.child()
                    .warn()
                    .addKeyValue("type", context.type())
                    .addKeyValue("error", Answers.text(t))
                    .log("a timed task of a health check failed");
        }
    }

    @Override
    public String toString() {
        return context.child().instance + "-" + context.type();
    }
}
