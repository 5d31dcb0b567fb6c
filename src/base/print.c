/* print.c: formatting and output that allocate nothing, usable inside an allocator and while the process is dying.
 *
 * Owns: base_format, base_out, base_warn, pymm_fatal. Does not own: what is said.
 * Read base.h first for the formats understood. */
#include "base/base.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*text_sink)(void *arg, const char *text, size_t text_bytes);

typedef struct number_spec {
    bool is_left, is_zero_padded;
    size_t width;
    unsigned length; /* 0 int, 1 long, 2 long long, 3 size_t (longer than long where long is short) */
} number_spec;

static void pad(text_sink sink, void *arg, char fill, size_t count)
{
    while (count-- > 0)
        sink(arg, &fill, 1);
}

static void put_padded(text_sink sink, void *arg, const char *text, size_t text_bytes, const number_spec *spec)
{
    size_t fill_count = spec->width > text_bytes ? spec->width - text_bytes : 0;
    if (!spec->is_left)
        pad(sink, arg, spec->is_zero_padded ? '0' : ' ', fill_count);
    sink(arg, text, text_bytes);
    if (spec->is_left)
        pad(sink, arg, ' ', fill_count);
}

static void put_number(text_sink sink, void *arg, uint64_t value, bool is_negative, unsigned radix,
                       const number_spec *spec)
{
    char digits[24];
    char *end = digits + sizeof digits;
    char *first = end;
    do {
        *--first = "0123456789abcdef"[value % radix];
        value /= radix;
    } while (value != 0);
    if (is_negative)
        *--first = '-';
    put_padded(sink, arg, first, (size_t)(end - first), spec);
}

static const char *read_spec(const char *format, number_spec *spec)
{
    *spec = (number_spec){0};
    for (; *format == '-' || *format == '0'; format++) {
        spec->is_left |= *format == '-';
        spec->is_zero_padded |= *format == '0';
    }
    for (; *format >= '0' && *format <= '9'; format++)
        spec->width = spec->width * 10 + (size_t)(*format - '0');
    for (; *format == 'l' || *format == 'z'; format++)
        spec->length = *format == 'z' ? 3 : spec->length + 1;
    return format;
}

static int64_t signed_argument(unsigned length, va_list *arguments)
{
    if (length == 0)
        return va_arg(*arguments, int);
    if (length == 3)
        return va_arg(*arguments, ptrdiff_t);
    return length == 1 ? va_arg(*arguments, long) : va_arg(*arguments, long long);
}

static uint64_t unsigned_argument(unsigned length, va_list *arguments)
{
    if (length == 0)
        return va_arg(*arguments, unsigned);
    if (length == 3)
        return va_arg(*arguments, size_t);
    return length == 1 ? va_arg(*arguments, unsigned long) : va_arg(*arguments, unsigned long long);
}

static void put_argument(text_sink sink, void *arg, char conversion, const number_spec *spec, va_list *arguments)
{
    switch (conversion) {
    case 'd': {
        int64_t value = signed_argument(spec->length, arguments);
        put_number(sink, arg, value < 0 ? 0 - (uint64_t)value : (uint64_t)value, value < 0, 10, spec);
        break;
    }
    case 'u':
    case 'x': {
        uint64_t value = unsigned_argument(spec->length, arguments);
        put_number(sink, arg, value, false, conversion == 'u' ? 10 : 16, spec);
        break;
    }
    case 'p':
        sink(arg, "0x", 2);
        put_number(sink, arg, (uintptr_t)va_arg(*arguments, void *), false, 16, spec);
        break;
    case 's': {
        const char *text = va_arg(*arguments, const char *);
        text = text ? text : "(null)";
        put_padded(sink, arg, text, strlen(text), spec);
        break;
    }
    case 'c': {
        char character = (char)va_arg(*arguments, int);
        sink(arg, &character, 1);
        break;
    }
    default:
        sink(arg, &conversion, 1);
    }
}

static void format_to(text_sink sink, void *arg, const char *format, va_list *arguments)
{
    while (*format != '\0') {
        size_t plain_bytes = strcspn(format, "%");
        sink(arg, format, plain_bytes);
        format += plain_bytes;
        if (*format == '\0')
            return;
        number_spec spec;
        format = read_spec(format + 1, &spec);
        if (*format == '\0')
            return;
        put_argument(sink, arg, *format++, &spec, arguments);
    }
}

typedef struct text_buffer {
    char *text;
    size_t capacity_bytes, length_bytes;
} text_buffer;

static void sink_buffer(void *arg, const char *text, size_t text_bytes)
{
    text_buffer *buffer = arg;
    for (size_t i = 0; i < text_bytes; i++, buffer->length_bytes++)
        if (buffer->length_bytes + 1 < buffer->capacity_bytes)
            buffer->text[buffer->length_bytes] = text[i];
}

size_t base_format_list(char *text, size_t text_bytes, const char *format, va_list *arguments)
{
    text_buffer buffer = {text, text_bytes, 0};
    format_to(sink_buffer, &buffer, format, arguments);
    if (text_bytes > 0)
        text[base_min(buffer.length_bytes, text_bytes - 1)] = '\0';
    return buffer.length_bytes;
}

size_t base_format(char *text, size_t text_bytes, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t length_bytes = base_format_list(text, text_bytes, format, &arguments);
    va_end(arguments);
    return length_bytes;
}

void base_out_open(base_out *out, int fd)
{
    out->fd = fd;
    out->has_failed = false;
    out->used_bytes = 0;
    out->is_text = false;
    out->text = NULL;
    out->text_bytes = out->length_bytes = 0;
}

void base_out_open_text(base_out *out, char *text, size_t text_bytes)
{
    base_out_open(out, -1);
    out->is_text = true;
    out->text = text;
    out->text_bytes = text_bytes;
}

static void flush_to_text(base_out *out)
{
    if (out->length_bytes < out->text_bytes)
        memcpy(out->text + out->length_bytes, out->buffer, base_min(out->used_bytes, out->text_bytes - out->length_bytes));
    out->length_bytes += out->used_bytes;
    out->used_bytes = 0;
}

int base_out_flush(base_out *out)
{
    size_t done_bytes = 0;
    if (out->is_text)
        flush_to_text(out);
    while (done_bytes < out->used_bytes && !out->has_failed) {
        ssize_t written = write(out->fd, out->buffer + done_bytes, out->used_bytes - done_bytes);
        if (written > 0)
            done_bytes += (size_t)written;
        else if (written == 0 || errno != EINTR)
            out->has_failed = true;
    }
    out->used_bytes = 0;
    return out->has_failed ? -1 : 0;
}

void base_out_text(base_out *out, const char *text, size_t text_bytes)
{
    while (text_bytes > 0) {
        if (out->used_bytes == sizeof out->buffer)
            base_out_flush(out);
        size_t part_bytes = base_min(text_bytes, sizeof out->buffer - out->used_bytes);
        memcpy(out->buffer + out->used_bytes, text, part_bytes);
        out->used_bytes += part_bytes;
        text += part_bytes;
        text_bytes -= part_bytes;
    }
}

static void sink_out(void *arg, const char *text, size_t text_bytes) { base_out_text(arg, text, text_bytes); }

void base_out_print(base_out *out, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    format_to(sink_out, out, format, &arguments);
    va_end(arguments);
}

/* One line in one write, so that lines of several threads do not mix. */
static void write_line(const char *format, va_list *arguments)
{
    int saved_errno = errno;
    char line[512] = "pymm: ";
    const size_t prefix_bytes = 6;
    size_t length_bytes =
        prefix_bytes + base_format_list(line + prefix_bytes, sizeof line - prefix_bytes - 1, format, arguments);
    length_bytes = base_min(length_bytes, sizeof line - 2);
    line[length_bytes++] = '\n';
    base_out out;
    base_out_open(&out, STDERR_FILENO);
    base_out_text(&out, line, length_bytes);
    base_out_flush(&out);
    errno = saved_errno;
}

void base_warn(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(format, &arguments);
    va_end(arguments);
}

void pymm_fatal(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    write_line(format, &arguments);
    va_end(arguments);
    abort();
}
