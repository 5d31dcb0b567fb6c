/* preload.c: makes the variables from the options.
 *
 * Owns: LD_PRELOAD with ours first and each other entry kept once, and what one option implies for another.
 * Does not own: setting or printing them (run.c, env.c). Read first: preload.h. */
#include "preload.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

/* Ours, then what was there. An older entry of ours is left out, so that `pymm run pymm run PROG` does not load two. */
static char *preload_value(const char *library, const char *existing)
{
    char *value = text_format("%s", library);

    while (*existing) {
        size_t bytes = strcspn(existing, ": ");
        char *entry = text_format("%.*s", (int)bytes, existing);
        if (bytes > 0 && strcmp(text_base_name(entry), LIBRARY_NAME) != 0) {
            char *longer = text_format("%s:%s", value, entry);
            free(value);
            value = longer;
        }
        free(entry);
        existing += bytes + (existing[bytes] != '\0');
    }
    return value;
}

static void variables_add(struct variables *variables, const char *name, char *value)
{
    variables->items[variables->count++] = (struct variable){name, value};
}

/* A file for the statistics is useless without statistics: it turns them on, in the form that is set already if any
 * is. */
static char *stats_implied(void)
{
    const char *set = getenv(option_table[OPTION_STATS].twin);

    return text_format("%s", set && strcmp(set, "json") == 0 ? "json" : "text");
}

/* What is said about a profile asks for one. */
static bool has_profile_option(const struct options *options)
{
    const char *set = getenv(option_table[OPTION_PROFILE].twin);

    return (!set || !*set || strcmp(set, "0") == 0) &&
           (options->values[OPTION_SAMPLE_INTERVAL] || options->values[OPTION_PROFILE_SEED] ||
            options->values[OPTION_PROFILE_LIMIT] || options->values[OPTION_NATIVE]);
}

void preload_variables(const struct options *options, const char *library, bool keeps_existing,
                       struct variables *variables)
{
    const char *existing = keeps_existing ? getenv("LD_PRELOAD") : NULL;

    variables->count = 0;
    variables_add(variables, "LD_PRELOAD", preload_value(library, existing ? existing : ""));
    for (int i = 0; i < OPTION_COUNT; i++)
        if (options->values[i])
            variables_add(variables, option_table[i].twin, text_format("%s", options->values[i]));
        else if (i == OPTION_PROFILE && has_profile_option(options))
            variables_add(variables, option_table[i].twin, text_format("1"));
        else if (i == OPTION_STATS && options->values[OPTION_STATS_FILE])
            variables_add(variables, option_table[i].twin, stats_implied());
}

void preload_free(struct variables *variables)
{
    for (size_t i = 0; i < variables->count; i++)
        free(variables->items[i].value);
}
