/* args.h: how the files args*.c share the reading of one item of a format. Only they include it. Read object.h first. */
#ifndef PYMM_OBJECT_ARGS_H
#define PYMM_OBJECT_ARGS_H

#include "object.h"

#define ARGS_MESSAGE_BYTES 256
#define ARGS_LEVELS 32 /* parentheses in parentheses */
#define ARGS_CLEANUPS 8 /* that need no block of memory */

/* What has to be given up if a later item fails: memory, a buffer, what a converter made. */
typedef struct args_cleanup {
    enum { ARGS_MEMORY, ARGS_BUFFER, ARGS_CONVERTED } kind;
    int (*convert)(PyObject *, void *);
    void *place;
} args_cleanup;

/* A format being read. */
typedef struct args_reader {
    const char *format;
    va_list places;
    int levels[ARGS_LEVELS]; /* the item that failed, at each level of parentheses, counted from 1; up to a 0 */
    char message[ARGS_MESSAGE_BYTES];
    args_cleanup few[ARGS_CLEANUPS], *cleanups;
    size_t cleanup_count;
    const char *function, *said; /* the name after a colon; the message after a semicolon; NULL: none */
} args_reader;

/* Read what is behind the items of a format, and make room for cleanups. False: no memory. */
bool args_open(args_reader *reader, const char *format);
/* Give everything up that was made if it did not succeed. Returns `is_success`. */
bool args_close(args_reader *reader, bool is_success);
/* The next item of the format, from `arg`. NULL, or what `arg` must be; then an exception may be set already. */
const char *args_item(args_reader *reader, PyObject *arg, int *levels);
/* Pass over the next item. NULL, or why that cannot be done. */
const char *args_skip(args_reader *reader);
/* TypeError, or SystemError where the format is at fault: item `number` is not what `message` says. */
void args_fail(args_reader *reader, int number, const char *message);
PYMM_INLINE const char *args_name(const args_reader *reader) { return reader->function == NULL ? "function" : reader->function; }
PYMM_INLINE const char *args_parentheses(const args_reader *reader) { return reader->function == NULL ? "" : "()"; }
PYMM_INLINE bool args_is_end(char c) { return c == '\0' || c == ';' || c == ':'; }

/* args_simple.c: one item that is no tuple; as args_item. */
const char *args_simple(args_reader *reader, PyObject *arg);
/* "must be <expected>, not <type>" */
const char *args_expected(args_reader *reader, const char *expected, PyObject *arg);
void args_cleanup_add(args_reader *reader, int kind, void *place, int (*convert)(PyObject *, void *));
#endif
