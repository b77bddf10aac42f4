/*
 * keeper COUNT [FILE] -- COMMAND...   a supervisor of the design that Upkeep has, in C, as small as it can be: keeps COUNT
 *     processes running. posix_spawn into a new session with default signals and all other descriptors closed; a pipe for
 *     stdout and one for stderr; a pidfd; one thread in epoll_wait; who has ended is reaped and started again at once.
 *
 * What comes through the pipes goes to FILE by splice, in files of 10 MiB of which five are kept, as Upkeep keeps them;
 * without FILE it is thrown away. It decides nothing, records nothing and can be asked nothing. Ends its children on SIGTERM.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { EVENTS = 256, PIECE = 1 << 20, FILE_SIZE = 10 << 20, KEPT = 5 };
enum { EXIT, OUT, ERR };

struct child {
    pid_t pid;
    int fd[3]; // of the exit and the two pipes
};

extern char **environ;
static volatile sig_atomic_t over;
static int epoll, null, sink = -1;
static const char *log_file;
static loff_t log_size;
static posix_spawnattr_t attributes;
static char **command;
static struct child *children;

static void end(int number) {
    (void)number;
    over = 1;
}

static void must(int result, const char *call) {
    if (result < 0) {
        perror(call);
        exit(1);
    }
}

static void watch(int child, int which) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = (uint64_t)child * 4 + (uint64_t)which};
    must(epoll_ctl(epoll, EPOLL_CTL_ADD, children[child].fd[which], &event), "epoll_ctl");
}

static void forget(int child, int which) {
    int fd = children[child].fd[which];
    if (fd >= 0) {
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
        close(fd);
        children[child].fd[which] = -1;
    }
}

static void rotate(void) {
    char from[4096], to[4096];
    if (sink >= 0) {
        close(sink);
        for (int i = KEPT - 1; i >= 1; i--) {
            snprintf(to, sizeof to, "%s.%d", log_file, i);
            if (i == 1) {
                snprintf(from, sizeof from, "%s", log_file);
            } else {
                snprintf(from, sizeof from, "%s.%d", log_file, i - 1);
            }
            rename(from, to);
        }
    }
    sink = open(log_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(sink, log_file);
    log_size = 0;
}

/* Returns whether there may be more. */
static int take(int child, int which) {
    static char discarded[65536];
    int fd = children[child].fd[which];
    if (fd < 0) {
        return 0;
    }
    ssize_t n;
    if (log_file != NULL) {
        if (log_size >= FILE_SIZE) {
            rotate();
        }
        size_t room = (size_t)(FILE_SIZE - log_size);
        n = splice(fd, NULL, sink, NULL, room < PIECE ? room : PIECE, SPLICE_F_NONBLOCK);
        log_size += n > 0 ? n : 0;
    } else {
        n = read(fd, discarded, sizeof discarded);
    }
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
        forget(child, which);
    }
    return n > 0;
}

static void start(int child) {
    int out[2], err[2];
    must(pipe2(out, O_CLOEXEC), "pipe2");
    must(pipe2(err, O_CLOEXEC), "pipe2");
    fcntl(out[0], F_SETFL, O_NONBLOCK);
    fcntl(err[0], F_SETFL, O_NONBLOCK);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, null, 0);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_adddup2(&actions, err[1], 2);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    struct child *it = &children[child];
    int error = posix_spawn(&it->pid, command[0], &actions, &attributes, command, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", command[0], strerror(error));
        exit(1);
    }
    close(out[1]);
    close(err[1]);
    it->fd[EXIT] = (int)syscall(SYS_pidfd_open, it->pid, 0);
    must(it->fd[EXIT], "pidfd_open");
    it->fd[OUT] = out[0];
    it->fd[ERR] = err[0];
    watch(child, OUT);
    watch(child, ERR);
    watch(child, EXIT);
}

static void ended(int child) {
    struct child *it = &children[child];
    siginfo_t how = {.si_pid = 0};
    if (waitid(P_PIDFD, (id_t)it->fd[EXIT], &how, WEXITED | WNOHANG) != 0 || how.si_pid == 0) {
        return;
    }
    // Whoever is left of its group is asked for, as Upkeep asks.
    kill(-it->pid, 0);
    forget(child, EXIT);
    for (int which = OUT; which <= ERR; which++) {
        while (take(child, which)) {
        }
        forget(child, which);
    }
    start(child);
}

int main(int count, char **arguments) {
    int words = 1;
    while (words < count && strcmp(arguments[words], "--") != 0) {
        words++;
    }
    if (words < 2 || words > 3 || words + 1 >= count) {
        fputs("usage: keeper COUNT [FILE] -- COMMAND...\n", stderr);
        return 2;
    }
    int wanted = atoi(arguments[1]);
    log_file = words == 3 ? arguments[2] : NULL;
    command = arguments + words + 1;
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct sigaction action = {.sa_handler = end};
    sigaction(SIGTERM, &action, NULL);
    alarm(3600);

    children = calloc((size_t)wanted, sizeof *children);
    epoll = epoll_create1(EPOLL_CLOEXEC);
    must(epoll, "epoll_create1");
    null = open("/dev/null", O_RDWR | O_CLOEXEC);
    must(null, "/dev/null");
    if (log_file != NULL) {
        rotate();
    }
    sigset_t none, all;
    sigemptyset(&none);
    memset(&all, 0xff, sizeof all);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);

    for (int i = 0; i < wanted; i++) {
        start(i);
    }
    struct epoll_event events[EVENTS];
    while (!over) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready && !over; i++) {
            int child = (int)(events[i].data.u64 / 4);
            int which = (int)(events[i].data.u64 % 4);
            if (children[child].fd[which] < 0) {
                continue; // ended by an event before this one
            }
            if (which == EXIT) {
                ended(child);
            } else {
                take(child, which);
            }
        }
    }
    for (int i = 0; i < wanted; i++) {
        kill(-children[i].pid, SIGKILL);
    }
    return 0;
}
