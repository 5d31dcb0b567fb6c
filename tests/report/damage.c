/* damage.c: whatever happens to a profile's bytes, the reader ends, says one line, and shows what it has.
 *
 * The file that is given is cut at every byte, and its bytes are changed at random; all formats are written of what is left.
 * Usage: damage PROFILE [SEED]. Standard error is counted, not shown: a sanitizer's words are found with
 * ASAN_OPTIONS=log_path=FILE. Read first: front/report/read.h. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "command/command.h"
#include "report/page.h"
#include "report/read.h"
#include "report/write.h"

enum { FLIP_ROUNDS = 3000, FLIPS_MOST = 4 };

static unsigned char *whole;
static size_t whole_bytes;
static uint64_t seed = 1;
static int input, lines;
static char input_path[64];

static uint64_t random_next(void)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 33;
}

static int (*const writers[])(FILE *, const struct view *) = {
#define WRITER(name, id, function, ...) function,
    REPORT_FORMAT_LIST(WRITER)
#undef WRITER
};

/* Read the bytes as a profile and write each format. Returns the reader's status. */
static int report_on(const unsigned char *bytes, size_t byte_count)
{
    static const struct report_request request = {.file = "x", .moment = MOMENT_LEAKS};
    struct profile profile;
    struct view view;

    assert_int_equal(ftruncate(input, 0), 0);
    assert_int_equal(pwrite(input, bytes, byte_count, 0), (ssize_t)byte_count);
    assert_int_equal(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
    assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
    model_init(&profile);
    int status = read_profile(input_path, &request, &profile);
    char text[4096];
    ssize_t got = pread(STDERR_FILENO, text, sizeof text, 0);
    lines = 0;
    for (ssize_t i = 0; i < got; i++)
        lines += text[i] == '\n';
    if (status == STATUS_OK || status == STATUS_PARTIAL) {
        view_make(&view, &profile, &request);
        for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
            FILE *out = fopen("/dev/null", "w");
            assert_non_null(out);
            assert_int_equal(writers[i](out, &view), report_page_head_bytes || i != REPORT_HTML ? 0 : STATUS_REFUSED);
            assert_int_equal(ferror(out), 0);
            fclose(out);
        }
        view_free(&view);
    }
    model_free(&profile);
    return status;
}

static void test_whole(void **state)
{
    (void)state;
    assert_int_equal(report_on(whole, whole_bytes), STATUS_OK);
    assert_int_equal(lines, 0);
}

/* Is there a record's boundary at this offset? There a file may end as the kill of its program leaves it. */
static int is_boundary(size_t offset)
{
    size_t at = 96;

    while (at < offset && at + 4 <= whole_bytes) {
        uint32_t record_bytes;
        memcpy(&record_bytes, whole + at, 4);
        if (!record_bytes)
            return 1; /* in the zeros behind the last record */
        at += record_bytes;
    }
    return at == offset;
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t length = 0; length < whole_bytes; length++) {
        int status = report_on(whole, length);
        if (length < 96)
            assert_int_equal(status, STATUS_REFUSED);
        else if (is_boundary(length))
            assert_int_equal(status, STATUS_OK);
        else if (status != STATUS_OK) /* within the zeros, or behind the end */
            assert_int_equal(status, STATUS_PARTIAL);
        assert_int_equal(lines, status == STATUS_OK ? 0 : 1);
    }
}

static void test_bytes_changed(void **state)
{
    unsigned char *copy = malloc(whole_bytes);
    int counts[3] = {0};

    (void)state;
    assert_non_null(copy);
    for (int round = 0; round < FLIP_ROUNDS; round++) {
        memcpy(copy, whole, whole_bytes);
        for (uint64_t flips = 1 + random_next() % FLIPS_MOST; flips; flips--) {
            size_t at = random_next() % whole_bytes;
            copy[at] = random_next() % 2 ? (unsigned char)random_next() : copy[at] ^ (unsigned char)(1 << random_next() % 8);
        }
        int status = report_on(copy, whole_bytes);
        assert_true(status == STATUS_OK || status == STATUS_PARTIAL || status == STATUS_REFUSED);
        assert_in_range(lines, status == STATUS_OK ? 0 : 1, 1);
        counts[status == STATUS_OK ? 0 : status == STATUS_PARTIAL ? 1 : 2]++;
    }
    free(copy);
    assert_true(counts[0] && counts[1] && counts[2]); /* each happened, or the test changes too little */
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_bytes_changed),
    };
    FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;

    if (!file) {
        fprintf(stderr, "usage: damage PROFILE [SEED]\n");
        return 2;
    }
    seed = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;
    whole = malloc(1 << 20);
    whole_bytes = fread(whole, 1, 1 << 20, file);
    fclose(file);
    input = memfd_create("profile", 0);
    snprintf(input_path, sizeof input_path, "/proc/self/fd/%d", input);
    int errors = memfd_create("errors", 0), old_errors = dup(STDERR_FILENO);
    dup2(errors, STDERR_FILENO);
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    dup2(old_errors, STDERR_FILENO);
    printf("seed %llu\n", argc > 2 ? strtoull(argv[2], NULL, 0) : 1ull);
    free(whole);
    return failed;
}
