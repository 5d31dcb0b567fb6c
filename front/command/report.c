/* report.c: `pymm report`: its command line.
 *
 * Owns: options and the file's name, and the checks that need no file. Does not own: the report (report/report.h).
 * Read first: docs/man/pymm-report.1. */
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

enum { VALUE_HELP = 256, VALUE_FORMAT, VALUE_PEAK, VALUE_LEAKS, VALUE_BASE, VALUE_THREAD, VALUE_DOMAIN };

static const struct option report_options[] = {
    {"help", no_argument, NULL, VALUE_HELP},           {"format", required_argument, NULL, VALUE_FORMAT},
    {"peak", no_argument, NULL, VALUE_PEAK},           {"leaks", no_argument, NULL, VALUE_LEAKS},
    {"base", required_argument, NULL, VALUE_BASE},     {"thread", required_argument, NULL, VALUE_THREAD},
    {"domain", required_argument, NULL, VALUE_DOMAIN}, {"output", required_argument, NULL, 'o'},
    {0},
};

static const struct {
    const char *name, *meaning;
} format_rows[REPORT_FORMAT_COUNT] = {
#define FORMAT_ROW(name, id, function, is_text, meaning) {name, meaning},
    REPORT_FORMAT_LIST(FORMAT_ROW)
#undef FORMAT_ROW
};

static const char *const domain_names[] = {"raw", "mem", "obj"};

static int report_help(void)
{
    printf("Usage: pymm report [OPTION]... FILE\n"
           "Show what a profile, which pymm run --profile wrote, says about where memory went.\n\n"
           "  --format=NAME         one of these:\n");
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
        printf("           %-13s%s\n", format_rows[i].name, format_rows[i].meaning);
    printf("  -o, --output=FILE     write there, not to standard output\n"
           "  --peak                what was alive when most was; otherwise what is at the end\n"
           "  --leaks               what was allocated and not freed, with its age, suspected leaks first\n"
           "  --base=OLD            what there is more, or less, than in the profile OLD\n"
           "  --thread=NAME         only this thread, by its name or number; may be repeated\n"
           "  --domain=NAME         only this domain: raw, mem or obj; may be repeated\n"
           "  --help                show this text\n"
           "\nMore: man pymm-report\n");
    return command_finish(STATUS_OK);
}

static int set_format(const char *name, struct report_request *request)
{
    for (int i = 0; i < REPORT_FORMAT_COUNT; i++)
        if (strcmp(format_rows[i].name, name) == 0) {
            request->format = (enum report_format)i;
            return 0;
        }
    return command_error(STATUS_USAGE, "--format: unknown format '%s'; 'pymm report --help' lists them", name);
}

static int set_domain(const char *name, struct report_request *request)
{
    for (unsigned i = 0; i < sizeof domain_names / sizeof *domain_names; i++)
        if (strcmp(domain_names[i], name) == 0) {
            request->domains |= 1u << i;
            return 0;
        }
    return command_error(STATUS_USAGE, "--domain: unknown domain '%s'; write raw, mem or obj", name);
}

static int set_moment(enum report_moment moment, struct report_request *request)
{
    if (request->moment != MOMENT_END && request->moment != moment)
        return command_error(STATUS_USAGE, "--peak and --leaks exclude each other; give one of them");
    request->moment = moment;
    return 0;
}

static int set_option(int option, struct report_request *request)
{
    switch (option) {
    case VALUE_FORMAT:
        return set_format(optarg, request);
    case VALUE_PEAK:
        return set_moment(MOMENT_PEAK, request);
    case VALUE_LEAKS:
        return set_moment(MOMENT_LEAKS, request);
    case VALUE_BASE:
        request->base = optarg;
        return 0;
    case VALUE_THREAD:
        request->threads[request->thread_count++] = optarg;
        return 0;
    case VALUE_DOMAIN:
        return set_domain(optarg, request);
    default:
        request->output = optarg;
        return 0;
    }
}

static int report_parse_and_run(int argc, char **argv, struct report_request *request)
{
    int option, status;

    opterr = 0;
    optind = 0; /* glibc: start afresh, main.c has parsed before */
    while ((option = getopt_long(argc, argv, ":o:", report_options, NULL)) != -1) {
        if (option == VALUE_HELP)
            return report_help();
        if (option == '?' || option == ':')
            return options_error(argv[0], argv, option, report_options);
        if ((status = set_option(option, request)) != 0)
            return status;
    }
    if (optind == argc)
        return command_error(STATUS_USAGE, "report: no profile given; write pymm report FILE");
    if (optind + 1 < argc)
        return command_error(STATUS_USAGE, "report: '%s': one profile at a time; see 'pymm report --help'", argv[optind + 1]);
    request->file = argv[optind];
    return report_run(request);
}

int report_main(int argc, char **argv)
{
    struct report_request request = {0};

    request.threads = calloc((size_t)argc + 1, sizeof *request.threads); /* each takes an argument of its own */
    if (!request.threads)
        return command_error(STATUS_REFUSED, "out of memory: the system refused a few bytes; free memory and try again");
    int status = report_parse_and_run(argc, argv, &request);
    free(request.threads);
    return status;
}
