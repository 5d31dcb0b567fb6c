/* options.h: the settings of pymm and the options of `pymm run` and `pymm env` that set them.
 *
 * Owns: the one list in which an option and its environment twin are declared, and the parsing of a command line.
 * Does not own: what a setting does (the preload reads the variables, front/cpython), nor LD_PRELOAD (preload.h).
 * Read first: OPTION_LIST; a new option is one line in it. */
#ifndef PYMM_COMMAND_OPTIONS_H
#define PYMM_COMMAND_OPTIONS_H

#include <getopt.h>

#include "command.h"

/* Values that are no words to choose from. */
#define OPTION_FILE "" /* the name of a file; when none is given: 1 */
#define OPTION_BYTES "#"
#define OPTION_SWITCH "1"

/* Identifier, name, does it need a value, environment twin, how the value is written, the values allowed (one of the above, or
 * words between bars, of which the first is meant when none is given), meaning. In the order in which help and info list them. */
#define OPTION_LIST(X)                                                                                                 \
    X(STATS, "stats", optional_argument, "PYMM_STATS", "[=text|json]", "text|json",                                    \
      "print statistics of the heap when Python ends")                                                                 \
    X(STATS_FILE, "stats-file", required_argument, "PYMM_STATS_FILE", "=PATH", "",                                     \
      "write the statistics there, not to standard error")                                                             \
    X(RECORD, "record", required_argument, "PYMM_RECORD", "=PATH", "", "record every allocation event there")            \
    X(PROFILE, "profile", optional_argument, "PYMM_PROFILE", "[=PATH]", OPTION_FILE,                                      \
      "write a profile of memory, to pymm-PROG.PID.pymm")                                                                \
    X(SAMPLE_INTERVAL, "sample-interval", required_argument, "PYMM_SAMPLE_INTERVAL", "=BYTES", OPTION_BYTES,              \
      "profile: one sample in so many bytes; 1: every block")                                                            \
    X(PROFILE_SEED, "profile-seed", required_argument, "PYMM_PROFILE_SEED", "=NUMBER", OPTION_BYTES,                      \
      "profile: sample the same blocks again")                                                                           \
    X(PROFILE_LIMIT, "profile-limit", required_argument, "PYMM_PROFILE_LIMIT", "=BYTES", OPTION_BYTES,                    \
      "profile: the file grows to this size at most")                                                                    \
    X(NATIVE, "native", no_argument, "PYMM_PROFILE_NATIVE", "", OPTION_SWITCH, "profile: with frames of C code")

/* Settings that have no option: name, meaning. */
#define SETTING_LIST(X)                                                                                                \
    X("PYMM_DISABLE", "1: leave Python's memory alone")                                                                \
    X("PYMM_RUN", "set by pymm run: the process that it became")

enum option_id {
#define OPTION_NAME(id, ...) OPTION_##id,
    OPTION_LIST(OPTION_NAME)
#undef OPTION_NAME
        OPTION_COUNT
};

struct option_row {
    const char *name, *twin, *value_form, *choices, *meaning;
    int has_value; /* as getopt_long's has_arg */
};
extern const struct option_row option_table[OPTION_COUNT];

/* What a command line asked for. */
struct options {
    char *values[OPTION_COUNT]; /* NULL where not given; owned */
    const char *format;         /* of --format, NULL where not given */
    bool is_help;
};

/* Parse the options of `run` or `env`, up to the first argument that is none; its index goes to `first`.
 * With `has_format`, --format=NAME is taken too. Returns 0, or the status after an error line. */
int options_parse(int argc, char **argv, bool has_format, struct options *options, int *first);
void options_free(struct options *options);

/* Can the files be made that the options name? Returns 0, or the status after an error line. */
int options_check_files(const struct options *options);

/* The lines of a help text for the options in OPTION_LIST, to standard output. */
void options_print_help(void);

/* The error line for what getopt_long returned ('?' or ':'), with opterr 0. `command` is "" for pymm
 * itself. Returns STATUS_USAGE. */
int options_error(const char *command, char **argv, int result, const struct option *table);

#endif
