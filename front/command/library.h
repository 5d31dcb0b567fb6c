/* library.h: where libpymm-cpython.so is. Owns: the places that are searched and the checks that the file can be
 * preloaded. Does not own: what is done with the path (preload.h). Read first: docs/man/pymm.1, FILES. */
#ifndef PYMM_COMMAND_LIBRARY_H
#define PYMM_COMMAND_LIBRARY_H

#include "command.h"

#define LIBRARY_NAME "libpymm-cpython.so"

/* Put the absolute path of the library into `path` (PATH_MAX bytes). Returns 0; otherwise the status, and why. */
int library_find(char *path, struct refusal *refusal);

#endif
