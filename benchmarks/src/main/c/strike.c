/*
 * strike   reads lines of pids. For each line it takes the time, sends SIGKILL to them all, and prints that time:
 *          "<CLOCK_MONOTONIC in ns> <how many were there>". Ends at the end of its input.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MOST = 10000, LONGEST = 16 * MOST };

int main(void) {
    static char line[LONGEST];
    static pid_t pids[MOST];
    while (fgets(line, sizeof line, stdin) != NULL) {
        int count = 0;
        char *at = line;
        for (char *next = at; count < MOST; at = next) {
            long pid = strtol(at, &next, 10);
            if (next == at) {
                break;
            }
            if (pid > 1) {
                pids[count++] = (pid_t)pid;
            }
        }
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        int hit = 0;
        for (int i = 0; i < count; i++) {
            hit += kill(pids[i], SIGKILL) == 0;
        }
        printf("%lld %d\n", now.tv_sec * 1000000000LL + now.tv_nsec, hit);
        fflush(stdout);
    }
    return 0;
}
