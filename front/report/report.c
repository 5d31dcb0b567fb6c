/* report.c: from a request to a report: read, compare, write to where it belongs.
 *
 * Owns: the output file, which appears under its name only when it is whole. Does not own: the command line. Read first: report.h. */
#include "report.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command/command.h"
#include "read.h"
#include "write.h"

static const struct {
    int (*write)(FILE *out, const struct view *view);
    bool is_text;
} formats[REPORT_FORMAT_COUNT] = {
#define REPORT_FORMAT_ROW(name, id, function, is_text, ...) {function, is_text},
    REPORT_FORMAT_LIST(REPORT_FORMAT_ROW)
#undef REPORT_FORMAT_ROW
};

static int output_failed(const char *path, int error)
{
    return command_error(STATUS_REFUSED, "report: %s: cannot be written: %s; give a file that can be made with -o", path,
                         strerror(error));
}

/* Are they one file, by whatever names? A report over the profile that it is of would be the end of both. */
static bool is_same_file(const char *path, const char *other)
{
    struct stat one, two;

    return path && other && stat(path, &one) == 0 && S_ISREG(one.st_mode) && stat(other, &two) == 0 && one.st_dev == two.st_dev &&
           one.st_ino == two.st_ino;
}

/* A file is written beside its place and renamed, so that nobody finds half of it; a device, a pipe or a link is written as it is. */
static int write_output(const struct view *view)
{
    const char *path = view->request->output;
    struct stat status;
    if (is_same_file(path, view->request->file) || is_same_file(path, view->request->base))
        return command_error(STATUS_USAGE, "report: %s: is the profile itself; give another file with -o", path);
    bool is_direct = lstat(path, &status) == 0 && !S_ISREG(status.st_mode);
    char *name = is_direct ? text_format("%s", path) : text_format("%s.%ld", path, (long)getpid());
    FILE *out = fopen(name, "we");
    int result = out ? 0 : output_failed(path, errno);

    if (out) {
        result = formats[view->request->format].write(out, view);
        bool has_failed = ferror(out) != 0;
        if ((fclose(out) != 0 || has_failed) && result == 0)
            result = output_failed(path, errno);
        if (result == 0 && !is_direct && rename(name, path) != 0)
            result = output_failed(path, errno);
        if (result != 0 && !is_direct)
            unlink(name);
    }
    free(name);
    return result;
}

static int report_write(const struct profile *profile, const struct report_request *request)
{
    struct view view;
    int status;

    view_make(&view, profile, request);
    if (request->output)
        status = write_output(&view);
    else
        status = command_finish(formats[request->format].write(stdout, &view));
    view_free(&view);
    return status;
}

/* Read the base and add it to `profile`. */
static int report_add_base(struct profile *profile, const struct report_request *request)
{
    struct profile base;

    model_init(&base);
    int status = read_profile(request->base, request, &base);
    if (status == STATUS_OK || status == STATUS_PARTIAL)
        model_add_base(profile, &base, request->moment == MOMENT_PEAK);
    for (size_t i = 0; base.has_thread && i < request->thread_count; i++)
        profile->has_thread[i] = profile->has_thread[i] || base.has_thread[i];
    model_free(&base);
    return status;
}

/* The worse of two: a part is better than nothing. */
static int worse_status(int one, int other)
{
    if (one == STATUS_OK || other == STATUS_OK)
        return one == STATUS_OK ? other : one;
    return one == STATUS_PARTIAL ? other : one;
}

/* A thread that is nowhere is a slip: an empty report would hide it. */
static int report_check_threads(const struct profile *profile, const struct report_request *request, int status)
{
    for (size_t i = 0; i < request->thread_count; i++)
        if (!profile->has_thread[i])
            return command_error(STATUS_USAGE, "--thread=%s: there is no such thread in %s; there are: %s", request->threads[i],
                                 request->file, *profile->thread_names ? profile->thread_names : "none");
    return status;
}

int report_run(const struct report_request *request)
{
    struct profile profile;

    setlocale(LC_CTYPE, "");
    if (!request->output && !formats[request->format].is_text && isatty(STDOUT_FILENO))
        return command_error(STATUS_USAGE, "report: this format is not for a terminal; give a file with -o");
    model_init(&profile);
    int status = read_profile(request->file, request, &profile);
    if (request->base && (status == STATUS_OK || status == STATUS_PARTIAL))
        status = worse_status(status, report_add_base(&profile, request));
    if (status == STATUS_OK || status == STATUS_PARTIAL)
        status = report_check_threads(&profile, request, status);
    if (status == STATUS_OK || status == STATUS_PARTIAL)
        status = worse_status(status, report_write(&profile, request));
    model_free(&profile);
    return status;
}
