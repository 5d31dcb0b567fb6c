/* python.c: judges whether pymm can be installed in the program that a file holds.
 *
 * Owns: what counts as a Python (its name, a libpython that it needs, symbols that it defines), its version, the
 * verdict. Does not own: reading the file (image.c), the error line (program.c). Read first: python.h. */
#include "python.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

const struct python_verdict_words python_verdict_words[PYTHON_VERDICT_COUNT] = {
#define PYTHON_VERDICT_WORDS(id, is, advice) {is, advice},
    PYTHON_VERDICTS(PYTHON_VERDICT_WORDS)
#undef PYTHON_VERDICT_WORDS
};

/* A program named python that is smaller than this and calls exec is a launcher (NixOS wraps its interpreters so), not
 * an interpreter without the API: those measure megabytes. */
enum { LAUNCHER_BYTES_MAX = 256 * 1024 };

static int name_number(const char **text)
{
    char *end;

    if (!isdigit((unsigned char)**text))
        return -1;
    long number = strtol(*text, &end, 10);
    *text = end;
    return number > 999 ? -1 : (int)number;
}

/* python[3[.11]][tdmu][-dbg]  pypy[3[.10]][-c]  and the same after "lib", then ".so..." */
struct python_name python_name_parse(const char *name)
{
    struct python_name result = {.major = -1, .minor = -1};
    bool is_library = text_starts_with(name, "lib");
    const char *rest = is_library ? name + 3 : name;

    if (text_starts_with(rest, "pypy"))
        result.is_pypy = true;
    else if (!text_starts_with(rest, "python"))
        return result;
    rest += result.is_pypy ? 4 : 6;
    result.major = name_number(&rest);
    if (*rest == '.' && isdigit((unsigned char)rest[1])) {
        rest++;
        result.minor = name_number(&rest);
        if (*rest == '.' && isdigit((unsigned char)rest[1])) /* as in python3.12.1 */
            rest += 1 + strspn(rest + 1, "0123456789");
    }
    size_t flags = strspn(rest, "tdmu");
    result.is_free_threaded = memchr(rest, 't', flags) != NULL;
    rest += flags;
    if (is_library ? text_starts_with(rest, ".so") || text_starts_with(rest, "-c.so")
                   : !*rest || strcmp(rest, "-dbg") == 0 || strcmp(rest, "-c") == 0)
        result.is_python = !result.is_pypy;
    else
        result = (struct python_name){.major = -1, .minor = -1};
    return result;
}

/* What is known of a Python after its program and its library have been looked at. */
struct python_facts {
    bool is_python, is_pypy, is_free_threaded, is_api_known, has_api;
    int major, minor, micro;
};

static void facts_add_name(struct python_facts *facts, const char *name)
{
    struct python_name parsed = python_name_parse(name);

    facts->is_python |= parsed.is_python;
    facts->is_pypy |= parsed.is_pypy;
    facts->is_free_threaded |= parsed.is_free_threaded;
    if (parsed.minor >= 0 && facts->minor < 0) {
        facts->major = parsed.major;
        facts->minor = parsed.minor;
    }
}

static void facts_add_image(struct python_facts *facts, const struct image *image)
{
    facts->is_python |= image->has_python;
    facts->has_api |= image->has_set_allocator;
    facts->is_api_known |= image->has_symbols;
    facts->is_free_threaded |= image->has_shared_references;
    if (image->version_hex) { /* 0x030b02f0 is 3.11.2: better than any name */
        facts->major = (int)(image->version_hex >> 24 & 0xff);
        facts->minor = (int)(image->version_hex >> 16 & 0xff);
        facts->micro = (int)(image->version_hex >> 8 & 0xff);
    }
}

/* The library that a Python needs. libpython3.so only passes on to libpython3.N.so: one more step. */
static void facts_add_libraries(struct python_facts *facts, const struct image *image, const char *path)
{
    struct image library = *image;
    char library_path[PATH_MAX], from[PATH_MAX];

    snprintf(from, sizeof from, "%s", path);
    for (int step = 0; step < 2 && library.python_library[0]; step++) {
        facts_add_name(facts, library.python_library);
        facts->is_api_known = false;
        if (!image_find_python_library(&library, from, library_path) || image_read(library_path, &library) != 0) {
            facts->has_api = true; /* not where pymm looks: every libpython since 3.4 has the API */
            return;
        }
        facts_add_image(facts, &library);
        snprintf(from, sizeof from, "%s", library_path);
    }
}

static void facts_version(const struct python_facts *facts, char *version)
{
    version[0] = '\0';
    if (facts->minor >= 0 && facts->micro >= 0)
        snprintf(version, PYTHON_VERSION_BYTES, "%d.%d.%d", facts->major, facts->minor, facts->micro);
    else if (facts->minor >= 0)
        snprintf(version, PYTHON_VERSION_BYTES, "%d.%d", facts->major, facts->minor);
}

static bool facts_is_too_old(const struct python_facts *facts)
{
    return facts->minor >= 0 && (facts->major < 3 || (facts->major == 3 && facts->minor < 7));
}

enum python_verdict python_judge(const char *path, const struct image *image, char *version)
{
    struct python_facts facts = {.major = -1, .minor = -1, .micro = -1};
    char real[PATH_MAX];
    struct image own;

    version[0] = '\0';
    if (image_read("/proc/self/exe", &own) == 0 && !image_is_same_machine(image, &own))
        return PYTHON_OTHER_MACHINE;
    /* The name of the file, not of a link to it: version managers link "python3" to a launcher of their own. */
    if (!realpath(path, real))
        snprintf(real, sizeof real, "%s", path);
    facts_add_name(&facts, text_base_name(real));
    facts_add_image(&facts, image);
    facts_add_libraries(&facts, image, real);
    if (facts.is_python || facts.is_pypy)
        facts_version(&facts, version);

    if (image->gains_privileges)
        return PYTHON_PRIVILEGED;
    if (facts.is_pypy)
        return PYTHON_PYPY;
    if (!image->loader[0])
        return facts.is_python ? PYTHON_STATIC : PYTHON_NOT_PYTHON;
    if (own.loader[0] && strcmp(text_base_name(image->loader), text_base_name(own.loader)) != 0)
        return PYTHON_OTHER_LIBC;
    if (!facts.is_python)
        return PYTHON_NOT_PYTHON;
    if (facts.is_free_threaded)
        return PYTHON_FREE_THREADED;
    if (facts_is_too_old(&facts))
        return PYTHON_TOO_OLD;
    if (facts.has_api || !facts.is_api_known)
        return PYTHON_WORKS;
    if (image->calls_exec && image->file_bytes < LAUNCHER_BYTES_MAX)
        return PYTHON_NOT_PYTHON;
    return PYTHON_NO_API;
}
