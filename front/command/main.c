/* main.c: the command `pymm`: its own options, then the subcommand.
 *
 * Owns: --help, --version and the choice of the subcommand. Does not own: anything a subcommand does (run.c, env.c,
 * info.c). Read first: command.h. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "options.h"
#include "pymm.h"

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
    const char *summary;
} commands[] = {
#define COMMAND_ROW(name, function, summary) {name, function, summary},
    COMMAND_LIST(COMMAND_ROW)
#undef COMMAND_ROW
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const struct option main_options[] = {
    {"help", no_argument, NULL, 256},
    {"version", no_argument, NULL, 257},
    {0},
};

static int main_help(void)
{
    printf("Usage: pymm COMMAND [OPTION]... [ARGUMENT]...\n"
           "pymm manages the memory of unmodified Python programs: faster, smaller, and given back.\n\n");
    for (int i = 0; i < COMMAND_COUNT; i++)
        printf("  %-10s%s\n", commands[i].name, commands[i].summary);
    printf("\n  --help    show this text; pymm COMMAND --help shows that of a command\n"
           "  --version show the version\n"
           "\nA program under pymm: pymm run PROG [ARGUMENT]...   More: man pymm\n");
    return command_finish(STATUS_OK);
}

int main(int argc, char **argv)
{
    opterr = 0;
    int result = getopt_long(argc, argv, "+", main_options, NULL);
    if (result == 256)
        return main_help();
    if (result == 257) {
        printf("pymm %s\n", PYMM_VERSION);
        return command_finish(STATUS_OK);
    }
    if (result != -1)
        return options_error("", argv, result, main_options);
    if (optind >= argc)
        return command_error(STATUS_USAGE, "no command given; write pymm run PROG, or see 'pymm --help'");
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, argv[optind]) == 0)
            return commands[i].main(argc - optind, argv + optind);
    return command_error(STATUS_USAGE, "%s: unknown command; see 'pymm --help'", argv[optind]);
}
