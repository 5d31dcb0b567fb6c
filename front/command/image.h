/* image.h: what an executable file is, from its bytes alone; nothing is ever run.
 *
 * Owns: telling scripts from ELF files, and the few facts of an ELF file that decide whether pymm can be preloaded
 * into it. Does not own: the conclusions (python.h), finding the file (program.h). Read first: elf(5). */
#ifndef PYMM_COMMAND_IMAGE_H
#define PYMM_COMMAND_IMAGE_H

#include "command.h"

enum image_kind {
    IMAGE_OTHER,   /* neither of the two below, by its first bytes */
    IMAGE_TEXT,    /* no first line that names an interpreter, but text: a shell would take it as its own script */
    IMAGE_SCRIPT,  /* begins with #! */
    IMAGE_DAMAGED, /* begins as an ELF file, but is none that can be executed */
    IMAGE_ELF,
};

struct image {
    enum image_kind kind;
    char first_line[256]; /* script: after the #! */

    /* ELF, from the headers */
    unsigned char elf_class, byte_order;
    unsigned machine;
    bool is_shared;        /* ET_DYN: a library or a position-independent program */
    bool gains_privileges; /* started by this user it would be set-user-ID or the like: LD_PRELOAD is ignored */
    size_t file_bytes;
    char loader[256]; /* the dynamic loader it names; empty: statically linked */

    /* ELF, from the dynamic section */
    char python_library[128];   /* the libpython or libpypy that it needs, or empty */
    char search_path[PATH_MAX]; /* its RUNPATH or RPATH, or empty */

    /* ELF, from the symbols: the dynamic ones, of a static program all that it has */
    bool has_symbols;
    bool has_python;            /* defines Py_Main and the like: contains a Python */
    bool has_set_allocator;     /* defines PyMem_SetAllocator */
    bool has_shared_references; /* defines _Py_DecRefShared: free-threaded */
    bool calls_exec;            /* wants execv or a relative from libc */
    unsigned long version_hex;  /* value of Py_Version (3.11 and newer), 0 when there is none */
};

/* Returns 0, or an errno value when the file cannot be read. */
int image_read(const char *path, struct image *image);
bool image_is_same_machine(const struct image *a, const struct image *b);

/* Find the library `image->python_library` as the dynamic loader would for the program at `program_path`; the result
 * goes to `path` (PATH_MAX bytes). False when it is in none of the usual places. */
bool image_find_python_library(const struct image *image, const char *program_path, char *path);

#endif
