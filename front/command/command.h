/* command.h: what every file of the command pymm shares: exit statuses, error lines, output that is checked, text
 * helpers.
 *
 * Owns: the form of a message ("pymm: what: why; what to do", one line) and the list of subcommands. Does not own:
 * options (options.h), finding and judging programs (program.h, python.h), finding the library (library.h). Read
 * first: docs/man/pymm.1 for what the user sees, then main.c. */
#ifndef PYMM_COMMAND_H
#define PYMM_COMMAND_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* The statuses that pymm itself ends with; `pymm run` otherwise ends with the program's, because it becomes the
 * program. */
enum command_status {
    STATUS_OK = 0,
    STATUS_PARTIAL = 1,          /* report: a part of the profile could not be read; the rest is shown */
    STATUS_USAGE = 2,            /* the command line is wrong */
    STATUS_REFUSED = 125,        /* pymm failed, or cannot work with this program */
    STATUS_CANNOT_EXECUTE = 126, /* found, but it cannot be executed: as a shell says it */
    STATUS_NOT_FOUND = 127,      /* as a shell says it */
};

/* Name, function, what it does in a phrase; in the order in which the help lists them. */
#define COMMAND_LIST(X)                                                                                                \
    X("run", run_main, "run a program with its Python memory managed by pymm")                                         \
    X("env", env_main, "print the settings that do the same without the command")                                      \
    X("info", info_main, "show what pymm found: library, system, settings, interpreters")                              \
    X("report", report_main, "show what a profile says about where memory went")

/* Each subcommand gets its own name as argv[0] and returns the exit status. */
int run_main(int argc, char **argv);
int env_main(int argc, char **argv);
int info_main(int argc, char **argv);
int report_main(int argc, char **argv);

/* Print "pymm: " and the message on standard error, as exactly one line whatever is in the arguments. Returns
 * `status`. */
__attribute__((format(printf, 2, 3))) int command_error(enum command_status status, const char *format, ...);

/* Flush standard output; a failure to write is an error line and STATUS_REFUSED. Otherwise returns `status`. */
int command_finish(int status);

/* Why a program or the library cannot be used: the status to end with and the message without "pymm: ". */
struct refusal {
    enum command_status status;
    char message[2 * PATH_MAX + 512];
};

/* Fill `refusal` and return `status`, so that callers can write `return refuse(...)`. */
__attribute__((format(printf, 3, 4))) int refuse(struct refusal *refusal, enum command_status status,
                                                 const char *format, ...);

/* A formatted string of its own; never NULL: without memory pymm ends with an error line. The caller frees it. */
__attribute__((format(printf, 1, 2))) char *text_format(const char *format, ...);
bool text_starts_with(const char *text, const char *start);
bool text_ends_with(const char *text, const char *end);
const char *text_base_name(const char *path);

/* Read the first bytes of a small file of the system into `text`, without the end of line. False when it cannot be
 * read. */
bool text_read_line(const char *path, char *text, size_t text_bytes);

#endif
