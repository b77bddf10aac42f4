package dev.upkeep.cli;

/** How a command prints its answer. */
enum Form {
    TEXT, JSON
}
