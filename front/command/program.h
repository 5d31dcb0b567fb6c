/* program.h: from the word PROG of a command line to the file that is executed, checked before it is.
 *
 * Owns: the search in PATH as a shell does it, the way from a script to its interpreter, the words of a refusal.
 * Does not own: what makes a Python acceptable (python.h). Read first: docs/man/pymm-run.1. */
#ifndef PYMM_COMMAND_PROGRAM_H
#define PYMM_COMMAND_PROGRAM_H

#include "command.h"

struct program {
    char path[PATH_MAX];   /* what is executed: the program, or python3 for a .py file */
    char script[PATH_MAX]; /* the .py file to put before the arguments, or empty */
    bool is_shell_text;    /* text without a first line: the kernel will refuse it, a shell takes it */
};

/* Find and check PROG. Returns 0; otherwise the status to end with, and why. */
int program_find(const char *word, struct program *program, struct refusal *refusal);

#endif
