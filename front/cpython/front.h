/* front.h: what the files of front/cpython share.
 *
 * The front is the preload: settings.c reads the environment, python.c looks at the CPython in the process, install.c puts
 * pymm's tables in place, profile.c and frames*.c profile it, libc.c catches pymm's pointers on their way to libc, report.c prints statistics at exit.
 * Read install.c first. */
#ifndef PYMM_FRONT_CPYTHON_H
#define PYMM_FRONT_CPYTHON_H

#include "domain/domain.h"
#include "pymm.h"

/* Settings, from PYMM_* variables; strings point into the environment. */
enum front_stats_format { FRONT_STATS_OFF, FRONT_STATS_TEXT, FRONT_STATS_JSON };
typedef struct front_settings {
    enum front_stats_format stats;
    const char *stats_path;  /* NULL: standard error */
    const char *record_path; /* NULL: no recording */
    const char *profile;     /* NULL: no profile; "": under its own name */
    uint64_t sample_interval_bytes, profile_seed, profile_limit_bytes; /* 0: not set */
    bool has_profile_seed, has_profile_native;
    bool is_disabled;
    bool is_run; /* `pymm run` became this very process */
} front_settings;
extern front_settings front_the_settings;
/* Read all; with `is_loud` unknown names and values are said once, on a line each. */
void front_settings_read(char **environment, bool is_loud);
/* Put the process id in the place of each %p. False when it does not fit. */
bool front_path_expand(const char *path, char *expanded, size_t expanded_bytes);

/* The CPython in this process. */
typedef struct front_python {
    void (*get_allocator)(int domain, pymm_allocator *allocator);
    void (*set_allocator)(int domain, pymm_allocator *allocator);
    const char *(*get_version)(void);
    int (*is_finalizing)(void); /* NULL: not in reach */
    bool is_free_threaded;
    void *handle; /* of dlopen; NULL: the global scope */
} front_python;
/* False when there is none that has PyMem_SetAllocator in reach of `handle` (NULL: the global scope). */
bool front_python_find(void *handle, front_python *python);
/* Have its library stay when the host closes it. False: it may go, and no function of it is to be called later. */
bool front_python_keep(const front_python *python);
/* The user's setting that puts CPython's own choice of allocators in force, or NULL. */
const char *front_python_override(int argument_count, char **arguments);

/* libc.c: the next free and realloc behind ours. */
void front_libc_free(void *block);
void *front_libc_realloc(void *block, size_t bytes);

/* profile.c: tables that sample, in place of the heap's; false: they stay as they are, and a line has been said. */
bool front_profile_start(const front_python *python, int argument_count, char **arguments, pymm_allocator *tables);
void front_profile_end(void);
/* The first argument that Python does not take for itself: a script, or the name behind -m; NULL: neither. */
const char *front_python_script(int argument_count, char **arguments);

/* report.c */
void front_report_begin(void);
void front_report_at_exit(void);
#endif
