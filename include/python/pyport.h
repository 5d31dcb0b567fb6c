/* pyport.h: what the other headers of libpymm stand on: the version they follow, types, limits, declaration macros.
 *
 * Owns: Py_ssize_t and its limits, PyAPI_FUNC, small macros of the Python/C API that programs use around memory.
 * Does not own: any function. Include Python.h, not this file. Since pymm 0.1. */
#ifndef Py_PYPORT_H
#define Py_PYPORT_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

/* The version of the Python/C API that these headers follow. Where versions differ, this one's behaviour holds. */
#define PY_MAJOR_VERSION 3
#define PY_MINOR_VERSION 13
#define PY_MICRO_VERSION 0
#define PY_RELEASE_LEVEL_ALPHA 0xA
#define PY_RELEASE_LEVEL_BETA 0xB
#define PY_RELEASE_LEVEL_GAMMA 0xC
#define PY_RELEASE_LEVEL_FINAL 0xF
#define PY_RELEASE_LEVEL PY_RELEASE_LEVEL_FINAL
#define PY_RELEASE_SERIAL 0
#define PY_VERSION "3.13.0"
#define PY_VERSION_HEX 0x030D00F0

/* Tells a program that it is compiled against libpymm and not against a CPython. */
#define PYMM_LIBPYMM 1

#if defined(_WIN32) && defined(PYMM_EXPORTS)
#define PyAPI_FUNC(type) __declspec(dllexport) type
#define PyAPI_DATA(type) extern __declspec(dllexport) type
#elif defined(_WIN32)
#define PyAPI_FUNC(type) type
#define PyAPI_DATA(type) extern type
#else
#define PyAPI_FUNC(type) __attribute__((visibility("default"))) type
#define PyAPI_DATA(type) extern __attribute__((visibility("default"))) type
#endif

#if defined(__GNUC__)
#define Py_UNUSED(name) pymm_unused_##name __attribute__((unused))
#define Py_DEPRECATED(version) __attribute__((deprecated))
#define Py_NO_RETURN __attribute__((noreturn))
#else
#define Py_UNUSED(name) pymm_unused_##name
#define Py_DEPRECATED(version)
#define Py_NO_RETURN
#endif

typedef ptrdiff_t Py_ssize_t; /* a size in bytes or items; the API counts no more than PY_SSIZE_T_MAX of either */
typedef Py_ssize_t Py_hash_t;
typedef size_t Py_uhash_t;
typedef intptr_t Py_intptr_t;
typedef uintptr_t Py_uintptr_t;

#if defined(__cplusplus) && __cplusplus < 201103L /* C++98 has no long long, but what is as long */
typedef int64_t pymm_long_long;
typedef uint64_t pymm_unsigned_long_long;
#else
typedef long long pymm_long_long;
typedef unsigned long long pymm_unsigned_long_long;
#endif

#define PY_SSIZE_T_MAX ((Py_ssize_t)PTRDIFF_MAX)
#define PY_SSIZE_T_MIN ((Py_ssize_t)PTRDIFF_MIN)
#define SIZEOF_VOID_P ((int)sizeof(void *))
#define SIZEOF_SIZE_T ((int)sizeof(size_t))

#define Py_MIN(a, b) ((a) < (b) ? (a) : (b))
#define Py_MAX(a, b) ((a) > (b) ? (a) : (b))
#define Py_ABS(a) ((a) < 0 ? -(a) : (a))
#define Py_ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))
#define Py_CHARMASK(c) ((unsigned char)((c) & 0xff))
#define Py_STRINGIFY_EXPANDED(text) #text
#define Py_STRINGIFY(text) Py_STRINGIFY_EXPANDED(text)

#endif
