/* install.c: the preload's life: at load it looks for CPython and installs pymm for the three domains; at exit it reports.
 *
 * In a process without CPython it does nothing. The heap is never taken down: blocks outlive the interpreter, and memory
 * goes back with the process. Owns: constructor, destructor, pymm_install. Read front.h first. */
#include "front.h"
#include "hook/hook.h"

#include <errno.h>
#include <stdlib.h>

static bool is_installed;
static pymm_allocator previous_tables[PYMM_DOMAIN_COUNT], installed_tables[PYMM_DOMAIN_COUNT];

/* Pointers that are not the heap's: in the raw domain libc's, handed out while CPython had the domain set back; in the other
 * two those of the allocator that was installed before us. */
static void foreign_free(unsigned domain, void *block)
{
    const pymm_allocator *previous = &previous_tables[domain];
    if (domain == PYMM_DOMAIN_RAW || previous->free == NULL)
        front_libc_free(block);
    else
        previous->free(previous->ctx, block);
}

static void *foreign_realloc(unsigned domain, void *block, size_t bytes)
{
    const pymm_allocator *previous = &previous_tables[domain];
    if (domain == PYMM_DOMAIN_RAW || previous->realloc == NULL)
        return front_libc_realloc(block, bytes == 0 ? 1 : bytes);
    return previous->realloc(previous->ctx, block, bytes);
}

static const heap_foreign foreign_handlers = {foreign_free, foreign_realloc};

static void start_recording(pymm_allocator tables[PYMM_DOMAIN_COUNT])
{
    char path[1024];
    if (!front_path_expand(front_the_settings.record_path, path, sizeof path))
        base_warn("PYMM_RECORD: the path is too long; nothing is recorded");
    else if (hook_record_start(path, tables) != 0)
        base_warn("PYMM_RECORD: cannot write '%s' (error %d); nothing is recorded", path, errno);
}

static int install(const front_python *python, int argument_count, char **arguments)
{
    pymm_allocator *tables = installed_tables;
    if (heap_init() != 0) {
        base_warn("no address space for the heap; Python keeps its own allocator");
        return -1;
    }
    for (int domain = 0; domain < PYMM_DOMAIN_COUNT; domain++) {
        python->get_allocator(domain, &previous_tables[domain]);
        tables[domain] = *pymm_allocator_get((enum pymm_domain)domain);
    }
    heap_foreign_set(&foreign_handlers);
    heap_end_watch(front_python_keep(python) ? python->is_finalizing : NULL);
    if (front_the_settings.profile != NULL)
        front_profile_start(python, argument_count, arguments, tables);
    if (front_the_settings.record_path != NULL)
        start_recording(tables);
    for (int domain = 0; domain < PYMM_DOMAIN_COUNT; domain++)
        python->set_allocator(domain, &tables[domain]);
    is_installed = true;
    front_report_begin();
    return 0;
}

/* Why pymm stays out, or NULL. */
static const char *reason_against(const front_python *python, const char *override)
{
    if (front_the_settings.is_disabled)
        return "PYMM_DISABLE is set";
    if (override != NULL)
        return override;
    return python->is_free_threaded ? "a free-threaded Python must keep its own object allocator" : NULL;
}

__attribute__((constructor)) static void front_start(int argument_count, char **arguments, char **environment)
{
    front_python python;
    bool is_python = front_python_find(NULL, &python);
    front_settings_read(environment, is_python);
    if (!is_python)
        return;
    const char *override = front_python_override(argument_count, arguments);
    const char *reason = reason_against(&python, override);
    /* Below `pymm run` only the program itself is spoken of; with the preload alone, who asked for a profile. */
    bool is_asked = front_the_settings.is_run || (front_the_settings.profile != NULL && getenv("PYMM_RUN") == NULL);
    const char *loss = front_the_settings.profile != NULL ? "; nothing is profiled" : "";
    if (reason == NULL)
        install(&python, argument_count, arguments);
    else if (is_asked && override != NULL)
        base_warn("%s is set and takes precedence: Python runs on the allocators it names, not on pymm's%s", override, loss);
    else if (is_asked && !front_the_settings.is_disabled)
        base_warn("%s: it runs without pymm%s", reason, loss);
}

/* A second Py_Initialize of CPython 3.12 and later puts its own allocators back, and a process may hold two libpythons. */
static bool has_our_tables(const front_python *python)
{
    pymm_allocator table;
    python->get_allocator(PYMM_DOMAIN_OBJ, &table);
    return is_installed && memcmp(&table, &installed_tables[PYMM_DOMAIN_OBJ], sizeof table) == 0;
}

int pymm_install(void *handle)
{
    front_python python;
    if (!front_python_find(handle, &python) || reason_against(&python, front_python_override(0, NULL)) != NULL)
        return -1;
    return has_our_tables(&python) ? 0 : install(&python, 0, NULL);
}

__attribute__((destructor)) static void front_end(void)
{
    if (!is_installed)
        return;
    hook_record_stop();
    front_profile_end();
    front_report_at_exit();
}
