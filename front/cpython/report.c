/* report.c: the statistics at exit that PYMM_STATS asks for, to standard error or to a file.
 *
 * A file is written under a temporary name and renamed, so nobody reads half of it; what is no file (a device, a pipe, a link)
 * is written as it is, and stays what it was. Read front.h first. */
#include "front.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* At exit nearly everything is free; what a reader wants to know is how the heap looked when it was full. */
static pymm_stats peak_stats;
static pymm_account peak_account;

static void keep_peak(void)
{
    static os_lock lock = OS_LOCK_INIT; /* a thread that comes while another looks has nothing to add */
    if (!os_lock_try(&lock))
        return;
    pymm_stats_get(&peak_stats, sizeof peak_stats);
    if (pymm_account_get(&peak_account, sizeof peak_account) != 0)
        peak_account.struct_bytes = 0; /* rather none than that of another moment */
    os_lock_drop(&lock);
}

void front_report_begin(void)
{
    if (front_the_settings.stats != FRONT_STATS_OFF)
        heap_peak_watch(keep_peak);
}

static void print_json(base_out *out, const pymm_stats *exit_stats, const pymm_account *exit_account)
{
    base_out_print(out, "{\"version\":\"" PYMM_VERSION "\",\"pid\":%d,", (int)getpid());
    heap_stats_write_json(out, exit_stats);
    base_out_print(out, ",\"account\":");
    heap_account_write_json(out, exit_account);
    base_out_print(out, ",\"peak\":{");
    heap_stats_write_json(out, &peak_stats);
    base_out_print(out, ",\"account\":");
    heap_account_write_json(out, &peak_account);
    base_out_print(out, "}}\n");
}

static void print_text(base_out *out, const pymm_stats *exit_stats, const pymm_account *exit_account)
{
    base_out_print(out, "pymm " PYMM_VERSION ": the heap of process %d at its peak\n", (int)getpid());
    heap_stats_write_text(out, &peak_stats);
    base_out_print(out, "\nwhere the memory of the process was then\n");
    heap_account_write_text(out, &peak_account);
    base_out_print(out, "\nat exit, with what Python did not free\n");
    heap_stats_write_text(out, exit_stats);
    base_out_print(out, "\nwhere the memory of the process is at exit\n");
    heap_account_write_text(out, exit_account);
}

static int print_to(int fd)
{
    pymm_stats exit_stats;
    pymm_account exit_account = {0};
    base_out out;
    heap_peak_watch(NULL);
    if (pymm_stats_get(&exit_stats, sizeof exit_stats) != 0)
        return -1;
    pymm_account_get(&exit_account, sizeof exit_account);
    base_out_open(&out, fd);
    if (front_the_settings.stats == FRONT_STATS_JSON)
        print_json(&out, &exit_stats, &exit_account);
    else
        print_text(&out, &exit_stats, &exit_account);
    return base_out_flush(&out);
}

static void print_to_file(const char *path)
{
    char final_path[1024], temporary_path[1040];
    if (!front_path_expand(path, final_path, sizeof final_path)) {
        base_warn("PYMM_STATS_FILE: the path is longer than %d bytes; no statistics are written", (int)sizeof final_path);
        return;
    }
    struct stat status;
    bool is_direct = lstat(final_path, &status) == 0 && !S_ISREG(status.st_mode);
    size_t length = base_format(temporary_path, sizeof temporary_path, "%s", final_path);
    if (!is_direct)
        base_format(temporary_path + length, sizeof temporary_path - length, ".%d.tmp", (int)getpid());
    /* A pipe that nobody reads is an error: a program's end does not wait for a reader. */
    int fd = open(temporary_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | (is_direct ? O_NONBLOCK : 0), 0644);
    if (fd < 0) {
        base_warn("PYMM_STATS_FILE: cannot write '%s' (error %d); no statistics are written", final_path, errno);
        return;
    }
    if (is_direct)
        fcntl(fd, F_SETFL, O_WRONLY);
    bool is_written = print_to(fd) == 0;
    is_written &= close(fd) == 0;
    if (is_written && (is_direct || rename(temporary_path, final_path) == 0))
        return;
    base_warn("PYMM_STATS_FILE: cannot write '%s' (error %d); no statistics are written", final_path, errno);
    if (!is_direct)
        unlink(temporary_path);
}

void front_report_at_exit(void)
{
    if (front_the_settings.stats == FRONT_STATS_OFF)
        return;
    if (front_the_settings.stats_path != NULL)
        print_to_file(front_the_settings.stats_path);
    else
        print_to(STDERR_FILENO);
}
