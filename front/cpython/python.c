/* python.c: looks at the CPython in this process: where its API is, what kind it is, what its user has set.
 *
 * Owns: the reading of CPython's own settings, as far as they decide who allocates. No object of Python's is touched.
 * Facts: PYTHONMALLOC (any value, even "default"), PYTHONDEVMODE and -X dev make CPython set up its allocators itself before
 * anything else, on top of ours; -E and -I make it ignore the environment. Read front.h first. */
#include "front.h"

#include <dlfcn.h>
#include <stdlib.h>

bool front_python_find(void *handle, front_python *python)
{
    void *scope = handle == NULL ? RTLD_DEFAULT : handle;
    *python = (front_python){.handle = handle};
    *(void **)&python->get_allocator = dlsym(scope, "PyMem_GetAllocator");
    *(void **)&python->set_allocator = dlsym(scope, "PyMem_SetAllocator");
    *(void **)&python->get_version = dlsym(scope, "Py_GetVersion");
    if (python->get_allocator == NULL || python->set_allocator == NULL || python->get_version == NULL)
        return false;
    *(void **)&python->is_finalizing = dlsym(scope, "Py_IsFinalizing"); /* public from 3.13 on */
    if (python->is_finalizing == NULL)
        *(void **)&python->is_finalizing = dlsym(scope, "_Py_IsFinalizing");
    /* Only a free-threaded CPython counts references across threads, with functions of these names. */
    python->is_free_threaded = dlsym(scope, "_Py_DecRefShared") != NULL;
    return true;
}

bool front_python_keep(const front_python *python)
{
    Dl_info library;
    if (python->handle == NULL) /* the program's own */
        return true;
    return dladdr(*(void *const *)&python->get_version, &library) != 0 && dlopen(library.dli_fname, RTLD_LAZY | RTLD_NOLOAD) != NULL;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);
    return value != NULL && *value != '\0';
}

static bool is_dev_option(const char *value) { return value != NULL && strcmp(value, "dev") == 0; }

/* What the options before the script say. Letters may be joined (-sE); c and m end them; W, X and Q take a value. */
typedef struct python_options {
    bool is_dev, ignores_environment;
    const char *script; /* or the module behind -m; NULL: neither */
} python_options;

static bool read_letters(const char *letters, const char *next, python_options *options, bool *takes_next)
{
    for (; *letters != '\0'; letters++) {
        const char *value = letters[1] != '\0' ? letters + 1 : next;
        if (*letters == 'm')
            options->script = value;
        if (*letters == 'c' || *letters == 'm')
            return false;
        if (*letters == 'E' || *letters == 'I')
            options->ignores_environment = true;
        if (*letters == 'X' && is_dev_option(value))
            options->is_dev = true;
        if (*letters == 'X' || *letters == 'W' || *letters == 'Q') {
            *takes_next = letters[1] == '\0';
            return true;
        }
    }
    return true;
}

static python_options read_options(int argument_count, char **arguments)
{
    python_options options = {0};
    for (int i = 1; i < argument_count; i++) {
        const char *argument = arguments[i];
        bool takes_next = false;
        if (argument[0] != '-')
            options.script = argument;
        if (argument[0] != '-' || argument[1] == '\0' || strcmp(argument, "--") == 0)
            break;
        if (argument[1] == '-') {
            takes_next = strcmp(argument, "--check-hash-based-pycs") == 0;
        } else if (!read_letters(argument + 1, i + 1 < argument_count ? arguments[i + 1] : NULL, &options, &takes_next)) {
            break;
        }
        i += takes_next;
    }
    return options;
}

/* Only a program named like Python reads its arguments as Python does. */
static bool is_named_python(const char *program)
{
    const char *slash = strrchr(program, '/');
    return strncmp(slash == NULL ? program : slash + 1, "python", 6) == 0;
}

const char *front_python_script(int argument_count, char **arguments)
{
    if (argument_count == 0 || arguments == NULL || !is_named_python(arguments[0]))
        return NULL;
    return read_options(argument_count, arguments).script;
}

const char *front_python_override(int argument_count, char **arguments)
{
    python_options options = {0};
    if (argument_count > 0 && arguments != NULL && is_named_python(arguments[0]))
        options = read_options(argument_count, arguments);
    if (!options.ignores_environment && is_set("PYTHONMALLOC"))
        return "PYTHONMALLOC";
    if (!options.ignores_environment && is_set("PYTHONDEVMODE"))
        return "PYTHONDEVMODE";
    return options.is_dev ? "-X dev" : NULL;
}
