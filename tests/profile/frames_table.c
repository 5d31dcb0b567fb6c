/* frames_table.c: the offsets that a Python publishes of its own frames: those of known versions are read, and what is not as it
 * should be is refused, so that a version of the future is profiled without frames and not with wrong ones.
 *
 * The tables are those of CPython 3.13.0, 3.14.10 and 3.15.2 as they lie in these programs. Does not own: that the offsets are right
 * (test_frames.py asks the interpreters). Read front/cpython/frames_table.c first. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../../front/cpython/frames.h"

#define HEX(minor) (3u << 24 | (unsigned)(minor) << 16 | 0x0AF0u)
#define COOKIE UINT64_C(0x7970677562656478)
#define WORD_COUNT 128

static const uint64_t table_13[WORD_COUNT] = {
    COOKIE, HEX(13), 0,  283320, 608, 632, 194968, 7272, 7264, 7344, 7400, 7656, 7640, 7648, 16,  7752, 0,   7768, 7760,
    304,    0,       8,  16,     72,  152, 160,    232,  32,   80,   8,    0,    56,   72,   70,  208,  112, 120,  128,
    136,    68,      52, 96,     104, 200, 16,     8,    416,  24,   88,   168,  32,   24,   16,  40,   24,  16,   48,
    32,     40,      24, 16,     32,  16,  24,     40,   16,   32,   64,   32,   16,   40,   240, 200};
static const uint64_t table_14[WORD_COUNT] = {
    COOKIE, HEX(14), 0,    316616, 784, 808, 225864, 7280, 7272, 7344, 7360, 7408, 7688, 7672, 7680, 16, 7784, 0,
    7800,   7792,    7992, 0,      832, 0,   8,      16,   72,   152,  160,  232,  32,   88,   8,    0,  56,   80,
    74,     64,      0,    216,    112, 120, 128,    136,  68,   52,   96,   104,  208,  0,    16,   8,  416,  24,
    88,     168,     40,   32,     16,  40,  24,     16,   200,  24,   40,   32,   48,   32,   40,   24, 16,   32,
    16,     24,      40,   16,     32,  64,  32,     16,   40,   264,  192,  160,  24,   72,   67,   0,  8,    24};
static const uint64_t table_15[WORD_COUNT] = {
    COOKIE, HEX(15), 0,    346568, 912,  936, 226240, 7272, 7264, 7336, 7352, 7400, 7592, 7576, 7584, 16,
    7736,   0,       7752, 7744,   7944, 0,   888,    0,    8,    16,   72,   80,   88,   96,   176,  184,
    256,    32,      36,   40,     136,  288, 0,      88,   8,    0,    56,   80,   74,   64,   0,    216,
    112,    120,     128,  136,    68,   52,  96,     104,  208,  0,    16,   8,    424,  24,   88,   168,
    32,     288,     944,  888,    40,   32,  16,     40,   24,   16,   200,  24,   40,   32,   48,   32,
    40,     24,      16,   32,     16,   24,  40,     16,   32,   64,   32,   16,   40,   56,   176,  112};

static void known_versions(void **state)
{
    static const struct {
        unsigned minor;
        const uint64_t *words;
        unsigned code_start, owner, tag_bits;
    } known[] = {{13, table_13, 200, 70, 0}, {14, table_14, 208, 74, 3}, {15, table_15, 208, 74, 3}};
    (void)state;
    for (size_t i = 0; i < PYMM_COUNT_OF(known); i++) {
        frames_layout layout;
        assert_true(frames_layout_find(HEX(known[i].minor), known[i].words, &layout));
        assert_int_equal(layout.version, 3 << 8 | known[i].minor);
        assert_int_equal(layout.thread_frame, 72);
        assert_int_equal(layout.frame_previous, 8);
        assert_int_equal(layout.frame_code, 0);
        assert_int_equal(layout.frame_position, 56);
        assert_int_equal(layout.frame_owner, known[i].owner);
        assert_int_equal(layout.code_tag_bits, known[i].tag_bits);
        assert_int_equal(layout.code_file, 112);
        assert_int_equal(layout.code_name, 128);
        assert_int_equal(layout.code_lines, 136);
        assert_int_equal(layout.code_first_line, 68);
        assert_int_equal(layout.code_start, known[i].code_start);
        assert_int_equal(layout.code_first_traceable, known[i].code_start - 16);
        assert_int_equal(layout.text_ascii, 40);
        assert_int_equal(layout.text_compact, 56);
    }
}

static void refused(void **state)
{
    frames_layout layout;
    uint64_t words[WORD_COUNT];
    (void)state;
    assert_false(frames_layout_find(HEX(15), NULL, &layout));
    assert_false(frames_layout_find(HEX(14), table_15, &layout)); /* it says that it is another version's */
    assert_false(frames_layout_find(3u << 24 | 6u << 16, table_15, &layout));
    memcpy(words, table_15, sizeof words);
    words[0]++;
    assert_false(frames_layout_find(HEX(15), words, &layout));
    memset(words + 2, 0, sizeof words - 2 * sizeof *words); /* as where the table is filled in late, or cut off */
    words[0] = COOKIE;
    assert_false(frames_layout_find(HEX(15), words, &layout));
}

/* A newer version is read as the newest known one when it can be; its first traceable instruction is not published, so unknown. */
static void newer_version(void **state)
{
    frames_layout layout;
    uint64_t words[WORD_COUNT];
    (void)state;
    memcpy(words, table_15, sizeof words);
    words[1] = HEX(16);
    assert_true(frames_layout_find(HEX(16), words, &layout));
    assert_int_equal(layout.version, 3 << 8 | 16);
    assert_int_equal(layout.code_start, 208);
    assert_int_equal(layout.code_first_traceable, 0);
}

/* The table of a newer version has grown, or shrunk, by a word or more somewhere: it is refused, or what is read is right. */
static void newer_version_of_another_table(void **state)
{
    frames_layout known, found;
    (void)state;
    assert_true(frames_layout_find(HEX(15), table_15, &known));
    for (size_t at = 2; at < 92; at++)
        for (int change = -8; change <= 8; change++) {
            uint64_t words[WORD_COUNT] = {0};
            size_t from = change < 0 ? at + (size_t)-change : at, to = change < 0 ? at : at + (size_t)change;
            memcpy(words, table_15, at * sizeof *words);
            for (size_t i = at; i < to; i++)
                words[i] = 8 * i;
            memcpy(words + to, table_15 + from, (WORD_COUNT - base_max(from, to)) * sizeof *words);
            words[1] = HEX(16);
            if (!frames_layout_find(HEX(16), words, &found))
                continue;
            assert_int_equal(found.thread_frame, known.thread_frame);
            assert_int_equal(found.frame_code, known.frame_code);
            assert_int_equal(found.frame_position, known.frame_position);
            assert_int_equal(found.code_name, known.code_name);
            assert_int_equal(found.text_ascii, known.text_ascii);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_versions),
        cmocka_unit_test(refused),
        cmocka_unit_test(newer_version),
        cmocka_unit_test(newer_version_of_another_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
