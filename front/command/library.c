/* library.c: finds libpymm-cpython.so from the place of the command itself.
 *
 * Owns: the order of places: beside the command (build tree), ../lib/pymm, ../lib (installed), and that the dynamic
 * loader will be able to take the file from LD_PRELOAD. Does not own: reading ELF files (image.c). Read first:
 * library.h. */
#include "library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "image.h"

/* Relative to the directory of the command; the first that exists is meant, even when it turns out to be bad. */
static const char *const library_places[] = {"", "../lib/pymm/", "../lib/"};

/* LD_PRELOAD has no quoting: colon and blank separate, and $ORIGIN, $LIB, $PLATFORM are expanded. */
static int library_check_name(const char *path, struct refusal *refusal)
{
    const char *bad = path + strcspn(path, ": $");

    if (!*bad)
        return 0;
    return refuse(refusal, STATUS_REFUSED,
                  "%s: LD_PRELOAD cannot hold a path with '%c'; move pymm to another directory", path, *bad);
}

static int library_check_file(const char *path, struct refusal *refusal)
{
    struct image image, own;
    int error = image_read(path, &image);

    if (error)
        return refuse(refusal, STATUS_REFUSED, "%s: the library cannot be read: %s; correct that or install pymm again",
                      path, strerror(error));
    if (image.kind != IMAGE_ELF || !image.is_shared)
        return refuse(refusal, STATUS_REFUSED, "%s: this is not a shared library; build or install pymm again", path);
    if (image_read("/proc/self/exe", &own) == 0 && !image_is_same_machine(&image, &own))
        return refuse(refusal, STATUS_REFUSED,
                      "%s: the library is for another kind of machine than the command; build or install pymm again",
                      path);
    return 0;
}

int library_find(char *path, struct refusal *refusal)
{
    char own[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", own, sizeof own - 1);

    if (length < 0)
        return refuse(refusal, STATUS_REFUSED,
                      "/proc/self/exe: cannot be read: %s; pymm finds its library through it: mount /proc",
                      strerror(errno));
    own[length] = '\0';
    int folder_bytes = (int)(text_base_name(own) - own);
    for (size_t i = 0; i < sizeof library_places / sizeof *library_places; i++) {
        char *place = text_format("%.*s%s" LIBRARY_NAME, folder_bytes, own, library_places[i]);
        bool is_there = realpath(place, path) != NULL;
        bool is_hidden = !is_there && errno != ENOENT && errno != ENOTDIR;
        if (is_hidden)
            refuse(refusal, STATUS_REFUSED, "%s: the library cannot be read: %s; correct that or install pymm again",
                   place, strerror(errno));
        free(place);
        if (is_hidden)
            return (int)refusal->status;
        if (!is_there)
            continue;
        int status = library_check_name(path, refusal);
        return status ? status : library_check_file(path, refusal);
    }
    return refuse(refusal, STATUS_REFUSED,
                  "%.*s: %s is neither beside the command nor in ../lib/pymm or ../lib; "
                  "build or install pymm again",
                  folder_bytes > 1 ? folder_bytes - 1 : 1, own, LIBRARY_NAME);
}
