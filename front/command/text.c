/* text.c: error lines, checked output and the few string helpers of the command.
 *
 * Owns: that an error is one line on standard error, and that output which could not be written is an error.
 * Does not own: the words of the messages, which are where the errors are found. Read first: command.h. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* File names may hold line breaks and terminal escapes; an error line must not. */
static void text_make_printable(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            *text = '?';
}

int command_error(enum command_status status, const char *format, ...)
{
    char line[sizeof(struct refusal) + 64];
    int start = snprintf(line, sizeof line, "pymm: ");
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line + start, sizeof line - (size_t)start - 1, format, arguments);
    va_end(arguments);
    text_make_printable(line);
    size_t bytes = strlen(line);
    line[bytes++] = '\n';
    /* One write, so that lines of several processes do not mix. Nobody is left to tell when it fails. */
    if (write(STDERR_FILENO, line, bytes) < 0)
        return status;
    return status;
}

int command_finish(int status)
{
    bool has_failed = ferror(stdout) != 0;

    if (fflush(stdout) != 0 || has_failed)
        return command_error(STATUS_REFUSED, "standard output: cannot be written: %s; the output is not complete",
                             strerror(errno));
    return status;
}

int refuse(struct refusal *refusal, enum command_status status, const char *format, ...)
{
    va_list arguments;

    refusal->status = status;
    va_start(arguments, format);
    vsnprintf(refusal->message, sizeof refusal->message, format, arguments);
    va_end(arguments);
    return (int)status;
}

char *text_format(const char *format, ...)
{
    char *text;
    va_list arguments;

    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        exit(command_error(STATUS_REFUSED, "out of memory: the system refused a few bytes; free memory and try again"));
    return text;
}

bool text_starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

bool text_ends_with(const char *text, const char *end)
{
    size_t text_bytes = strlen(text), end_bytes = strlen(end);

    return text_bytes >= end_bytes && strcmp(text + text_bytes - end_bytes, end) == 0;
}

const char *text_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

bool text_read_line(const char *path, char *text, size_t text_bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return false;
    ssize_t got = read(fd, text, text_bytes - 1);
    close(fd);
    if (got < 0)
        return false;
    text[got] = '\0';
    text[strcspn(text, "\n")] = '\0';
    return true;
}
