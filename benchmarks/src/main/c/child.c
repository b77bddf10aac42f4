/*
 * child stamp FILE         its first act is to append "<CLOCK_MONOTONIC in ns> <pid>" to FILE; then it idles.
 * child stamp=FILE ...     the same, for the first line of a script, which has but one argument.
 * child write BYTES FILE   writes so many bytes to its output, in lines of 100 bytes, 64 KiB at a time; to FILE goes a
 *                          stamp before the first byte and one after the last; then it idles.
 *
 * Ends by itself after half an hour, whatever became of its parent. Static and without a C library, so that what is measured
 * is the supervisor and not a loader: gcc -O2 -static -nostdlib -ffreestanding.
 */
#include <fcntl.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

enum { LINE = 100, BLOCK = 65536, LIFETIME = 1800 };

static long call(long number, long a, long b, long c, long d, long e) {
#if defined __x86_64__
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8)
                     : "rcx", "r11", "memory");
    return result;
#elif defined __aarch64__
    register long x8 __asm__("x8") = number;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    register long x4 __asm__("x4") = e;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
    return x0;
#else
#error "only x86-64 and aarch64 are known here"
#endif
}

#if defined __x86_64__
__asm__(".globl _start\n_start: xor %ebp,%ebp\n mov %rsp,%rdi\n and $-16,%rsp\n call begin\n hlt\n");
#else
__asm__(".globl _start\n_start: mov x29,#0\n mov x0,sp\n bl begin\n");
#endif

static _Noreturn void end(int status) {
    for (;;) {
        call(SYS_exit_group, status, 0, 0, 0, 0);
    }
}

static char *digits(char *at, unsigned long number) {
    char reversed[24];
    int count = 0;
    do {
        reversed[count++] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    while (count > 0) {
        *at++ = reversed[--count];
    }
    return at;
}

static void stamp(const char *file) {
    struct timespec now;
    call(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0, 0, 0);
    char line[64];
    char *at = digits(line, (unsigned long)now.tv_sec * 1000000000UL + (unsigned long)now.tv_nsec);
    *at++ = ' ';
    at = digits(at, (unsigned long)call(SYS_getpid, 0, 0, 0, 0, 0));
    *at++ = '\n';
    long fd = call(SYS_openat, AT_FDCWD, (long)file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600, 0);
    if (fd < 0 || call(SYS_write, fd, (long)line, at - line, 0, 0) != at - line) {
        end(1);
    }
    call(SYS_close, fd, 0, 0, 0, 0);
}

static void write_all(const char *bytes) {
    static char block[BLOCK];
    long left = 0;
    for (; *bytes != 0; bytes++) {
        left = left * 10 + (*bytes - '0');
    }
    for (int i = 0; i < BLOCK; i++) {
        block[i] = (char)('a' + i % 26);
    }
    // Lines run through the blocks without regard to where those end.
    long written = 0;
    while (left > 0) {
        for (long i = LINE - 1 - written % LINE; i < BLOCK; i += LINE) {
            block[i] = '\n';
        }
        long size = left < BLOCK ? left : BLOCK;
        for (long done = 0; done < size;) {
            long n = call(SYS_write, 1, (long)(block + done), size - done, 0, 0);
            if (n < 0) {
                end(1);
            }
            done += n;
        }
        for (long i = LINE - 1 - written % LINE; i < BLOCK; i += LINE) {
            block[i] = 'x';
        }
        written += size;
        left -= size;
    }
}

static _Noreturn void idle(void) {
    struct timespec lifetime = {.tv_sec = LIFETIME};
    call(SYS_nanosleep, (long)&lifetime, 0, 0, 0, 0);
    end(0);
}

static int is(const char *word, const char *other) {
    while (*word != 0 && *word == *other) {
        word++;
        other++;
    }
    return *word == *other;
}

static const char *behind(const char *prefix, const char *word) {
    while (*prefix != 0 && *prefix == *word) {
        prefix++;
        word++;
    }
    return *prefix == 0 ? word : NULL;
}

void begin(long *stack) {
    long count = stack[0];
    char **arguments = (char **)(stack + 1);
    const char *file = count >= 2 ? behind("stamp=", arguments[1]) : NULL;
    if (file != NULL) {
        stamp(file);
        idle();
    }
    if (count == 3 && is(arguments[1], "stamp")) {
        stamp(arguments[2]);
        idle();
    }
    if (count == 4 && is(arguments[1], "write")) {
        stamp(arguments[3]);
        write_all(arguments[2]);
        stamp(arguments[3]);
        idle();
    }
    end(2);
}
