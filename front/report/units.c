/* units.c: numbers and frames as text. Read first: write.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "command/command.h"
#include "utf8.h"
#include "write.h"

const char *units_bytes(char text[UNITS_BYTES], int64_t bytes, bool has_sign)
{
    static const char *const names[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = fabs((double)bytes);
    const char *sign = bytes < 0 ? "-" : has_sign && bytes > 0 ? "+" : "";
    int unit = 0;

    /* 1023.95 KiB would be printed as 1024.0 KiB. */
    while (value >= (unit ? 1023.95 : 1024)) {
        value /= 1024;
        unit++;
    }
    snprintf(text, UNITS_BYTES, unit ? "%s%.1f %s" : "%s%.0f %s", sign, value, names[unit]);
    return text;
}

const char *units_seconds(char text[UNITS_BYTES], uint64_t time_us)
{
    double seconds = (double)time_us / 1e6;

    if (seconds < 100)
        snprintf(text, UNITS_BYTES, seconds < 1 ? "%.3f s" : "%.1f s", seconds);
    else if (seconds < 100 * 60)
        snprintf(text, UNITS_BYTES, "%.1f min", seconds / 60);
    else
        snprintf(text, UNITS_BYTES, "%.1f h", seconds / 3600);
    return text;
}

double units_percent(int64_t part, int64_t whole) { return whole ? (double)part * 100 / (double)whole : 0; }

char *frame_label(const struct view *view, uint32_t frame)
{
    const char *function = view_function(view, frame), *file = view_file(view, frame);
    uint32_t line = view_line(view, frame);

    if (!*function)
        function = "<no name>";
    if (!*file)
        return text_format("%s", function);
    return line ? text_format("%s (%s:%u)", function, file, line) : text_format("%s (%s)", function, file);
}

char *frame_label_short(const struct view *view, uint32_t frame, int columns)
{
    char *label = frame_label(view, frame);

    for (const char *rest = strchr(view_file(view, frame), '/'); rest && utf8_columns(label) > columns; rest = strchr(rest + 1, '/')) {
        free(label);
        label = view_line(view, frame) ? text_format("%s (...%s:%u)", view_function(view, frame), rest, view_line(view, frame))
                                       : text_format("%s (...%s)", view_function(view, frame), rest);
    }
    return label;
}

int terminal_columns(FILE *out)
{
    struct winsize size;

    if (isatty(fileno(out)) && ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
        return size.ws_col;
    return 120;
}
