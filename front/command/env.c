/* env.c: `pymm env`: prints the environment that `pymm run` would set, for a shell, a Dockerfile or a systemd unit.
 *
 * Owns: the three forms and their quoting. Does not own: which variables there are (preload.c).
 * Read first: docs/man/pymm-env.1. */
#include <stdio.h>
#include <string.h>

#include "library.h"
#include "preload.h"

#define SAFE_CHARACTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+=,./:@%"

/* In single quotes nothing is special to a shell but the quote itself. */
static void print_sh(const struct variable *variable)
{
    const char *value = variable->value;

    printf("export %s=", variable->name);
    if (value[strspn(value, SAFE_CHARACTERS)] == '\0') {
        printf("%s\n", value);
        return;
    }
    putchar('\'');
    for (; *value; value++)
        if (*value == '\'')
            printf("'\\''");
        else
            putchar(*value);
    printf("'\n");
}

static void print_escaped(const char *value, const char *special, const char *escape)
{
    for (; *value; value++) {
        if (strchr(special, *value))
            printf("%s", escape);
        putchar(*value);
    }
}

static void print_docker(const struct variable *variable)
{
    printf("ENV %s=\"", variable->name);
    print_escaped(variable->value, "\"\\$", "\\");
    printf("\"\n");
}

/* systemd expands %p and the like: a percent sign is doubled. A dollar sign is nothing special in Environment=. */
static void print_systemd(const struct variable *variable)
{
    printf("Environment=\"%s=", variable->name);
    for (const char *value = variable->value; *value; value++)
        if (*value == '%')
            printf("%%%%");
        else
            print_escaped((const char[]){*value, '\0'}, "\"\\", "\\");
    printf("\"\n");
}

struct env_format {
    const char *name;
    void (*print)(const struct variable *variable);
    bool is_here;     /* read by this very system: what is in LD_PRELOAD now goes with it */
    bool has_control; /* can hold line breaks and the like */
};
static const struct env_format env_formats[] = {
    {"sh", print_sh, true, true},
    {"docker", print_docker, false, false},
    {"systemd", print_systemd, false, false},
};

static const struct env_format *env_format_find(const char *name)
{
    if (!name)
        return &env_formats[0];
    for (size_t i = 0; i < sizeof env_formats / sizeof *env_formats; i++)
        if (strcmp(env_formats[i].name, name) == 0)
            return &env_formats[i];
    return NULL;
}

static int env_help(void)
{
    printf("Usage: pymm env [OPTION]...\n"
           "Print the settings with which a program runs as under pymm run. In a shell: eval \"$(pymm env)\"\n\n"
           "  --format=sh|docker|systemd\n"
           "                        as commands for a shell (this is meant when not given), lines of a\n"
           "                        Dockerfile, or lines of a systemd unit\n");
    options_print_help();
    printf("\nMore: man pymm-env\n");
    return command_finish(STATUS_OK);
}

static bool has_control_character(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return true;
    return false;
}

static int env_print(const struct env_format *format, const struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        if (!format->has_control && has_control_character(variables->items[i].value))
            return command_error(STATUS_USAGE,
                                 "%s: --format=%s cannot hold the control character in '%s'; use another name",
                                 variables->items[i].name, format->name, variables->items[i].value);
    for (size_t i = 0; i < variables->count; i++)
        format->print(&variables->items[i]);
    return command_finish(STATUS_OK);
}

static int env_print_found(const struct env_format *format, const struct options *options)
{
    static struct refusal refusal;
    static char library[PATH_MAX];
    struct variables variables;

    if (library_find(library, &refusal))
        return command_error(refusal.status, "%s", refusal.message);
    preload_variables(options, library, format->is_here, &variables);
    int status = env_print(format, &variables);
    preload_free(&variables);
    return status;
}

int env_main(int argc, char **argv)
{
    struct options options;
    int first;
    int status = options_parse(argc, argv, true, &options, &first);
    const struct env_format *format = status ? NULL : env_format_find(options.format);

    if (status == 0 && options.is_help)
        status = env_help();
    else if (status == 0 && !format)
        status = command_error(STATUS_USAGE, "--format: unknown value '%s'; write --format=sh|docker|systemd",
                               options.format);
    else if (status == 0 && first < argc)
        status = command_error(STATUS_USAGE, "env: '%s': no argument is taken; to run a program write pymm run",
                               argv[first]);
    else if (status == 0)
        status = env_print_found(format, &options);
    options_free(&options);
    return status;
}
