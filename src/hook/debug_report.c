/* debug_report.c: what the debug hooks say on standard error before they abort, in the words of CPython 3.13.
 *
 * Owns: the text of a report and its end. One thread reports, others that come upon something meanwhile wait for the end.
 * Does not own: what is wrong (debug.c), the interpreter's state below the fatal line (a front: hook_debug_host).
 * Nothing here allocates. Read debug_internal.h first. */
#include "hook/debug_internal.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static base_out report;
static os_lock report_lock = OS_LOCK_INIT;
static OS_THREAD_LOCAL bool is_reporting;

/* A report that comes upon something itself, for instance because it asks a host that allocates, ends at once. */
static base_out *report_begin(void)
{
    if (is_reporting)
        abort();
    is_reporting = true;
    os_lock_take(&report_lock); /* never dropped */
    base_out_open(&report, STDERR_FILENO);
    return &report;
}

_Noreturn static void report_end(base_out *out, const char *function, const char *format, va_list *arguments)
{
    char message[256];
    base_format_list(message, sizeof message, format, arguments);
    base_out_print(out, "Fatal Python error: %s: %s\n", function, message);
    const hook_debug_host *host = hook_debug_host_get();
    if (host != NULL && host->write_state != NULL)
        host->write_state(out);
    base_out_flush(out);
    abort();
}

/* Where the block was made, and, if it is gone, where it was freed. */
static void write_origin(base_out *out, const hook_debug_api *api, const void *block, bool is_gone)
{
    base_out_print(out, "\n");
    if (trace_is_on())
        trace_block_write(out, api->domain, block, is_gone);
    else
        base_out_print(out, "Enable tracemalloc to get the memory block allocation traceback\n\n");
}

static bool is_all(const uint8_t *at, size_t count, uint8_t value)
{
    while (count > 0 && at[count - 1] == value)
        count--;
    return count == 0;
}

/* The pads before and behind a block: `name` is p or tail, `sign` how the place of a byte relates to it. */
static bool write_leading(base_out *out, const uint8_t *block)
{
    const size_t pad_bytes = DEBUG_WORD_BYTES - 1;
    base_out_print(out, "    The %zu pad bytes at p-%zu are ", pad_bytes, pad_bytes);
    bool is_good = is_all(block - pad_bytes, pad_bytes, DEBUG_FORBIDDEN_BYTE);
    if (is_good)
        base_out_print(out, "FORBIDDENBYTE, as expected.\n");
    else
        base_out_print(out, "not all FORBIDDENBYTE (0x%02x):\n", (unsigned)DEBUG_FORBIDDEN_BYTE);
    for (size_t i = pad_bytes; !is_good && i > 0; i--)
        base_out_print(out, "        at p-%zu: 0x%02x%s\n", i, (unsigned)block[-(ptrdiff_t)i],
                       block[-(ptrdiff_t)i] == DEBUG_FORBIDDEN_BYTE ? "" : " *** OUCH");
    if (!is_good)
        base_out_print(out, "    Because memory is corrupted at the start, the count of bytes requested\n"
                            "       may be bogus, and checking the trailing pad bytes may segfault.\n");
    return is_good;
}

static void write_trailing(base_out *out, const uint8_t *tail)
{
    base_out_print(out, "    The %zu pad bytes at tail=%p are ", DEBUG_WORD_BYTES, (const void *)tail);
    bool is_good = is_all(tail, DEBUG_WORD_BYTES, DEBUG_FORBIDDEN_BYTE);
    if (is_good)
        base_out_print(out, "FORBIDDENBYTE, as expected.\n");
    else
        base_out_print(out, "not all FORBIDDENBYTE (0x%02x):\n", (unsigned)DEBUG_FORBIDDEN_BYTE);
    for (size_t i = 0; !is_good && i < DEBUG_WORD_BYTES; i++)
        base_out_print(out, "        at tail+%zu: 0x%02x%s\n", i, (unsigned)tail[i],
                       tail[i] == DEBUG_FORBIDDEN_BYTE ? "" : " *** OUCH");
    if (DEBUG_HAS_SERIAL)
        base_out_print(out, "    The block was made by call #%zu to debug malloc/realloc.\n",
                       hook_debug_word_read(tail + DEBUG_WORD_BYTES));
}

/* Up to 8 bytes at either end. */
static void write_data(base_out *out, const uint8_t *block, size_t bytes)
{
    enum { EDGE_BYTES = 8 };
    if (bytes == 0)
        return;
    base_out_print(out, "    Data at p:");
    for (size_t i = 0; i < bytes; i++) {
        if (i == EDGE_BYTES && bytes > 2 * EDGE_BYTES) {
            base_out_print(out, " ...");
            i = bytes - EDGE_BYTES;
        }
        base_out_print(out, " %02x", (unsigned)block[i]);
    }
    base_out_print(out, "\n");
}

static void write_block(base_out *out, const uint8_t *block, size_t room_bytes)
{
    size_t bytes = hook_debug_word_read(block - DEBUG_HEAD_BYTES);
    base_out_print(out, "Debug memory block at address p=%p: API '%c'\n", (const void *)block,
                   block[-(ptrdiff_t)DEBUG_WORD_BYTES]);
    base_out_print(out, "    %zu bytes originally requested\n", bytes);
    write_leading(out, block);
    if (!hook_debug_size_is_possible(bytes, room_bytes)) {
        base_out_print(out, "    No block has that many bytes here: the trailing pad bytes are not read.\n");
        return;
    }
    write_trailing(out, block + bytes);
    write_data(out, block, bytes);
}

void hook_debug_die(const char *function, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report_end(report_begin(), function, format, &arguments);
}

void hook_debug_die_at(const hook_debug_api *api, const char *function, const uint8_t *block, size_t room_bytes,
                       const char *format, ...)
{
    va_list arguments;
    base_out *out = report_begin();
    write_block(out, block, room_bytes);
    base_out_flush(out);
    write_origin(out, api, block, false);
    va_start(arguments, format);
    report_end(out, function, format, &arguments);
}

void hook_debug_die_unread(const hook_debug_api *api, const char *function, const uint8_t *block, const char *line,
                           const char *format, ...)
{
    va_list arguments;
    base_out *out = report_begin();
    base_out_print(out, "Debug memory block at address p=%p:\n    %s\n", (const void *)block, line);
    base_out_flush(out);
    write_origin(out, api, block, true);
    va_start(arguments, format);
    report_end(out, function, format, &arguments);
}
