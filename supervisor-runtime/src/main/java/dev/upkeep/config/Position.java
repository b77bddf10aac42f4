package dev.upkeep.config;

/** A place in the file, both counted from 1. */
record Position(int line, int column) {
    static final Position START = new Position(1, 1);
}
