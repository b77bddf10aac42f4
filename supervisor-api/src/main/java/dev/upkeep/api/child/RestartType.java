package dev.upkeep.api.child;

/** Whether a child that ended is started again, as in Erlang/OTP's {@code supervisor} ("Child specification"). */
public enum RestartType {
    /** Always. */
    PERMANENT,
    /** Only after an abnormal end. */
    TRANSIENT,
    /** Never; once it has ended, its spec is gone with it. */
    TEMPORARY
}
