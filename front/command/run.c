/* run.c: `pymm run`: becomes the program, with pymm preloaded.
 *
 * Owns: the order of the checks, the change of the environment, exec. Nothing is left of pymm afterwards but the
 * library: so signals, exit status and standard streams are the program's own. Does not own: the checks. Read first:
 * docs/man/pymm-run.1. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "library.h"
#include "preload.h"
#include "program.h"

static int run_help(void)
{
    printf("Usage: pymm run [OPTION]... [--] PROG [ARGUMENT]...\n"
           "Run PROG with the memory of its Python managed by pymm. A PROG that ends in .py runs under python3.\n\n");
    options_print_help();
    printf("\nThe exit status is PROG's; 127 when it is not found, 126 when it cannot be executed,\n"
           "125 when pymm cannot work with it, 2 when the command line is wrong. More: man pymm-run\n");
    return command_finish(STATUS_OK);
}

/* PYMM_RUN tells the library in this one process, by its pid, that it was asked for by name: it may speak. */
static int run_set_environment(const struct options *options, const char *library)
{
    struct variables variables;
    char pid[32];
    bool has_failed = false;

    preload_variables(options, library, true, &variables);
    for (size_t i = 0; i < variables.count; i++)
        has_failed |= setenv(variables.items[i].name, variables.items[i].value, 1) != 0;
    preload_free(&variables);
    snprintf(pid, sizeof pid, "%ld", (long)getpid());
    if (has_failed || setenv("PYMM_RUN", pid, 1) != 0)
        return command_error(STATUS_REFUSED, "run: the environment cannot be set: %s; free memory and try again",
                             strerror(errno));
    return 0;
}

/* The arguments with python3 and the .py file in front. Freed by exec. */
static char **run_python_arguments(struct program *program, char **argv, int argc)
{
    static char name[] = "python3";
    char **arguments = malloc(sizeof *arguments * ((size_t)argc + 2));

    if (!arguments)
        return NULL;
    arguments[0] = name;
    arguments[1] = program->script;
    memcpy(arguments + 2, argv + 1, sizeof *argv * (size_t)argc); /* with the NULL at the end, without argv[0] */
    return arguments;
}

/* A word that follows an option without its "=" is taken for the program. */
static int run_refused(const struct options *options, const char *word, const struct refusal *refusal)
{
    const char *profile = options->values[OPTION_PROFILE];
    bool is_name = profile && strcmp(profile, "1") == 0 && refusal->status == STATUS_NOT_FOUND && text_ends_with(word, ".pymm");

    if (is_name)
        return command_error(refusal->status, "%s: there is no such program; is it the profile's name? Write --profile=%s PROG", word, word);
    return command_error(refusal->status, "%s", refusal->message);
}

/* Only returns when the program could not be executed, with the status. */
static int run_execute(struct program *program, char **argv, int argc)
{
    char **arguments = program->script[0] ? run_python_arguments(program, argv, argc) : argv;

    if (arguments && program->is_shell_text)
        execvp(program->path, arguments); /* gives it to /bin/sh, as a shell does */
    else if (arguments)
        execv(program->path, arguments);
    int error = errno;
    return command_error(error == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_EXECUTE, "%s: cannot be executed: %s; %s",
                         program->path, strerror(error),
                         error == E2BIG ? "give fewer arguments or a smaller environment"
                                        : "check that it is a program for this system");
}

int run_main(int argc, char **argv)
{
    static struct program program;
    static struct refusal refusal;
    static char library[PATH_MAX];
    struct options options;
    int first;
    int status = options_parse(argc, argv, false, &options, &first);

    if (status == 0 && options.is_help) {
        status = run_help();
    } else if (status == 0 && first == argc) {
        status = command_error(STATUS_USAGE, "run: no program given; write pymm run PROG, or see 'pymm run --help'");
    } else if (status == 0) {
        status = options_check_files(&options);
        if (status == 0 && (program_find(argv[first], &program, &refusal) || library_find(library, &refusal)))
            status = run_refused(&options, argv[first], &refusal);
        if (status == 0)
            status = run_set_environment(&options, library);
        if (status == 0)
            status = run_execute(&program, argv + first, argc - first);
    }
    options_free(&options);
    return status;
}
