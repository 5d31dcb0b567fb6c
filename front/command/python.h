/* python.h: does pymm work with the program in this file?
 *
 * Owns: the verdicts and their words. Does not own: the facts they rest on (image.h), how a program is found
 * (program.h). Read first: PYTHON_VERDICTS. */
#ifndef PYMM_COMMAND_PYTHON_H
#define PYMM_COMMAND_PYTHON_H

#include "command.h"

/* Name, what the program is, what to do instead. Those up to NOT_PYTHON are run, the others are refused. */
#define PYTHON_VERDICTS(X)                                                                                             \
    X(WORKS, "a Python that pymm works with", "")                                                                      \
    X(NOT_PYTHON, "not a Python itself; each Python that it starts gets pymm", "")                                     \
    X(FREE_THREADED, "a free-threaded Python, whose objects cannot leave its own allocator",                           \
      "use a CPython 3.7 or newer with the GIL")                                                                       \
    X(PYPY, "PyPy, which has no allocator to replace", "use CPython 3.7 or newer")                                     \
    X(TOO_OLD, "a Python older than 3.7, the first that pymm works with", "use CPython 3.7 or newer")                  \
    X(NO_API, "a Python that does not export PyMem_SetAllocator, so no allocator can be installed",                    \
      "use a CPython 3.7 or newer that exports its C API")                                                             \
    X(STATIC, "a statically linked Python, into which nothing can be preloaded", "use a dynamically linked CPython")   \
    X(OTHER_MACHINE, "a program for another kind of machine than this pymm", "use a pymm built for that machine")      \
    X(OTHER_LIBC, "a program for another C library than this pymm", "use a pymm built with that C library")            \
    X(PRIVILEGED, "a program that gains privileges, for which the system ignores LD_PRELOAD",                          \
      "start pymm inside it, as in: sudo pymm run PROG")

enum python_verdict {
#define PYTHON_VERDICT_NAME(id, ...) PYTHON_##id,
    PYTHON_VERDICTS(PYTHON_VERDICT_NAME)
#undef PYTHON_VERDICT_NAME
        PYTHON_VERDICT_COUNT
};

struct python_verdict_words {
    const char *is, *advice;
};
extern const struct python_verdict_words python_verdict_words[PYTHON_VERDICT_COUNT];

/* What a name such as python3.13t or libpython3.11.so.1.0 says. Numbers are -1 where it does not say. */
struct python_name {
    bool is_python, is_pypy, is_free_threaded;
    int major, minor;
};
struct python_name python_name_parse(const char *name);

struct image;

/* Judge the ELF file at `path`, whose facts are `image`. Its version, as far as it is known, goes to `version`
 * (PYTHON_VERSION_BYTES bytes; "" when not known, or not a Python). */
#define PYTHON_VERSION_BYTES 32
enum python_verdict python_judge(const char *path, const struct image *image, char *version);

#endif
