/* front.h: what the files of front/python share.
 *
 * The front is libpymm: the names of the Python/C API, each a thin one onto the core. memory.c allocates, allocators.c
 * gets and sets tables. Read include/python/Python.h first for what is promised. */
#ifndef PYMM_FRONT_PYTHON_H
#define PYMM_FRONT_PYTHON_H

#include "python/Python.h"

#include "domain/domain.h"
#include "pymm.h"

#endif
