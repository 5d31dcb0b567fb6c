/* options.c: the command line of `pymm run` and `pymm env`, from the one list in options.h.
 *
 * Owns: parsing (GNU long options; the first argument that is no option ends them), checks of values, their help lines.
 * Does not own: what becomes of the values (preload.c). Read first: options.h. */
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option_row option_table[OPTION_COUNT] = {
#define OPTION_ROW(id, name, has_value, twin, form, choices, meaning) {name, twin, form, choices, meaning, has_value},
    OPTION_LIST(OPTION_ROW)
#undef OPTION_ROW
};

/* getopt_long's values. Long options have no letters here; 0 and '?' and ':' are getopt's own. */
enum { VALUE_FIRST = 256, VALUE_HELP = VALUE_FIRST + OPTION_COUNT, VALUE_FORMAT };

static void options_table_fill(struct option *table, bool has_format)
{
    size_t count = 0;

    for (int i = 0; i < OPTION_COUNT; i++)
        table[count++] = (struct option){option_table[i].name, option_table[i].has_value, NULL, VALUE_FIRST + i};
    table[count++] = (struct option){"help", no_argument, NULL, VALUE_HELP};
    if (has_format)
        table[count++] = (struct option){"format", required_argument, NULL, VALUE_FORMAT};
    table[count] = (struct option){0};
}

int options_error(const char *command, char **argv, int result, const struct option *table)
{
    const char *word = argv[optind - 1], *blank = *command ? " " : "";

    if (result == ':')
        return command_error(STATUS_USAGE, "%s: needs a value; write %s%cVALUE", word, word, word[1] == '-' ? '=' : ' ');
    for (; optopt && table->name; table++)
        if (table->val == optopt)
            return command_error(STATUS_USAGE, "%s: takes no value; write --%s", word, table->name);
    if (optopt == 'm' && strcmp(command, "run") == 0)
        return command_error(STATUS_USAGE, "-m: is an option of Python; write pymm run [OPTION]... python3 -m MODULE");
    if (optopt) /* a letter, perhaps within a group of letters */
        return command_error(STATUS_USAGE, "-%c: unknown option; see 'pymm %s%s--help'", optopt, command, blank);
    return command_error(STATUS_USAGE, "%s: unknown option; see 'pymm %s%s--help'", word, command, blank);
}

/* Is `value` one of the words between the bars of `choices`? */
static bool option_is_choice(const char *choices, const char *value)
{
    size_t value_bytes = strlen(value);

    for (const char *word = choices; *word;) {
        size_t word_bytes = strcspn(word, "|");
        if (word_bytes == value_bytes && memcmp(word, value, word_bytes) == 0)
            return true;
        word += word_bytes + (word[word_bytes] == '|');
    }
    return false;
}

/* A number of bytes, with K, M or G behind it for KiB, MiB, GiB. What is too small or too large for an option is said here. */
static int option_set_bytes(enum option_id option, const char *value, char **result)
{
    const struct option_row *row = &option_table[option];
    size_t digits = strspn(value, "0123456789");
    const char *unit = value + digits;
    bool is_number = digits > 0 && digits < 19 && (*unit == '\0' || (strchr("KMG", *unit) && unit[1] == '\0'));
    unsigned long long number = is_number ? strtoull(value, NULL, 10) : 0;
    unsigned shift = *unit == 'G' ? 30 : *unit == 'M' ? 20 : *unit == 'K' ? 10 : 0;

    if (!is_number || number > (1ULL << 62) >> shift)
        return command_error(STATUS_USAGE, "--%s: not a number: '%s'; write --%s=N, or NK, NM, NG", row->name, value, row->name);
    if (option == OPTION_SAMPLE_INTERVAL && number == 0)
        return command_error(STATUS_USAGE, "--%s: 0 bytes; write --%s=1 to sample every block", row->name, row->name);
    if (option == OPTION_PROFILE_LIMIT && number << shift < (4ULL << 20))
        return command_error(STATUS_USAGE, "--%s: '%s' is less than 4M; give at least that", row->name, value);
    *result = text_format("%s", value);
    return 0;
}

/* A relative name is made absolute: the program may change its directory before the file is written. */
static int option_set_file(const struct option_row *row, const char *value, char **result)
{
    if (!*value)
        return command_error(STATUS_USAGE, "--%s: no file name given; write --%s=PATH", row->name, row->name);
    if (*value == '/') {
        *result = text_format("%s", value);
        return 0;
    }
    char *folder = getcwd(NULL, 0);
    if (!folder)
        return command_error(STATUS_USAGE, "--%s: the current directory is unknown: %s; give an absolute path",
                             row->name, strerror(errno));
    *result = text_format("%s%s%s", folder, text_ends_with(folder, "/") ? "" : "/", value);
    free(folder);
    return 0;
}

static int option_set(enum option_id option, const char *value, struct options *options)
{
    const struct option_row *row = &option_table[option];

    free(options->values[option]); /* the last one given counts */
    options->values[option] = NULL;
    if (strcmp(row->choices, OPTION_BYTES) == 0)
        return option_set_bytes(option, value, &options->values[option]);
    if (!*row->choices && value)
        return option_set_file(row, value, &options->values[option]);
    if (!value) {
        options->values[option] = *row->choices ? text_format("%.*s", (int)strcspn(row->choices, "|"), row->choices)
                                                : text_format("1");
        return 0;
    }
    if (!option_is_choice(row->choices, value))
        return command_error(STATUS_USAGE, "--%s: unknown value '%s'; write --%s%s", row->name, value, row->name,
                             row->value_form);
    options->values[option] = text_format("%s", value);
    return 0;
}

int options_parse(int argc, char **argv, bool has_format, struct options *options, int *first)
{
    struct option table[OPTION_COUNT + 3];
    int result, status = 0;

    *options = (struct options){0};
    options_table_fill(table, has_format);
    opterr = 0;
    optind = 0; /* glibc: start afresh, main.c has parsed before */
    while (status == 0 && (result = getopt_long(argc, argv, "+:", table, NULL)) != -1) {
        if (result == VALUE_HELP)
            options->is_help = true;
        else if (result == VALUE_FORMAT)
            options->format = optarg;
        else if (result >= VALUE_FIRST && result < VALUE_HELP)
            status = option_set((enum option_id)(result - VALUE_FIRST), optarg, options);
        else
            status = options_error(argv[0], argv, result, table);
    }
    *first = optind;
    return status;
}

void options_free(struct options *options)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        free(options->values[i]);
}

/* Why the file cannot be written, NULL when it can as far as is known now. */
static const char *file_trouble(const char *path)
{
    struct stat status;
    const char *slash = strrchr(path, '/');

    if (slash[1] == '\0' || (stat(path, &status) == 0 && S_ISDIR(status.st_mode)))
        return "it is a directory";
    if (strchr(path, '%'))
        return NULL; /* %p becomes the pid: the name is not known yet */
    if (access(path, W_OK) == 0)
        return NULL;
    if (errno != ENOENT)
        return strerror(errno);
    char *folder = slash == path ? text_format("/") : text_format("%.*s", (int)(slash - path), path);
    const char *trouble = NULL;
    if (stat(folder, &status) != 0)
        trouble = "its directory does not exist";
    else if (!S_ISDIR(status.st_mode))
        trouble = strerror(ENOTDIR);
    else if (access(folder, W_OK | X_OK) != 0)
        trouble = strerror(errno);
    free(folder);
    return trouble;
}

int options_check_files(const struct options *options)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const char *path = *option_table[i].choices ? NULL : options->values[i];
        const char *trouble = path && *path == '/' ? file_trouble(path) : NULL;
        if (trouble)
            return command_error(STATUS_USAGE, "--%s: cannot write %s: %s; give a file that can be made",
                                 option_table[i].name, path, trouble);
    }
    return 0;
}

void options_print_help(void)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option_row *row = &option_table[i];
        int width = printf("  --%s%s", row->name, row->value_form);
        printf("%*s%s (%s)\n", width < 26 ? 26 - width : 1, "", row->meaning, row->twin);
    }
    printf("%-26s%s\n", "  --help", "show this text");
}
