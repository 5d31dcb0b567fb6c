/* info.c: `pymm info`: what pymm found on this system, for people and for bug reports.
 *
 * Owns: the report: library, memory settings of the system, PYMM_* variables, the Pythons in PATH and whether pymm
 * works with each. Nothing is run to find out. Does not own: the verdicts (python.c).
 * Read first: docs/man/pymm-info.1. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "image.h"
#include "library.h"
#include "options.h"
#include "pymm.h"
#include "python.h"

extern char **environ;

#define INFO_ROW "%-22s%s\n"

/* The word in brackets of "always [madvise] never". */
static const char *huge_page_mode(char *text, size_t text_bytes)
{
    char *start, *end;

    if (!text_read_line("/sys/kernel/mm/transparent_hugepage/enabled", text, text_bytes))
        return "not known to this system";
    if (!(start = strchr(text, '[')) || !(end = strchr(start, ']')))
        return text;
    *end = '\0';
    return start + 1;
}

static const char *overcommit_mode(char *text, size_t text_bytes)
{
    if (!text_read_line("/proc/sys/vm/overcommit_memory", text, text_bytes))
        return "not known to this system";
    switch (*text) {
    case '0':
        return "0 (refuses only what is plainly too much)";
    case '1':
        return "1 (never refuses)";
    case '2':
        return "2 (refuses beyond a fixed limit)";
    default:
        return text;
    }
}

static void print_limit(const char *name, int resource)
{
    struct rlimit limit;
    char text[64] = "unlimited";

    if (getrlimit((__rlimit_resource_t)resource, &limit) != 0)
        snprintf(text, sizeof text, "not known");
    else if (limit.rlim_cur != RLIM_INFINITY)
        snprintf(text, sizeof text, "%llu bytes", (unsigned long long)limit.rlim_cur);
    printf(INFO_ROW, name, text);
}

static void info_print_system(const char *library)
{
    char text[256];

    printf(INFO_ROW, "pymm", PYMM_VERSION);
    printf(INFO_ROW, "library", library);
    snprintf(text, sizeof text, "%ld bytes", sysconf(_SC_PAGESIZE));
    printf(INFO_ROW, "page", text);
    printf(INFO_ROW, "huge pages", huge_page_mode(text, sizeof text));
    printf(INFO_ROW, "overcommit", overcommit_mode(text, sizeof text));
    print_limit("limit, address space", RLIMIT_AS);
    print_limit("limit, data", RLIMIT_DATA);
}

static void print_setting(const char *name, const char *meaning)
{
    const char *value = getenv(name);

    printf("  %-20s %-15s %s\n", name, value ? (*value ? value : "(empty)") : "(not set)", meaning);
}

static const char *const setting_names[] = {
#define OPTION_TWIN(id, name, has_value, twin, ...) twin,
#define SETTING_NAME(name, meaning) name,
    OPTION_LIST(OPTION_TWIN) SETTING_LIST(SETTING_NAME)
#undef OPTION_TWIN
#undef SETTING_NAME
};

static bool is_setting(const char *name, size_t name_bytes)
{
    for (size_t i = 0; i < sizeof setting_names / sizeof *setting_names; i++)
        if (strlen(setting_names[i]) == name_bytes && memcmp(setting_names[i], name, name_bytes) == 0)
            return true;
    return false;
}

static void info_print_settings(void)
{
    printf("\nSettings:\n");
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table[i];
        char *meaning = text_format("%s (pymm run --%s%s)", row->meaning, row->name, row->value_form);
        print_setting(row->twin, meaning);
        free(meaning);
    }
#define SETTING_PRINT(name, meaning) print_setting(name, meaning);
    SETTING_LIST(SETTING_PRINT)
#undef SETTING_PRINT
    for (char **entry = environ; *entry; entry++)
        if (text_starts_with(*entry, "PYMM_") && !is_setting(*entry, strcspn(*entry, "="))) {
            char *name = text_format("%.*s", (int)strcspn(*entry, "="), *entry);
            print_setting(name, "not a setting of pymm's: it is ignored");
            free(name);
        }
}

/* Interpreters seen so far, by the file behind all links. */
struct seen {
    char **paths;
    size_t count;
};

static bool seen_add(struct seen *seen, const char *path)
{
    char *real = realpath(path, NULL);
    bool is_new = real != NULL;

    for (size_t i = 0; is_new && i < seen->count; i++)
        is_new = strcmp(seen->paths[i], real) != 0;
    char **longer = is_new ? realloc(seen->paths, sizeof *seen->paths * (seen->count + 1)) : NULL;
    if (!longer) {
        free(real);
        return false;
    }
    seen->paths = longer;
    seen->paths[seen->count++] = real;
    return true;
}

static void seen_free(struct seen *seen)
{
    for (size_t i = 0; i < seen->count; i++)
        free(seen->paths[i]);
    free(seen->paths);
}

static void print_python(const char *path)
{
    struct image image;
    char version[PYTHON_VERSION_BYTES] = "";

    if (image_read(path, &image) != 0) {
        printf("  %-43s %-8s %s\n", path, "?", "not known: it cannot be read");
        return;
    }
    if (image.kind != IMAGE_ELF) {
        printf("  %-43s %-8s %s\n", path, "?", "not known: a script; each Python that it starts gets pymm");
        return;
    }
    enum python_verdict verdict = python_judge(path, &image, version);
    const char *answer = verdict == PYTHON_WORKS ? "yes" : verdict == PYTHON_NOT_PYTHON ? "not known: " : "no: ";
    printf("  %-43s %-8s %s%s\n", path, *version ? version : "?", answer,
           verdict == PYTHON_WORKS ? "" : python_verdict_words[verdict].is);
}

static int is_python_entry(const struct dirent *entry)
{
    struct python_name name = python_name_parse(entry->d_name);

    return name.is_python || name.is_pypy;
}

static size_t print_pythons_of(const char *folder, struct seen *seen)
{
    struct dirent **entries;
    size_t printed = 0;
    int count = scandir(folder, &entries, is_python_entry, versionsort);

    for (int i = 0; i < count; i++) {
        char *path = text_format("%s/%s", folder, entries[i]->d_name);
        if (access(path, X_OK) == 0 && seen_add(seen, path)) {
            print_python(path);
            printed++;
        }
        free(path);
        free(entries[i]);
    }
    if (count >= 0)
        free(entries);
    return printed;
}

static void info_print_pythons(void)
{
    const char *folders = getenv("PATH");
    struct seen seen = {0};
    size_t printed = 0;

    printf("\nPythons in PATH, and whether pymm works with them:\n");
    while (folders && *folders) {
        size_t bytes = strcspn(folders, ":");
        char *folder = text_format("%.*s", (int)bytes, folders);
        printed += print_pythons_of(bytes ? folder : ".", &seen);
        free(folder);
        folders += bytes + (folders[bytes] == ':');
    }
    if (printed == 0)
        printf("  none\n");
    seen_free(&seen);
}

static int info_help(void)
{
    printf("Usage: pymm info\n"
           "Show the library that pymm run preloads, what the system says about memory, the settings in the\n"
           "environment, and the Pythons in PATH with whether pymm works with each. Nothing is run for it.\n\n"
           "  --help                show this text\n"
           "\nMore: man pymm-info\n");
    return command_finish(STATUS_OK);
}

/* The library is missing: the report is printed all the same, but the status says so. */
static int info_print(void)
{
    static struct refusal refusal;
    static char library[PATH_MAX];
    int status = library_find(library, &refusal);

    info_print_system(status ? "none that can be used" : library);
    info_print_settings();
    info_print_pythons();
    status = command_finish(status);
    return status == 0 || refusal.status != (enum command_status)status
               ? status
               : command_error(refusal.status, "%s", refusal.message);
}

int info_main(int argc, char **argv)
{
    static const struct option table[] = {{"help", no_argument, NULL, 256}, {0}};

    opterr = 0;
    optind = 0;
    int result = getopt_long(argc, argv, "+", table, NULL);
    if (result == 256)
        return info_help();
    if (result != -1)
        return options_error(argv[0], argv, result, table);
    if (optind < argc)
        return command_error(STATUS_USAGE, "info: '%s': no argument is taken; see 'pymm info --help'", argv[optind]);
    return info_print();
}
