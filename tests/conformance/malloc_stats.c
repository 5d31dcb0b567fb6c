/* malloc_stats.c: PYTHONMALLOCSTATS: statistics on stderr when an arena is made and at the end, and in which form.
 *
 * stderr goes to a file while Python runs; the figures differ from heap to heap, so what is printed here is which lines of
 * the form are there. Read first: check.h. */
#include "check.h"

static char text[1 << 20];

/* Run Python's life with stderr in a file, and read that. `between` runs while Python is initialised. */
static void captured(void (*between)(void))
{
    FILE *file = tmpfile();
    int saved = dup(2);
    fflush(stderr);
    if (!file || dup2(fileno(file), 2) < 0) {
        perror("malloc_stats");
        exit(3);
    }
    Py_Initialize();
    if (between)
        between();
    Py_Finalize();
    fflush(stderr);
    dup2(saved, 2);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
}

/* Does a line of the text begin with this? */
static int has_line(const char *start)
{
    size_t length = strlen(start);
    for (const char *line = text; line; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        if (strncmp(line, start, length) == 0)
            return 1;
    return 0;
}

static void print_form(void)
{
    check_bool("threshold", has_line("Small block threshold = "));
    check_bool("column_names", has_line("class   size   num pools   blocks in use  avail blocks"));
    check_bool("column_rules", has_line("-----   ----   ---------   -------------  ------------"));
    check_bool("arenas_total", has_line("# arenas allocated total           ="));
    check_bool("arenas_reclaimed", has_line("# arenas reclaimed                 ="));
    check_bool("arenas_highwater", has_line("# arenas highwater mark            ="));
    check_bool("arenas_current", has_line("# arenas allocated current         ="));
    check_bool("bytes_in_allocated_blocks", has_line("# bytes in allocated blocks        ="));
    check_bool("bytes_in_available_blocks", has_line("# bytes in available blocks        ="));
    check_bool("bytes_lost_to_quantization", has_line("# bytes lost to quantization       ="));
    check_bool("bytes_lost_to_pool_headers", has_line("# bytes lost to pool headers       ="));
    check_bool("bytes_lost_to_arena_alignment", has_line("# bytes lost to arena alignment    ="));
    check_bool("total", has_line("Total                              ="));
    check_bool("bytes_of_arenas", strstr(text, " bytes/arena ") != NULL);
    check_bool("unused_pools", strstr(text, " unused pools * ") != NULL);
}

static void hold_a_block(void)
{
    memset(PyObject_Malloc(40), 1, 40);
}

static void at_the_end(void)
{
    captured(NULL);
    check_bool("printed", text[0] != '\0');
    print_form();
}

static void nothing_printed(void)
{
    captured(NULL);
    check_bool("printed", text[0] != '\0');
}

/* The figures of a class line are numbers in columns of fixed width. */
static void class_line(void)
{
    captured(hold_a_block);
    unsigned number, bytes;
    size_t pools, used, available;
    int is_found = 0;
    for (const char *line = text; line && !is_found; line = strchr(line, '\n'), line = line ? line + 1 : NULL)
        is_found = sscanf(line, "%5u %6u %11zu %15zu %13zu\n", &number, &bytes, &pools, &used, &available) == 5 &&
                   strcspn(line, "\n") == 5 + 1 + 6 + 1 + 11 + 1 + 15 + 1 + 13;
    check_bool("class_line", is_found);
    check_bool("size_is_a_multiple_of_16", is_found && bytes % 16 == 0);
}

static void take_arenas(void)
{
    static void *blocks[60000];
    for (size_t index = 0; index < sizeof blocks / sizeof blocks[0]; index++)
        blocks[index] = PyObject_Malloc(400);
    for (size_t index = 0; index < sizeof blocks / sizeof blocks[0]; index++)
        PyObject_Free(blocks[index]);
}

/* 24 MB of small blocks need new arenas: there are more reports than the one at the end. */
static int report_count(void)
{
    int reports = 0;
    for (const char *at = text; (at = strstr(at, "Small block threshold")); at++)
        reports++;
    return reports;
}

static void each_arena(void)
{
    captured(take_arenas);
    check_bool("more_than_one", report_count() > 1);
}

/* The same with arenas of the program's own: no report without a new arena, but for those at the start and the end. */
static int arena_count;
static PyObjectArenaAllocator arenas_below;

static void *arena_alloc(void *ctx, size_t bytes)
{
    (void)ctx;
    arena_count++;
    return arenas_below.alloc(arenas_below.ctx, bytes);
}

static void arena_free(void *ctx, void *start, size_t bytes)
{
    (void)ctx;
    arenas_below.free(arenas_below.ctx, start, bytes);
}

static void take_own_arenas(void)
{
    PyObjectArenaAllocator own = {NULL, arena_alloc, arena_free};
    PyObject_GetArenaAllocator(&arenas_below);
    PyObject_SetArenaAllocator(&own);
    take_arenas();
}

static void own_arenas(void)
{
    captured(take_own_arenas);
    check_bool("several_arenas", arena_count > 2);
    check_bool("more_than_one", report_count() > 1);
    check_bool("no_more_than_arenas", report_count() <= arena_count + 16);
}

static const check_case cases[] = {
    {"at_the_end", at_the_end, "PYTHONMALLOCSTATS=1"},
    {"at_the_end_debug", at_the_end, "PYTHONMALLOCSTATS=1 PYTHONMALLOC=debug"},
    {"zero_is_set", nothing_printed, "PYTHONMALLOCSTATS=0"},
    {"empty", nothing_printed, "PYTHONMALLOCSTATS="},
    {"not_set", nothing_printed, NULL},
    {"malloc", nothing_printed, "PYTHONMALLOCSTATS=1 PYTHONMALLOC=malloc"},
    {"class_line", class_line, "PYTHONMALLOCSTATS=1"},
    {"each_arena", each_arena, "PYTHONMALLOCSTATS=1"},
    {"own_arenas", own_arenas, "PYTHONMALLOCSTATS=1"},
};
CHECK_MAIN(cases)
