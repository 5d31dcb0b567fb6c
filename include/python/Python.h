/* Python.h: the Python/C API of libpymm, for programs that have no interpreter: memory, objects, types, the collector.
 *
 * Owns: nothing; it includes the headers beside it, one for each part, and the standard headers that programs written for
 * CPython expect to come with it. Does not have: anything that runs Python code. It comes before any standard header, as
 * CPython's does. Manual page: libpymm(7). */
#ifndef Py_PYTHON_H
#define Py_PYTHON_H

/* As CPython's pyconfig.h: the standard headers show all that the system has, also to a program compiled with -std=c11. */
#if !defined(_GNU_SOURCE) && !defined(_WIN32)
#define _GNU_SOURCE 1
#endif

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wchar.h>
#ifndef _WIN32
#include <unistd.h>
#endif

#include "pyport.h"
#include "pymacro.h"

#include "pylifecycle.h"
#include "abstract.h"
#include "attributes.h"
#include "boolobject.h"
#include "bytesobject.h"
#include "floatobject.h"
#include "longobject.h"
#include "dictobject.h"
#include "listobject.h"
#include "gc.h"
#include "genericaliasobject.h"
#include "import.h"
#include "iterobject.h"
#include "moduleobject.h"
#include "pycapsule.h"
#include "pysequence.h"
#include "setobject.h"
#include "sliceobject.h"
#include "methodobject.h"
#include "modsupport.h"
#include "object.h"
#include "objimpl.h"
#include "pycall.h"
#include "pyerrors.h"
#include "pymem.h"
#include "pynumber.h"
#include "pystate.h"
#include "pytracemalloc.h"
#include "sysmodule.h"
#include "tupleobject.h"
#include "unicodeobject.h"
#include "weakrefobject.h"
#include "warnings.h"

#endif
