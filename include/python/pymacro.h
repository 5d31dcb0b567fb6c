/* pymacro.h: macros that extensions are written with and that stand for nothing of Python: attributes, texts, checks.
 *
 * Owns: the above, and the empty brackets of critical sections: the GIL is the lock. Include Python.h, not this file.
 * Since pymm 0.1; text: "Useful macros". */
#ifndef Py_PYMACRO_H
#define Py_PYMACRO_H

#include "pyport.h"

#include <assert.h>
#include <string.h>

/* A text that documents something. */
#define PyDoc_STR(text) text
#define PyDoc_VAR(name) static const char name[]
#define PyDoc_STRVAR(name, text) PyDoc_VAR(name) = PyDoc_STR(text)

/* The function that an extension begins with. */
#if defined(_WIN32)
#define Py_EXPORTED_SYMBOL __declspec(dllexport)
#define Py_IMPORTED_SYMBOL __declspec(dllimport)
#define Py_LOCAL_SYMBOL
#else
#define Py_EXPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_IMPORTED_SYMBOL __attribute__((visibility("default")))
#define Py_LOCAL_SYMBOL __attribute__((visibility("hidden")))
#endif
#if defined(__cplusplus)
#define PyMODINIT_FUNC extern "C" Py_EXPORTED_SYMBOL PyObject *
#else
#define PyMODINIT_FUNC Py_EXPORTED_SYMBOL PyObject *
#endif

#if defined(__GNUC__)
#define Py_UNREACHABLE() __builtin_unreachable()
#define Py_GCC_ATTRIBUTE(x) __attribute__(x)
#define Py_ALWAYS_INLINE __attribute__((always_inline))
#define Py_NO_INLINE __attribute__((noinline))
#else
#define Py_UNREACHABLE() abort()
#define Py_GCC_ATTRIBUTE(x)
#define Py_ALWAYS_INLINE
#define Py_NO_INLINE
#endif
#define Py_LOCAL(type) static type
#define Py_LOCAL_INLINE(type) static inline type
#define Py_VA_COPY va_copy
#define Py_MEMCPY memcpy
#define Py_LL(number) number##LL
#define Py_ULL(number) Py_LL(number##U)

#define Py_MEMBER_SIZE(type, member) sizeof(((type *)0)->member)
#define Py_BUILD_ASSERT_EXPR(condition) (sizeof(char[1 - 2 * !(condition)]) - 1)
#define Py_BUILD_ASSERT(condition)                                                                                     \
    do {                                                                                                               \
        (void)Py_BUILD_ASSERT_EXPR(condition);                                                                         \
    } while (0)
#define Py_SAFE_DOWNCAST(value, wide, narrow) ((narrow)(value))

/* Characters of ASCII, whatever the locale; and numbers. */
#define Py_ISLOWER(c) ((unsigned)Py_CHARMASK(c) - 'a' < 26)
#define Py_ISUPPER(c) ((unsigned)Py_CHARMASK(c) - 'A' < 26)
#define Py_ISALPHA(c) (((unsigned)Py_CHARMASK(c) | 32) - 'a' < 26)
#define Py_ISDIGIT(c) ((unsigned)Py_CHARMASK(c) - '0' < 10)
#define Py_ISXDIGIT(c) (Py_ISDIGIT(c) || ((unsigned)Py_CHARMASK(c) | 32) - 'a' < 6)
#define Py_ISALNUM(c) (Py_ISALPHA(c) || Py_ISDIGIT(c))
#define Py_ISSPACE(c) (Py_CHARMASK(c) == ' ' || (unsigned)Py_CHARMASK(c) - 9 < 5)
#define Py_TOLOWER(c) (Py_CHARMASK(c) | (Py_ISUPPER(c) ? 32 : 0))
#define Py_TOUPPER(c) (Py_CHARMASK(c) & (Py_ISLOWER(c) ? 0xdf : 0xff))
#define Py_IS_NAN(x) isnan(x)
#define Py_IS_INFINITY(x) isinf(x)
#define Py_IS_FINITE(x) isfinite(x)
#define Py_MATH_PI 3.14159265358979323846
#define Py_MATH_E 2.7182818284590452354
#define Py_MATH_TAU 6.2831853071795864769252867665590057683943L

/* Around what must not run twice at once on an object: whoever is here holds the GIL. */
#define Py_BEGIN_CRITICAL_SECTION(op) {
#define Py_END_CRITICAL_SECTION() }
#define Py_BEGIN_CRITICAL_SECTION2(a, b) {
#define Py_END_CRITICAL_SECTION2() }

#endif
