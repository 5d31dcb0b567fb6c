/* measure: run one program and say what it used: time, peak resident memory, exit status.
 *
 *   measure OUT [NAME=VALUE]... -- PROGRAM [ARGUMENT]...
 *
 * Writes one JSON object to the file OUT; the program's own output is left alone. It is a program of its own because the
 * kernel counts the memory of whoever starts a program into that program's peak, and this one has next to none. The
 * assignments are for the program only: what is preloaded into it is not preloaded here. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec * 1e-6; }

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int write_result(const char *path, double wall_s, int status, const struct rusage *usage)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        fprintf(stderr, "measure: %s: %s\n", path, strerror(errno));
        return 125;
    }
    fprintf(out,
            "{\"wall_s\": %.6f, \"user_s\": %.6f, \"system_s\": %.6f, \"peak_bytes\": %ld, \"page_faults\": %ld, "
            "\"status\": %d}\n",
            wall_s, seconds(usage->ru_utime), seconds(usage->ru_stime), usage->ru_maxrss * 1024, usage->ru_minflt,
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    return fclose(out) == 0 ? 0 : 125;
}

int main(int argc, char **argv)
{
    int first = 2;
    while (first < argc && strcmp(argv[first], "--") != 0)
        first++;
    if (first + 1 >= argc) {
        fputs("usage: measure OUT [NAME=VALUE]... -- PROGRAM [ARGUMENT]...\n", stderr);
        return 2;
    }
    double start = now_s();
    pid_t child = fork();
    if (child < 0) {
        fprintf(stderr, "measure: fork: %s\n", strerror(errno));
        return 125;
    }
    if (child == 0) {
        for (int i = 2; i < first; i++)
            putenv(argv[i]);
        execvp(argv[first + 1], argv + first + 1);
        fprintf(stderr, "measure: %s: %s\n", argv[first + 1], strerror(errno));
        _exit(127);
    }
    int status;
    struct rusage usage;
    while (wait4(child, &status, 0, &usage) < 0)
        if (errno != EINTR)
            return 125;
    return write_result(argv[1], now_s() - start, status, &usage);
}
