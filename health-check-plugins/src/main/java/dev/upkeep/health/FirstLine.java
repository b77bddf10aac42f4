package dev.upkeep.health;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads an output to its end, so that nobody who writes it has to wait, and keeps its first line that is not blank. */
final class FirstLine implements Runnable {
    private static final int MOST_BYTES = 1024;

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private volatile String text = "";

    FirstLine(InputStream in) {
        this.in = in;
    }

    @Override
    public void run() {
        byte[] buffer = new byte[8192];
        try (in) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                for (int i = 0; i < read && text.isEmpty(); i++) {
                    take(buffer[i]);
                }
            }
        } catch (IOException e) {
            // Closed: there is no more.
            keep();
            return;
        }
        keep();
    }

    private void take(byte b) {
        if (b != '\n') {
            line.write(b);
        }
        if (b == '\n' || line.size() == MOST_BYTES) {
            keep();
        }
    }

    private void keep() {
        if (text.isEmpty()) {
            text = Excerpt.of(line.toByteArray());
            line.reset();
        }
    }

    /** Returns what has come of the line; empty if there was none. Complete once the output has been read to its end. */
    String text() {
        return text;
    }
}
