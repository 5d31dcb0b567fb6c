/* Python.h: the memory part of the Python/C API, by libpymm, for programs that have no interpreter.
 *
 * Owns: nothing; it includes the headers beside it, one for each part, and the standard headers that programs written for
 * CPython expect to come with it. Does not have: anything of Python beyond its memory. Manual page: libpymm(7). */
#ifndef Py_PYTHON_H
#define Py_PYTHON_H

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
#include <wchar.h>

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
