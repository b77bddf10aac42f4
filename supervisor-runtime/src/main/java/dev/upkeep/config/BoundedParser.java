package dev.upkeep.config;

import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.parser.Parser;

/** Ends the reading of a document that nests deeper, or is larger, than a person would write: the composer recurses. */
final class BoundedParser implements Parser {
    static final int DEEPEST = 64;
    private static final int MOST_EVENTS = 500_000;

    private final Parser parser;
    private int depth;
    private int events;

    BoundedParser(Parser parser) {
        this.parser = parser;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
        return parser.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
        return parser.peekEvent();
    }

    @Override
    public boolean hasNext() {
        return parser.hasNext();
    }

    @Override
    public Event next() {
        Event event = parser.next();
        switch (event.getEventId()) {
            case MappingStart, SequenceStart -> depth++;
            case MappingEnd, SequenceEnd -> depth--;
            default -> {
            }
        }
        if (depth > DEEPEST) {
            throw new TooLargeException("nested deeper than " + DEEPEST + " levels", event);
        }
        if (++events > MOST_EVENTS) {
            throw new TooLargeException("more than " + MOST_EVENTS + " values", event);
        }
        return event;
    }

    static final class TooLargeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Position at;

        TooLargeException(String message, Event event) {
            super(message);
            this.at = event.getStartMark()
                    .map(m -> new Position(m.getLine() + 1, m.getColumn() + 1))
                    .orElse(Position.START);
        }

        Position at() {
            return at;
        }
    }
}
