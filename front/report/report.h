/* report.h: the one header of the front `report`: what is asked for, and the call that answers it.
 *
 * Owns: struct report_request. Does not own: the command line (command/report.c), error lines (command/command.h).
 * Read first: docs/man/pymm-report.1 for what the user sees, docs/internals/front-report.md for how it is made. */
#ifndef PYMM_REPORT_H
#define PYMM_REPORT_H

#include <stdbool.h>
#include <stddef.h>

/* Name, identifier, function that writes it, is it text for a terminal, meaning; in the order of the help. */
#define REPORT_FORMAT_LIST(X)                                                                                          \
    X("summary", SUMMARY, write_summary, true, "the most important, for a terminal (default)")                         \
    X("html", HTML, write_html, false, "a page for a browser, for use without a network")                              \
    X("table", TABLE, write_table, true, "all sites, one a line")                                                      \
    X("json", JSON, write_json, true, "everything, for programs")                                                      \
    X("pprof", PPROF, write_pprof, false, "for go tool pprof and what else reads its files")                           \
    X("collapsed", COLLAPSED, write_collapsed, true, "a stack a line, for flame graph tools")                          \
    X("speedscope", SPEEDSCOPE, write_speedscope, true, "for speedscope")

enum report_format {
#define REPORT_FORMAT_NAME(name, id, ...) REPORT_##id,
    REPORT_FORMAT_LIST(REPORT_FORMAT_NAME)
#undef REPORT_FORMAT_NAME
        REPORT_FORMAT_COUNT
};

enum report_moment { MOMENT_END, MOMENT_PEAK, MOMENT_LEAKS };

struct report_request {
    const char *file, *base, *output; /* base and output: NULL when not given */
    enum report_format format;
    enum report_moment moment;
    const char **threads; /* names or numbers; none: all */
    size_t thread_count;
    unsigned domains; /* bit for each domain that is wanted; 0: all */
};

/* Read the profile, write the report. Returns the exit status; every failure has printed one line. */
int report_run(const struct report_request *request);

#endif
