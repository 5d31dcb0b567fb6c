/* preload.h: the environment that makes a Python start with pymm.
 *
 * Owns: the list of variables, the same for `pymm run` (which sets them) and `pymm env` (which prints them). Does not
 * own: the options they come from (options.h), where the library is (library.h). Read first: ld.so(8), LD_PRELOAD. */
#ifndef PYMM_COMMAND_PRELOAD_H
#define PYMM_COMMAND_PRELOAD_H

#include "options.h"

struct variable {
    const char *name;
    char *value; /* owned */
};

struct variables {
    size_t count;
    struct variable items[1 + OPTION_COUNT];
};

/* Fill `variables` for this library. With `keeps_existing`, what LD_PRELOAD holds now follows our library. */
void preload_variables(const struct options *options, const char *library, bool keeps_existing,
                       struct variables *variables);
void preload_free(struct variables *variables);

#endif
