package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Connects, and talks if so wanted. On a virtual thread an interrupt closes the socket. */
record Tcp(TcpFactory.Settings settings) implements HealthCheck {
    @Override
    public Health probe() throws InterruptedException {
        String where = settings.host() + ":" + settings.port();
        boolean connected = false;
        try (Socket socket = Dial.open(settings.host(), settings.port(), millis())) {
            connected = true;
            socket.setSoTimeout(millis());
            return talk(socket, where);
        } catch (UnknownHostException e) {
            return Health.unhealthy("host '" + settings.host() + "' is unknown");
        } catch (SocketTimeoutException e) {
            String within = " within " + Durations.format(settings.connectTimeout());
            return Health.unhealthy(connected
                    ? where + " accepted and did not answer" + within
                    : where + " did not accept" + within);
        } catch (IOException e) {
            Dial.requireNotInterrupted(where);
            return Health.unhealthy(where + ": " + Dial.words(e));
        }
    }

    private Health talk(Socket socket, String where) throws IOException {
        Optional<String> send = settings.send();
        if (send.isPresent()) {
            socket.getOutputStream().write(send.get().getBytes(StandardCharsets.UTF_8));
        }
        if (settings.expect().isEmpty()) {
            return Health.healthy();
        }
        // Bytes as characters, so that an answer cut within a character is found all the same.
        String wanted = new String(settings.expect().get().getBytes(StandardCharsets.UTF_8),
                StandardCharsets.ISO_8859_1);
        // The end of what was read, as long as the beginning of the wanted text can be in it: a byte at a time stays cheap.
        StringBuilder answer = new StringBuilder();
        byte[] buffer = new byte[4096];
        InputStream in = socket.getInputStream();
        for (int read = 0, total = 0; total < TcpFactory.MOST_BYTES; total += read) {
            read = in.read(buffer, 0, Math.min(buffer.length, TcpFactory.MOST_BYTES - total));
            if (read < 0) {
                return Health.unhealthy(where + " closed the connection without the expected answer");
            }
            answer.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            if (answer.indexOf(wanted) >= 0) {
                return Health.healthy();
            }
            answer.delete(0, Math.max(0, answer.length() - wanted.length()));
        }
        return Health.unhealthy(where + " sent 64KiB without the expected answer");
    }

    /** A timeout of 0 would mean for ever. */
    private int millis() {
        return Math.clamp(Durations.saturatedNanos(settings.connectTimeout()) / 1_000_000, 1,
                Integer.MAX_VALUE);
    }
}
