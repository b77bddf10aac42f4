package dev.upkeep.health;

import dev.upkeep.api.health.Health;
import dev.upkeep.api.health.HealthCheck;
import dev.upkeep.api.settings.Durations;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Connects, and talks if so wanted. On a virtual thread an interrupt closes the socket. */
record Tcp(TcpFactory.Settings settings) implements HealthCheck {
    private static final int MOST_BYTES = 64 * 1024;

    @Override
    public Health probe() throws InterruptedException {
        String where = settings.host() + ":" + settings.port();
        boolean connected = false;
        try (Socket socket = new Socket()) {
            InetSocketAddress address = new InetSocketAddress(settings.host(), settings.port());
            if (address.isUnresolved()) {
                return Health.unhealthy("host '" + settings.host() + "' is unknown");
            }
            socket.connect(address, millis());
            connected = true;
            socket.setSoTimeout(millis());
            return talk(socket, where);
        } catch (SocketTimeoutException e) {
            String within = " within " + Durations.format(settings.connectTimeout());
            return Health.unhealthy(connected
                    ? where + " accepted and did not answer" + within
                    : where + " did not accept" + within);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new InterruptedException("interrupted while it talked to " + where);
            }
            return Health.unhealthy(where + ": " + e.getMessage());
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
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        byte[] buffer = new byte[4096];
        InputStream in = socket.getInputStream();
        while (answer.size() < MOST_BYTES) {
            int read = in.read(buffer);
            if (read < 0) {
                return Health.unhealthy(where + " closed the connection without the expected answer");
            }
            answer.write(buffer, 0, read);
            if (answer.toString(StandardCharsets.ISO_8859_1).contains(wanted)) {
                return Health.healthy();
            }
        }
        return Health.unhealthy(where + " sent 64KiB without the expected answer");
    }

    /** A timeout of 0 would mean for ever. */
    private int millis() {
        return Math.clamp(Durations.saturatedNanos(settings.connectTimeout()) / 1_000_000, 1,
                Integer.MAX_VALUE);
    }
}
