/* unicode_codec.h: what the two directions of unicode_decode.c and unicode_encode.c have in common. Only they include it. */
#ifndef PYMM_OBJECT_UNICODE_CODEC_H
#define PYMM_OBJECT_UNICODE_CODEC_H

#include "object.h"

/* What is done about bytes or characters that an encoding does not have. */
typedef enum codec_handler {
    CODEC_STRICT,
    CODEC_IGNORE,
    CODEC_REPLACE,
    CODEC_BACKSLASH,
    CODEC_ESCAPE, /* surrogateescape */
    CODEC_PASS,   /* surrogatepass */
    CODEC_XML,
    CODEC_UNKNOWN
} codec_handler;

codec_handler codec_handler_find(const char *errors); /* NULL is strict */

typedef enum codec_name { CODEC_UTF8, CODEC_ASCII, CODEC_LATIN1, CODEC_NONE } codec_name;
PyObject *unicode_encode(codec_name name, PyObject *text, const char *errors); /* bytes */

/* Bytes [start, end) of `count` cannot be decoded. */
typedef struct codec_fault {
    const char *codec, *reason;
    const unsigned char *bytes;
    Py_ssize_t count, start, end;
    bool is_utf8;
} codec_fault;
#endif
