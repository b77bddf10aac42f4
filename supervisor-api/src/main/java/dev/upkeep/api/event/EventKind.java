package dev.upkeep.api.event;

import java.util.Locale;

/** The kinds of events. More may come: a switch over them needs a default. */
public enum EventKind {
    WAITING, QUEUED, STARTED, READY, NOT_READY, HEALTH_CHANGED, FLAPPING, EXITED, RESTART_SCHEDULED, RESTARTED, SUSPENDED, TRIAL, BREAKER_CHANGED, GAVE_UP, ESCALATED, ABANDONED, STOPPING, STOPPED, COMPLETED, HOST_SHORTAGE, PLUGIN_FAILED, CARRIERS_BUSY, SAVE_FAILED, OUTPUT_DROPPED, STRAYED, SPEC_APPLIED, OPERATOR_ACTION;

    /** Returns the kind as JSON and the command line write it, as in {@code restart-scheduled}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
