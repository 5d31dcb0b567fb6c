/* backends.c: finds the allocators by name. Read backends.h first.
 *
 * The peers are used as their users use them: by LD_PRELOAD, for which the program executes itself once more. pymm and
 * libpython are opened with dlopen and asked for their tables. */
#include "backends.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXIT_NOT_INSTALLED 3

static _Noreturn void backend_die(int status, const char *what, const char *why)
{
    fprintf(stderr, "replay: %s: %s\n", what, why);
    exit(status);
}

/* null: memory that is always there and always hot ------------------------------------------------------------------ */

#define NULL_WINDOW_BYTES 16384u /* half of a small first-level cache */
static char *null_region;
static size_t null_at;

static inline void *null_take(size_t size_bytes)
{
    size_t at = null_at;
    null_at = (at + size_bytes + 16) & (NULL_WINDOW_BYTES - 16);
    return null_region + at;
}

static void *null_plain_malloc(size_t size_bytes) { return null_take(size_bytes); }
static void *null_plain_calloc(size_t item_count, size_t item_bytes) { return null_take(item_count * item_bytes); }
static void null_plain_free(void *block) { (void)block; }

static void *null_plain_realloc(void *block, size_t size_bytes)
{
    (void)block;
    return null_take(size_bytes);
}

static void *null_malloc(void *ctx, size_t size_bytes)
{
    (void)ctx;
    return null_take(size_bytes);
}

static void *null_calloc(void *ctx, size_t item_count, size_t item_bytes)
{
    (void)ctx;
    return null_take(item_count * item_bytes);
}

static void *null_realloc(void *ctx, void *block, size_t size_bytes)
{
    (void)ctx;
    (void)block;
    return null_take(size_bytes);
}

static void null_free(void *ctx, void *block)
{
    (void)ctx;
    (void)block;
}

static void open_null(backend *out, size_t max_block_bytes)
{
    size_t region_bytes = max_block_bytes + 2 * NULL_WINDOW_BYTES;
    null_region = mmap(NULL, region_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (null_region == MAP_FAILED)
        backend_die(1, "null", strerror(errno));
    for (int i = 0; i < PYMM_DOMAIN_COUNT; i++) {
        out->domains[i].table = (pymm_allocator){NULL, null_malloc, null_calloc, null_realloc, null_free};
        out->domains[i].plain =
            (plain_allocator){null_plain_malloc, null_plain_calloc, null_plain_realloc, null_plain_free};
    }
}

/* Libraries ----------------------------------------------------------------------------------------------------------- */

static void note_library(backend *out, void *function)
{
    Dl_info info;
    if (dladdr(function, &info) != 0 && info.dli_fname != NULL)
        snprintf(out->library, sizeof out->library, "%s", info.dli_fname);
}

static void *library_open(const char *library, int flags)
{
    void *handle = dlopen(library, RTLD_NOW | flags);
    if (handle == NULL)
        backend_die(EXIT_NOT_INSTALLED, library, dlerror());
    return handle;
}

static void *library_symbol(void *handle, const char *name)
{
    void *symbol = dlsym(handle, name);
    if (symbol == NULL)
        backend_die(1, name, "not found");
    return symbol;
}

/* The default pymm is the one of the build that this program belongs to. */
static void open_pymm(backend *out, const char *library)
{
    char beside[480];
    if (library == NULL) {
        ssize_t length = readlink("/proc/self/exe", beside, sizeof beside - 1);
        beside[length < 0 ? 0 : length] = '\0';
        char *slash = strrchr(beside, '/');
        size_t left = sizeof beside - (size_t)(slash == NULL ? 0 : slash - beside);
        snprintf(slash == NULL ? beside : slash, left, "/libpymm-cpython.so");
        library = beside;
    }
    void *handle = library_open(library, RTLD_LOCAL);
    const pymm_allocator *(*get)(enum pymm_domain) =
        (const pymm_allocator *(*)(enum pymm_domain))library_symbol(handle, "pymm_allocator_get");
    for (int i = 0; i < PYMM_DOMAIN_COUNT; i++)
        out->domains[i].table = *get((enum pymm_domain)i);
    note_library(out, (void *)get);
}

/* CPython's own allocator, through a libpython with the interpreter started: pymalloc needs it from 3.12 on. */
static void open_cpython(backend *out, const char *library)
{
    void *handle = library_open(library != NULL ? library : "libpython3.11.so.1.0", RTLD_GLOBAL);
    void (*initialize)(int) = (void (*)(int))library_symbol(handle, "Py_InitializeEx");
    void (*get)(int, pymm_allocator *) = (void (*)(int, pymm_allocator *))library_symbol(handle, "PyMem_GetAllocator");
    static const char *const settings[] = {"PYTHONMALLOC",  "PYTHONDEVMODE",     "PYTHONHOME",       "PYTHONPATH",
                                           "PYTHONSTARTUP", "PYTHONTRACEMALLOC", "PYTHONMALLOCSTATS"};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++)
        unsetenv(settings[i]);
    initialize(0);
    for (int i = 0; i < PYMM_DOMAIN_COUNT; i++)
        get(i, &out->domains[i].table);
    note_library(out, (void *)get);
}

typedef struct peer {
    const char *name;
    const char *libraries[3]; /* Debian's names, the first one that opens */
} peer;

static const peer peers[] = {
    {"glibc", {NULL}},
    {"mimalloc", {"libmimalloc.so.2.0", "libmimalloc.so.2", NULL}},
    {"jemalloc", {"libjemalloc.so.2", NULL}},
    {"tcmalloc", {"libtcmalloc_minimal.so.4", "libtcmalloc.so.4", NULL}},
};

static void exec_preloaded(const char *library, char **argv)
{
    if (library != NULL)
        setenv("LD_PRELOAD", library, 1);
    else
        unsetenv("LD_PRELOAD");
    setenv("REPLAY_PRELOADED", "1", 1);
    execv("/proc/self/exe", argv);
    backend_die(1, "cannot execute itself", strerror(errno));
}

static void open_peer(backend *out, const peer *wanted, const char *library, char **argv)
{
    const char *preload = getenv("LD_PRELOAD");
    bool is_glibc = wanted->libraries[0] == NULL;
    if (getenv("REPLAY_PRELOADED") == NULL && (!is_glibc || preload != NULL)) {
        if (library == NULL && !is_glibc) {
            /* Opening it would not do (static TLS), but finding it can be left to the linker. */
            for (int i = 0; library == NULL && wanted->libraries[i] != NULL; i++) {
                static const char *const folders[] = {"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu",
                                                      "/usr/lib64", "/usr/lib", "/usr/local/lib"};
                for (size_t f = 0; library == NULL && f < sizeof folders / sizeof folders[0]; f++) {
                    static char path[512];
                    snprintf(path, sizeof path, "%s/%s", folders[f], wanted->libraries[i]);
                    if (access(path, R_OK) == 0)
                        library = path;
                }
            }
            if (library == NULL)
                backend_die(EXIT_NOT_INSTALLED, wanted->name, "library not installed");
        }
        exec_preloaded(library, argv);
    }
    plain_allocator found = {.malloc = (void *(*)(size_t))library_symbol(RTLD_DEFAULT, "malloc"),
                             .calloc = (void *(*)(size_t, size_t))library_symbol(RTLD_DEFAULT, "calloc"),
                             .realloc = (void *(*)(void *, size_t))library_symbol(RTLD_DEFAULT, "realloc"),
                             .free = (void (*)(void *))library_symbol(RTLD_DEFAULT, "free")};
    for (int i = 0; i < PYMM_DOMAIN_COUNT; i++)
        out->domains[i].plain = found;
    note_library(out, (void *)found.malloc);
    if (!is_glibc && strstr(out->library, "libc.so") != NULL)
        backend_die(1, wanted->name, "its malloc did not take the place of libc's");
}

void backend_open(backend *out, const char *name, const char *library, size_t max_block_bytes, char **argv)
{
    memset(out, 0, sizeof *out);
    out->name = name;
    if (strcmp(name, "null") == 0 || strcmp(name, "null-plain") == 0) {
        out->is_plain = strcmp(name, "null-plain") == 0;
        open_null(out, max_block_bytes);
        return;
    }
    if (strcmp(name, "pymm") == 0) {
        open_pymm(out, library);
        return;
    }
    if (strcmp(name, "cpython") == 0) {
        open_cpython(out, library);
        return;
    }
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        if (strcmp(name, peers[i].name) == 0) {
            out->is_plain = true;
            open_peer(out, &peers[i], library, argv);
            return;
        }
    }
    backend_die(2, name, "unknown; use null, null-plain, pymm, cpython, glibc, mimalloc, jemalloc or tcmalloc");
}
