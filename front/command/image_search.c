/* image_search.c: finds the libpython of a program where the dynamic loader would.
 *
 * Owns: the places: the program's RUNPATH, LD_LIBRARY_PATH, the usual directories of the system. /etc/ld.so.cache is
 * not read: what is only there is judged by its name. Does not own: what the library is (image.c). Read first:
 * ld.so(8). */
#include "image.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Is `name` in the directory? `folder` may begin with $ORIGIN, the directory of the program. */
static bool search_folder(const char *folder, size_t folder_bytes, const char *origin, const char *name, char *path)
{
    static const char *const tokens[] = {"$ORIGIN", "${ORIGIN}"};
    size_t origin_bytes = 0;

    for (size_t i = 0; i < 2; i++) {
        size_t token_bytes = strlen(tokens[i]);
        if (folder_bytes >= token_bytes && memcmp(folder, tokens[i], token_bytes) == 0) {
            origin_bytes = (size_t)(text_base_name(origin) - origin);
            folder += token_bytes;
            folder_bytes -= token_bytes;
        }
    }
    int length = snprintf(path, PATH_MAX, "%.*s%.*s/%s", (int)origin_bytes, origin, (int)folder_bytes, folder, name);
    return length < PATH_MAX && access(path, R_OK) == 0;
}

static bool search_list(const char *folders, const char *origin, const char *name, char *path)
{
    while (folders && *folders) {
        size_t bytes = strcspn(folders, ":");
        if (bytes > 0 && search_folder(folders, bytes, origin, name, path))
            return true;
        folders += bytes + (folders[bytes] == ':');
    }
    return false;
}

/* The directory of libc is where the system's libraries for this kind of machine are, whatever its name. */
static bool search_beside_libc(const char *name, char *path)
{
    Dl_info info;
    void *address = dlsym(RTLD_DEFAULT, "gnu_get_libc_version");

    return address && dladdr(address, &info) && info.dli_fname &&
           search_folder(info.dli_fname, (size_t)(text_base_name(info.dli_fname) - info.dli_fname), "", name, path);
}

bool image_find_python_library(const struct image *image, const char *program_path, char *path)
{
    const char *name = image->python_library;

    if (strchr(name, '/')) {
        snprintf(path, PATH_MAX, "%s", name);
        return access(path, R_OK) == 0;
    }
    return search_list(getenv("LD_LIBRARY_PATH"), program_path, name, path) ||
           search_list(image->search_path, program_path, name, path) || search_beside_libc(name, path) ||
           search_list("/usr/local/lib:/lib64:/usr/lib64:/lib:/usr/lib", program_path, name, path);
}
