/*
 * pulse stamp FILE   the child of the benchmarks: its first act is to append "<CLOCK_MONOTONIC in ns> <pid>" to FILE;
 *                    then it idles. It ends by itself after ten minutes, whatever became of its parent.
 * pulse floor FILE   the least that can keep such a child running: spawn, wait on its pidfd, reap, spawn again.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t over;

static void end(int signal) {
    (void)signal;
    over = 1;
}

static int stamp(const char *file) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    char line[64];
    int length = snprintf(line, sizeof line, "%lld %d\n", now.tv_sec * 1000000000LL + now.tv_nsec, (int)getpid());
    int fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || write(fd, line, (size_t)length) != length) {
        perror(file);
        return 1;
    }
    close(fd);
    alarm(600);
    for (;;) {
        pause();
    }
}

static int keep(char *self, char *file) {
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    alarm(600);
    char *arguments[] = {self, "stamp", file, NULL};
    while (!over) {
        pid_t child;
        int error = posix_spawn(&child, self, NULL, NULL, arguments, environ);
        if (error != 0) {
            fprintf(stderr, "%s: %s\n", self, strerror(error));
            return 1;
        }
        struct pollfd exit = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
        while (poll(&exit, 1, 1000) <= 0) {
            if (over) {
                kill(child, SIGKILL);
            }
        }
        siginfo_t how;
        waitid(P_PID, (id_t)child, &how, WEXITED);
        close(exit.fd);
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "stamp") == 0) {
        return stamp(arguments[2]);
    }
    if (count == 3 && strcmp(arguments[1], "floor") == 0) {
        return keep(arguments[0], arguments[2]);
    }
    fputs("usage: pulse stamp|floor FILE\n", stderr);
    return 2;
}
