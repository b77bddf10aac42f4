package dev.upkeep.health;

import dev.upkeep.api.health.HealthCheck;
import java.io.FileInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of a test, in a JVM of its own because it takes all descriptors: asks the server at a port before and after, and
 * prints what came of it.
 */
final class NoDescriptors {
    private NoDescriptors() {}

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        Asked tcp = new Asked("tcp",
                new Tcp((TcpFactory.Settings) TcpFactory.tcp(port).settings().orElseThrow()));
        Asked http = new Asked("http", new Http((HttpFactory.Settings) HttpFactory
                .http("http://127.0.0.1:" + port)
                .settings()
                .orElseThrow()));
        tcp.print();
        http.print();
        List<FileInputStream> taken = new ArrayList<>();
        try {
            while (true) {
                taken.add(new FileInputStream("/dev/null"));
            }
        } catch (IOException e) {
            System.out.println("none left");
        }
        tcp.print();
        http.print();
        taken.getLast().close();
        tcp.print();
    }

    private record Asked(String name, HealthCheck check) {
        void print() {
            String came;
            try {
                came = check.probe().getClass().getSimpleName();
            } catch (Exception e) {
                came = e.getMessage();
            }
            System.out.println(name + ": " + came);
        }
    }
}
