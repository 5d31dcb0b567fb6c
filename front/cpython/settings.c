/* settings.c: reads PYMM_* variables. A bad one is said on a line and changes nothing: a library never stops its host.
 *
 * Owns: front_the_settings. The command has the same settings as options (front/command/options.h). Read front.h first. */
#include "front.h"
#include "trace/trace.h"

#include <stdlib.h>
#include <unistd.h>

front_settings front_the_settings;

static bool read_switch(const char *value, bool *is_on)
{
    if (strcmp(value, "1") != 0 && strcmp(value, "0") != 0 && *value != '\0')
        return false;
    *is_on = *value == '1';
    return true;
}

static bool read_stats(const char *value)
{
    static const struct {
        const char *name;
        enum front_stats_format format;
    } formats[] = {{"", FRONT_STATS_OFF},  {"0", FRONT_STATS_OFF},     {"1", FRONT_STATS_TEXT},
                   {"text", FRONT_STATS_TEXT}, {"json", FRONT_STATS_JSON}};
    for (size_t i = 0; i < PYMM_COUNT_OF(formats); i++)
        if (strcmp(value, formats[i].name) == 0) {
            front_the_settings.stats = formats[i].format;
            return true;
        }
    return false;
}

static bool read_path(const char *value, const char **path)
{
    *path = *value == '\0' ? NULL : value;
    return true;
}

/* "" and 0: no profile; 1: one under its own name; else the name of its file. */
static bool read_profile(const char *value)
{
    bool is_off = *value == '\0' || strcmp(value, "0") == 0;
    front_the_settings.profile = is_off ? NULL : strcmp(value, "1") == 0 ? "" : value;
    return true;
}

/* A number of bytes, or of KiB, MiB, GiB with K, M, G behind it. */
static bool read_bytes(const char *value, uint64_t least, uint64_t *bytes)
{
    static const char units[] = "KMG";
    char *end;
    uint64_t number = strtoull(value, &end, 10);
    const char *unit = *end == '\0' ? NULL : strchr(units, *end);
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    if (*value < '0' || *value > '9' || (*end != '\0' && (unit == NULL || end[1] != '\0')) || number > (uint64_t)INT64_MAX >> shift)
        return false;
    if (number << shift < least)
        return false;
    *bytes = number << shift;
    return true;
}

static bool read_seed(const char *value)
{
    front_the_settings.has_profile_seed = read_bytes(value, 0, &front_the_settings.profile_seed);
    return front_the_settings.has_profile_seed;
}

/* The process that the variable names is this one; in its children it means nothing. */
static bool read_run(const char *value)
{
    char *end;
    long pid = strtol(value, &end, 10);
    front_the_settings.is_run = *value != '\0' && *end == '\0' && pid == (long)getpid();
    return *end == '\0';
}

static bool read_setting(const char *name, size_t name_bytes, const char *value, bool *is_known)
{
    static const char *const names[] = {"PYMM_STATS",   "PYMM_STATS_FILE",      "PYMM_RECORD",
                                        "PYMM_DISABLE", "PYMM_RUN",             "PYMM_PROFILE",
                                        "PYMM_SAMPLE_INTERVAL", "PYMM_PROFILE_SEED", "PYMM_PROFILE_LIMIT",
                                        "PYMM_PROFILE_NATIVE"};
    size_t index = 0;
    while (index < PYMM_COUNT_OF(names) &&
           (strlen(names[index]) != name_bytes || strncmp(names[index], name, name_bytes) != 0))
        index++;
    *is_known = index < PYMM_COUNT_OF(names);
    switch (index) {
    case 0:
        return read_stats(value);
    case 1:
        return read_path(value, &front_the_settings.stats_path);
    case 2:
        return read_path(value, &front_the_settings.record_path);
    case 3:
        return read_switch(value, &front_the_settings.is_disabled);
    case 4:
        return read_run(value);
    case 5:
        return read_profile(value);
    case 6:
        return read_bytes(value, 1, &front_the_settings.sample_interval_bytes);
    case 7:
        return read_seed(value);
    case 8:
        return read_bytes(value, TRACE_PROFILE_LIMIT_MIN_BYTES, &front_the_settings.profile_limit_bytes);
    case 9:
        return read_switch(value, &front_the_settings.has_profile_native);
    default:
        return false;
    }
}

void front_settings_read(char **environment, bool is_loud)
{
    front_the_settings = (front_settings){0};
    for (char **entry = environment; entry != NULL && *entry != NULL; entry++) {
        size_t name_bytes = strcspn(*entry, "=");
        if (strncmp(*entry, "PYMM_", 5) != 0 || (*entry)[name_bytes] == '\0')
            continue;
        bool is_known;
        if (read_setting(*entry, name_bytes, *entry + name_bytes + 1, &is_known) || !is_loud)
            continue;
        char name[64];
        base_format(name, base_min(sizeof name, name_bytes + 1), "%s", *entry);
        if (is_known)
            base_warn("%s: no such value: '%s'; it is ignored, see 'pymm info'", name, *entry + name_bytes + 1);
        else
            base_warn("%s: no such setting; it is ignored, see 'pymm info'", name);
    }
    if (front_the_settings.stats_path != NULL && getenv("PYMM_STATS") == NULL) /* set, it decides: 0 is off */
        front_the_settings.stats = FRONT_STATS_TEXT;
}

bool front_path_expand(const char *path, char *expanded, size_t expanded_bytes)
{
    size_t length_bytes = 0;
    for (; *path != '\0' && length_bytes < expanded_bytes; path++) {
        if (path[0] == '%' && path[1] == 'p') {
            length_bytes += base_format(expanded + length_bytes, expanded_bytes - length_bytes, "%d", (int)getpid());
            path++;
        } else {
            expanded[length_bytes++] = *path;
        }
    }
    if (length_bytes >= expanded_bytes)
        return false;
    expanded[length_bytes] = '\0';
    return true;
}
