/* symbol.c: from frames to file, function and line.
 *
 * A host's frames are its resolver's. C frames: the dynamic loader names object and function; elfutils' libdw, opened at run
 * time when it is there, file and line from the debug information. libdw may ask a server for missing files when
 * DEBUGINFOD_URLS is set; reports must not wait for a network, so then only what is in the files themselves is used.
 * Owns: nothing between open and close. Read internal.h first. */
#include "trace/internal.h"

#include <stdlib.h>
#include <unistd.h>

/* What of libdw's interface (elfutils/libdwfl.h) is used; its callbacks are passed through as addresses. */
typedef struct dwfl_callbacks {
    void *find_elf, *find_debuginfo, *section_address;
    char **debuginfo_path;
} dwfl_callbacks;

typedef struct libdw {
    void *(*begin)(const dwfl_callbacks *callbacks);
    void (*end)(void *dwfl);
    int (*report_process)(void *dwfl, pid_t pid);
    int (*report_end)(void *dwfl, int (*removed)(void *, void *, const char *, uint64_t, void *), void *arg);
    void *(*module_at)(void *dwfl, uint64_t address);
    const char *(*function_at)(void *module, uint64_t address);
    void *(*line_at)(void *dwfl, uint64_t address);
    const char *(*line_info)(void *line, uint64_t *address, int *line_number, int *column, uint64_t *time, uint64_t *length);
    void *(*next_unit)(void *module, void *last_unit, uint64_t *bias);
    int (*unit_has)(void *unit, uint64_t address);
    void *(*unit_line_at)(void *unit, uint64_t address);
    const char *(*line_file)(void *line, uint64_t *time, uint64_t *length);
    int (*line_number)(void *line, int *line_number);
    dwfl_callbacks callbacks;
} libdw;

struct trace_symbols {
    void *dwfl;
};

static os_lock symbols_lock = OS_LOCK_INIT; /* one report at a time: libdw is not made for more */
static trace_symbols the_symbols;

static int find_no_debuginfo(void *module, void **user_data, const char *name, uint64_t base, const char *file,
                             const char *link, uint32_t crc, char **found)
{
    (void)module, (void)user_data, (void)name, (void)base, (void)file, (void)link, (void)crc, (void)found;
    return -1;
}

/* Opened once; NULL when it is not there, or lacks something. */
static const libdw *libdw_get(void)
{
    static libdw functions;
    static enum { UNKNOWN, THERE, MISSING } state;
    static char *debuginfo_path;
    if (state != UNKNOWN)
        return state == THERE ? &functions : NULL;
    state = MISSING;
    void *library = os_library_open("libdw.so.1");
    if (library == NULL)
        return NULL;
    const struct {
        const char *name;
        void *target;
    } wanted[] = {
        {"dwfl_begin", &functions.begin},
        {"dwfl_end", &functions.end},
        {"dwfl_linux_proc_report", &functions.report_process},
        {"dwfl_report_end", &functions.report_end},
        {"dwfl_addrmodule", &functions.module_at},
        {"dwfl_module_addrname", &functions.function_at},
        {"dwfl_getsrc", &functions.line_at},
        {"dwfl_lineinfo", &functions.line_info},
        {"dwfl_module_nextcu", &functions.next_unit},
        {"dwarf_haspc", &functions.unit_has},
        {"dwarf_getsrc_die", &functions.unit_line_at},
        {"dwarf_linesrc", &functions.line_file},
        {"dwarf_lineno", &functions.line_number},
        {"dwfl_linux_proc_find_elf", &functions.callbacks.find_elf},
        {"dwfl_standard_find_debuginfo", &functions.callbacks.find_debuginfo},
    };
    for (size_t i = 0; i < PYMM_COUNT_OF(wanted); i++) {
        void *found = os_library_symbol(library, wanted[i].name);
        if (found == NULL)
            return NULL;
        *(void **)wanted[i].target = found;
    }
    const char *urls = getenv("DEBUGINFOD_URLS");
    if (urls != NULL && *urls != '\0')
        functions.callbacks.find_debuginfo = (void *)find_no_debuginfo;
    functions.callbacks.debuginfo_path = &debuginfo_path;
    state = THERE;
    return &functions;
}

trace_symbols *trace_symbols_open(void)
{
    os_lock_take(&symbols_lock);
    const libdw *dw = libdw_get();
    the_symbols.dwfl = dw == NULL ? NULL : dw->begin(&dw->callbacks);
    if (the_symbols.dwfl != NULL &&
        (dw->report_process(the_symbols.dwfl, getpid()) != 0 || dw->report_end(the_symbols.dwfl, NULL, NULL) != 0)) {
        dw->end(the_symbols.dwfl);
        the_symbols.dwfl = NULL;
    }
    return &the_symbols;
}

void trace_symbols_close(trace_symbols *symbols)
{
    if (symbols->dwfl != NULL)
        libdw_get()->end(symbols->dwfl);
    symbols->dwfl = NULL;
    os_lock_drop(&symbols_lock);
}

/* libdw finds an address by a table that clang does not write: then the units are asked one after the other. */
static const char *find_in_units(const libdw *dw, void *module, uint64_t address, int *line_number)
{
    uint64_t bias;
    void *unit = NULL;
    while ((unit = dw->next_unit(module, unit, &bias)) != NULL)
        if (dw->unit_has(unit, address - bias) > 0) {
            void *line = dw->unit_line_at(unit, address - bias);
            return line == NULL || dw->line_number(line, line_number) != 0 ? NULL : dw->line_file(line, NULL, NULL);
        }
    return NULL;
}

static void find_line(const trace_symbols *symbols, uint64_t address, pymm_trace_place *place)
{
    const libdw *dw = libdw_get();
    void *module = dw->module_at(symbols->dwfl, address);
    if (module == NULL)
        return;
    const char *function = dw->function_at(module, address);
    if (function != NULL)
        place->function = function;
    int line_number = 0;
    void *line = dw->line_at(symbols->dwfl, address);
    const char *file = line != NULL ? dw->line_info(line, NULL, &line_number, NULL, NULL, NULL)
                                    : find_in_units(dw, module, address, &line_number);
    if (file != NULL && line_number > 0) {
        place->file = file;
        place->line = (unsigned)line_number;
    }
}

void trace_symbols_find(trace_symbols *symbols, const pymm_trace_frame *frame, pymm_trace_place *place)
{
    *place = (pymm_trace_place){"<unknown>", NULL, 0};
    if (frame->position != PYMM_TRACE_C_FRAME) {
        trace_walker_resolve(frame, place);
        return;
    }
    /* A call that does not return may be the last instruction of its function: the call lies before the address. */
    const char *address = (const char *)frame->code - 1;
    os_symbol symbol;
    if (os_symbol_of(address, &symbol)) {
        place->file = symbol.object;
        place->function = symbol.name;
    }
    if (symbols->dwfl != NULL)
        find_line(symbols, (uintptr_t)address, place);
}
