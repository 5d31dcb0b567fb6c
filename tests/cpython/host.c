/* host.c: a C program that embeds Python, driven by words on its command line.
 * Owns: opening libpython (or finding it linked), starting and ending it again and again, blocks that outlive a life of the
 * interpreter. No headers of Python's, so one source serves all versions. Read test_embed.py first: it writes the sentences.
 *   cpython_test_host LIBRARY|- WORD...        "-": libpython is linked with the program
 * Words: open-local open-global close install install-fails install-null-fails preinit init final run CODE pymm foreign one-owner
 *        alloc resize free raw-alloc raw-free threads atexit check */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DOMAINS 3
#define BLOCKS 300

typedef struct table {
    void *ctx, *malloc, *calloc, *realloc, *free;
} table;

static const char *const prefixes[DOMAINS] = {"PyMem_Raw", "PyMem_", "PyObject_"};
static void *python = RTLD_DEFAULT;
static const char *word;
static unsigned char *blocks[DOMAINS][BLOCKS];

static void fail(const char *text) {
    fprintf(stderr, "host: %s: %s\n", word, text);
    exit(1);
}

static void *find(const char *name) {
    void *found = dlsym(python, name);
    if (!found)
        fail(name);
    return found;
}

/* One of pymm's functions, or NULL on stock. */
static void *find_pymm(const char *name) { return dlsym(RTLD_DEFAULT, name); }

static void *domain_function(int domain, const char *verb) {
    char name[40];
    snprintf(name, sizeof name, "%s%s", prefixes[domain], verb);
    return find(name);
}

static void open_library(const char *path, int flags) {
    python = dlopen(path, RTLD_NOW | flags);
    if (!python)
        fail(dlerror());
}

/* Py_PreInitialize with a configuration of Python's own making. The structures grow from version to version: there is room. */
static void preinit(void) {
    typedef struct status { int kind; const char *function, *message; int exit_code; } status;
    long config[64] = {0};
    void (*fill)(void *);
    status (*begin)(const void *);
    *(void **)&fill = find("PyPreConfig_InitPythonConfig");
    *(void **)&begin = find("Py_PreInitialize");
    fill(config);
    if (begin(config).kind != 0)
        fail("no pre-initialisation");
}

static void install(int expected, void *handle) {
    int (*function)(void *);
    *(void **)&function = find_pymm("pymm_install");
    if (function && function(handle) != expected)
        fail("unexpected result");
}

static void init(void) {
    void (*function)(int);
    *(void **)&function = find("Py_InitializeEx");
    function(0);
}

static void final(void) {
    int (*function)(void);
    *(void **)&function = find("Py_FinalizeEx");
    if (function() != 0)
        fail("Py_FinalizeEx");
}

static void run(const char *code) {
    int (*function)(const char *, void *);
    *(void **)&function = find("PyRun_SimpleStringFlags");
    if (function(code, NULL) != 0)
        fail("the code failed");
}

/* How many domains pymm serves; -1 on stock. */
static int domains_of_pymm(void) {
    const table *(*ours)(int);
    void (*get)(int, table *);
    int count = 0;
    *(void **)&ours = find_pymm("pymm_allocator_get");
    if (!ours)
        return -1;
    *(void **)&get = find("PyMem_GetAllocator");
    for (int domain = 0; domain < DOMAINS; domain++) {
        table now;
        get(domain, &now);
        count += memcmp(&now, ours(domain), sizeof now) == 0;
    }
    return count;
}

static void expect_domains(int least, int most) {
    int count = domains_of_pymm();
    if (count >= 0 && count != least && count != most) {
        fprintf(stderr, "host: pymm serves %d domains\n", count);
        fail("unexpected owner");
    }
}

static void check(void) {
    int (*function)(char *, size_t);
    char message[512] = "";
    *(void **)&function = find_pymm("pymm_check");
    if (function && function(message, sizeof message) != 0)
        fail(message);
}

/* Use of pymm's own, so much that it gives pages back, whatever has become of Python. */
static void use(void) {
    static void *blocks[100000];
    const table *(*ours)(int);
    void *(*take)(void *, size_t);
    void (*put)(void *, void *);
    *(void **)&ours = find_pymm("pymm_allocator_get");
    if (!ours) /* stock */
        return;
    *(void **)&take = ours(0)->malloc;
    *(void **)&put = ours(0)->free;
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 100000; i++) {
            if (!(blocks[i] = take(NULL, 400)))
                fail("no memory");
            memset(blocks[i], 1, 400);
        }
        for (int i = 0; i < 100000; i++)
            put(NULL, blocks[i]);
    }
    check();
}

static int is_owned(const void *block) {
    int (*function)(const void *);
    *(void **)&function = find_pymm("pymm_owns");
    return function && function(block);
}

static size_t size_of(int index) { return (size_t)index * (size_t)index + 1; }

static void alloc(int domains) {
    for (int domain = 0; domain < domains; domain++) {
        void *(*function)(size_t);
        *(void **)&function = domain_function(domain, "Malloc");
        for (int i = 0; i < BLOCKS; i++) {
            if (!(blocks[domain][i] = function(size_of(i))))
                fail("no memory");
            memset(blocks[domain][i], i & 255, size_of(i));
        }
    }
}

static void holds(int domain, int i) {
    for (size_t at = 0; at < size_of(i); at++)
        if (blocks[domain][i][at] != (unsigned char)i)
            fail("contents lost");
}

/* Through whatever allocator is in charge now, which need not be the one that made them. */
static void resize(int domains) {
    for (int domain = 0; domain < domains; domain++) {
        void *(*function)(void *, size_t);
        *(void **)&function = domain_function(domain, "Realloc");
        for (int i = 0; i < BLOCKS; i++) {
            blocks[domain][i] = function(blocks[domain][i], size_of(i) * 2);
            if (!blocks[domain][i])
                fail("no memory");
            holds(domain, i);
        }
    }
}

static size_t live_count(void) {
    struct { size_t struct_bytes, block_count[DOMAINS], rest[1024]; } stats;
    int (*function)(void *, size_t);
    *(void **)&function = find_pymm("pymm_stats_get");
    if (!function || function(&stats, sizeof stats) != 0)
        return 0;
    return stats.block_count[0] + stats.block_count[1] + stats.block_count[2];
}

/* Blocks of pymm's have to be gone from its heap afterwards, whoever was asked to free them. */
static void release(int domains) {
    size_t owned = 0, before = live_count();
    for (int domain = 0; domain < domains; domain++) {
        void (*function)(void *);
        *(void **)&function = domain_function(domain, "Free");
        for (int i = 0; i < BLOCKS; i++) {
            owned += is_owned(blocks[domain][i]) ? 1 : 0;
            holds(domain, i);
            function(blocks[domain][i]);
        }
    }
    if (before && before - live_count() != owned)
        fail("blocks are still alive");
}

static void *thread_work(void *arg) {
    int (*ensure)(void);
    void (*leave)(int);
    (void)arg;
    *(void **)&ensure = find("PyGILState_Ensure");
    *(void **)&leave = find("PyGILState_Release");
    for (int i = 0; i < 20; i++) {
        int state = ensure();
        run("kept = [str(number) * 3 for number in range(2000)]\ndel kept");
        leave(state);
    }
    return NULL;
}

static void threads(void) {
    pthread_t ids[4];
    void *(*save)(void);
    void (*restore)(void *);
    *(void **)&save = find("PyEval_SaveThread");
    *(void **)&restore = find("PyEval_RestoreThread");
    void *state = save();
    for (int i = 0; i < 4; i++)
        if (pthread_create(&ids[i], NULL, thread_work, NULL) != 0)
            fail("pthread_create");
    for (int i = 0; i < 4; i++)
        pthread_join(ids[i], NULL);
    restore(state);
}

static void at_exit(void) {
    release(1);
    check();
    puts("atexit");
}

static int argument_words(const char *const *next) {
    if (!strcmp(word, "run"))
        run(*next);
    else
        fail("unknown word");
    return 1;
}

/* Perform one word; returns how many words after it were used up. */
static int perform(const char *library, const char *const *next) {
    static const struct { const char *name; int kind; } names[] = {
        {"open-local", 0}, {"open-global", 1}, {"close", 2}, {"install", 3}, {"install-fails", 4}, {"install-null-fails", 5},
        {"init", 6}, {"final", 7}, {"pymm", 8}, {"foreign", 9}, {"one-owner", 10}, {"alloc", 11}, {"resize", 12},
        {"free", 13}, {"raw-alloc", 14}, {"raw-free", 15}, {"threads", 16}, {"atexit", 17}, {"check", 18}, {"preinit", 19}, {"use", 20}};
    size_t i = 0;
    while (i < sizeof names / sizeof *names && strcmp(names[i].name, word))
        i++;
    switch (i < sizeof names / sizeof *names ? names[i].kind : -1) {
    case 0: open_library(library, RTLD_LOCAL); break;
    case 1: open_library(library, RTLD_GLOBAL); break;
    case 2: dlclose(python); break;
    case 3: install(0, python); break;
    case 4: install(-1, python); break;
    case 5: install(-1, NULL); break;
    case 6: init(); break;
    case 7: final(); break;
    case 8: expect_domains(DOMAINS, DOMAINS); break;
    case 9: expect_domains(0, 0); break;
    case 10: expect_domains(0, DOMAINS); break;
    case 11: alloc(DOMAINS); break;
    case 12: resize(DOMAINS); break;
    case 13: release(DOMAINS); break;
    case 14: alloc(1); break;
    case 15: resize(1); release(1); break;
    case 16: threads(); break;
    case 17: alloc(1); atexit(at_exit); break;
    case 18: check(); break;
    case 19: preinit(); break;
    case 20: use(); break;
    default: return argument_words(next);
    }
    return 0;
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: cpython_test_host LIBRARY|- WORD...\n", stderr);
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        word = argv[i];
        i += perform(argv[1], (const char *const *)argv + i + 1);
    }
    puts("ok");
    return 0;
}
