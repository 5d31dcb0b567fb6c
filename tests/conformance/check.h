/* check.h: what the conformance sources share: cases, and printing one line `name: value` for each check.
 *
 * A source is a program that is compiled against a CPython and against libpymm. `PROGRAM --list` names its cases and the
 * environment that each wants; `PROGRAM CASE` runs one in a process of its own, so a case may die or leave hooks behind.
 * No line may show an address, a time or a path. Owns: the above, and the three domains as a table. Does not own: running
 * and comparing (test_conformance.py). Read first: docs/conformance.md. */
#ifndef PYMM_CHECK_H
#define PYMM_CHECK_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <pthread.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CHECK_UNUSED __attribute__((unused))

typedef struct check_case {
    const char *name;
    void (*run)(void);
    const char *environment; /* NAME=VALUE, several with spaces between, or NULL */
} check_case;

/* Printing. ------------------------------------------------------------------------------------------------------------ */

CHECK_UNUSED __attribute__((format(printf, 2, 3))) static void check_text(const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    printf("%s: ", name);
    vprintf(format, arguments);
    printf("\n");
    va_end(arguments);
}

CHECK_UNUSED static void check_int(const char *name, long long value)
{
    check_text(name, "%lld", value);
}

CHECK_UNUSED static void check_size(const char *name, size_t value)
{
    check_text(name, "%zu", value);
}

CHECK_UNUSED static void check_bool(const char *name, int value)
{
    check_text(name, "%s", value ? "yes" : "no");
}

/* Is it NULL? The address itself is never printed. */
CHECK_UNUSED static void check_pointer(const char *name, const void *pointer)
{
    check_text(name, "%s", pointer ? "block" : "NULL");
}

CHECK_UNUSED static void check_bytes(const char *name, const void *start, size_t bytes)
{
    const unsigned char *byte = start;
    printf("%s:", name);
    for (size_t index = 0; index < bytes; index++)
        printf(" %02x", byte[index]);
    printf("\n");
}

/* For a loop over domains: "malloc" becomes "obj.malloc". Good until the fourth call after it. */
CHECK_UNUSED static const char *check_join(const char *first, const char *second)
{
    static char names[4][160];
    static unsigned next;
    char *name = names[next++ % 4];
    snprintf(name, sizeof names[0], "%s.%s", first, second);
    return name;
}

/* The exception that is set goes to stderr, which is compared too; before 3.8 it would wait there for the end of the interpreter. */
CHECK_UNUSED static void check_print_raised(void)
{
    PyErr_Print();
#if PY_VERSION_HEX < 0x03080000
    Py_XDECREF(PyObject_CallMethod(PySys_GetObject("stderr"), "flush", NULL));
#endif
}

/* The twelve functions. ------------------------------------------------------------------------------------------------ */

typedef struct check_domain {
    const char *name;
    PyMemAllocatorDomain domain;
    void *(*malloc)(size_t bytes);
    void *(*calloc)(size_t item_count, size_t item_bytes);
    void *(*realloc)(void *block, size_t bytes);
    void (*free)(void *block);
} check_domain;

CHECK_UNUSED static const check_domain check_domains[3] = {
    {"raw", PYMEM_DOMAIN_RAW, PyMem_RawMalloc, PyMem_RawCalloc, PyMem_RawRealloc, PyMem_RawFree},
    {"mem", PYMEM_DOMAIN_MEM, PyMem_Malloc, PyMem_Calloc, PyMem_Realloc, PyMem_Free},
    {"obj", PYMEM_DOMAIN_OBJ, PyObject_Malloc, PyObject_Calloc, PyObject_Realloc, PyObject_Free},
};

#define CHECK_EACH_DOMAIN(d) for (const check_domain *d = check_domains; d < check_domains + 3; d++)

/* Threads. ------------------------------------------------------------------------------------------------------------- */

typedef struct check_thread {
    void (*run)(void);
} check_thread;

CHECK_UNUSED static void *check_thread_main(void *argument)
{
    ((check_thread *)argument)->run();
    return NULL;
}

/* Run it in a thread that neither Python nor pymm made, and wait for its end. */
CHECK_UNUSED static void check_in_thread(void (*run)(void))
{
    pthread_t thread;
    check_thread start = {run};
    if (pthread_create(&thread, NULL, check_thread_main, &start) != 0) {
        perror("pthread_create");
        exit(3);
    }
    pthread_join(thread, NULL);
}

/* The program. --------------------------------------------------------------------------------------------------------- */

CHECK_UNUSED static int check_main(int count, char **arguments, const check_case *cases, size_t case_count)
{
    const struct rlimit no_core = {0, 0};
    if (count != 2) {
        fprintf(stderr, "usage: %s --list | CASE\n", arguments[0]);
        return 2;
    }
    setrlimit(RLIMIT_CORE, &no_core);
    setvbuf(stdout, NULL, _IONBF, 0); /* what was printed before a case dies is not lost */
    for (size_t index = 0; index < case_count; index++) {
        if (strcmp(arguments[1], "--list") == 0)
            printf("%s\t%s\n", cases[index].name, cases[index].environment ? cases[index].environment : "");
        else if (strcmp(arguments[1], cases[index].name) == 0) {
            cases[index].run();
            fflush(NULL);
            _exit(0); /* what a case leaves behind, hooks and all, is not taken down */
        }
    }
    return strcmp(arguments[1], "--list") == 0 ? 0 : 2;
}

#define CHECK_MAIN(cases)                                                                \
    int main(int count, char **arguments)                                                \
    {                                                                                    \
        return check_main(count, arguments, cases, sizeof(cases) / sizeof((cases)[0])); \
    }
#endif
