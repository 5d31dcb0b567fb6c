/* base.c: the ground floor: formatting without allocation, warnings and fatal messages, bits, lists.
 *
 * Owns: the promises of base/base.h. Read first: src/base/base.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>

#include "base/base.h"
#include "support.h"

#define FORMATS_AS(expected, ...)                                         \
    do {                                                                  \
        char text[256];                                                   \
        size_t length = base_format(text, sizeof text, __VA_ARGS__);      \
        assert_string_equal(text, expected);                              \
        assert_int_equal(length, strlen(expected));                       \
    } while (0)

static void formats_are_those_of_printf(void **state)
{
    (void)state;
    FORMATS_AS("", "%s", "");
    FORMATS_AS("plain", "plain");
    FORMATS_AS("a b 100%", "%s %s 100%%", "a", "b");
    FORMATS_AS("-1 0 2147483647 -2147483648", "%d %d %d %d", -1, 0, INT_MAX, INT_MIN);
    FORMATS_AS("4294967295 0", "%u %u", UINT_MAX, 0u);
    FORMATS_AS("18446744073709551615", "%zu", SIZE_MAX);
    FORMATS_AS("-9223372036854775808", "%ld", LONG_MIN);
    FORMATS_AS("18446744073709551615 ffffffffffffffff", "%lu %lx", ULONG_MAX, ULONG_MAX);
    FORMATS_AS("deadbeef x", "%x %c", 0xdeadbeefu, 'x');
    FORMATS_AS("0x1234", "%p", (void *)0x1234);
    FORMATS_AS("[   42][42   ][00042]", "[%5d][%-5d][%05d]", 42, 42, 42);
    FORMATS_AS("[   ab][ab   ][abcdef]", "[%5s][%-5s][%3s]", "ab", "ab", "abcdef");
    FORMATS_AS("[        123456][000000ff]", "[%14zu][%08x]", (size_t)123456, 255u);
    const char *volatile none = NULL;
    FORMATS_AS("(null)", "%s", none);
}

static void long_text_is_cut_and_its_length_told(void **state)
{
    (void)state;
    char text[8] = "zzzzzzz";
    assert_int_equal(base_format(text, 4, "%s", "abcdefgh"), 8);
    assert_string_equal(text, "abc");
    assert_int_equal(text[4], 'z');
    assert_int_equal(base_format(text, 1, "%d", 12345), 5);
    assert_string_equal(text, "");
    text[0] = 'q';
    assert_int_equal(base_format(text, 0, "%d", 12345), 5);
    assert_int_equal(text[0], 'q');
    assert_int_equal(base_format(text, 8, "%s", "1234567"), 7);
    assert_string_equal(text, "1234567");
}

static void output_passes_its_buffer_whole(void **state)
{
    (void)state;
    FILE *file = tmpfile();
    base_out out;
    base_out_open(&out, fileno(file));
    for (int i = 0; i < 3000; i++)
        base_out_print(&out, "%04d\n", i);
    assert_int_equal(base_out_flush(&out), 0);
    rewind(file);
    for (int i = 0; i < 3000; i++) {
        int value = -1;
        assert_int_equal(fscanf(file, "%d", &value), 1);
        assert_int_equal(value, i);
    }
    fclose(file);
}

static void output_that_cannot_be_written_is_an_error(void **state)
{
    (void)state;
    base_out out;
    base_out_open(&out, -1);
    base_out_print(&out, "lost\n");
    assert_int_equal(base_out_flush(&out), -1);
    for (int i = 0; i < 1000; i++)
        base_out_print(&out, "still lost\n");
    assert_int_equal(base_out_flush(&out), -1);
}

static void output_to_memory_is_cut_off_at_its_end(void **state)
{
    (void)state;
    static char text[6000];
    for (size_t room = 0; room < sizeof text; room += 999) {
        base_out out;
        memset(text, '#', sizeof text);
        base_out_open_text(&out, room == 0 ? NULL : text, room);
        for (int i = 0; i < 1000; i++)
            base_out_print(&out, "%04d\n", i);
        assert_int_equal(base_out_flush(&out), 0);
        assert_int_equal(out.length_bytes, 5000);
        size_t kept = base_min(room, 5000);
        for (size_t i = 0; i + 5 <= kept; i += 5)
            assert_int_equal(strtoul(text + i, NULL, 10), i / 5);
        assert_int_equal(text[kept], '#');
    }
}

/* What a child that runs `body` writes to stderr, and how it ends. */
static int child_says(void (*body)(void), char *text, size_t text_bytes)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(SIGABRT, SIG_DFL);
        body();
        _exit(0);
    }
    close(ends[1]);
    size_t used = 0;
    ssize_t got;
    while ((got = read(ends[0], text + used, text_bytes - 1 - used)) > 0)
        used += (size_t)got;
    text[used] = '\0';
    close(ends[0]);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void die(void) { pymm_fatal("block %p: %s %d", (void *)0x10, "is broken", 3); }
static void warn(void)
{
    errno = 77;
    base_warn("value %zu", (size_t)5);
    if (errno != 77)
        _exit(1);
}
static void warn_at_length(void)
{
    char text[3000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    base_warn("%s", text);
}

static void messages_are_one_line_that_names_pymm(void **state)
{
    (void)state;
    char text[4096];
    int status = child_says(die, text, sizeof text);
    assert_string_equal(text, "pymm: block 0x10: is broken 3\n");
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    status = child_says(warn, text, sizeof text);
    assert_string_equal(text, "pymm: value 5\n");
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    status = child_says(warn_at_length, text, sizeof text);
    assert_true(WIFEXITED(status) && strlen(text) > 100 && text[strlen(text) - 1] == '\n' && text[strlen(text) - 2] == 'a');
}

static void bits(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        uint64_t bit = UINT64_C(1) << i;
        assert_int_equal(base_ctz64(bit), i);
        assert_int_equal(base_log2_64(bit), i);
        assert_int_equal(base_log2_64(bit | 1), i);
        assert_int_equal(base_popcount64(bit - 1), i);
    }
    for (unsigned first = 0; first <= 64; first++)
        for (unsigned end = first; end <= 64; end++) {
            uint64_t expected = 0;
            for (unsigned i = first; i < end; i++)
                expected |= UINT64_C(1) << i;
            assert_true(base_mask64(first, end) == expected);
        }
    assert_int_equal(base_round_up(0, 16), 0);
    assert_int_equal(base_round_up(1, 16), 16);
    assert_int_equal(base_round_up(16, 16), 16);
    assert_int_equal(base_round_up(4097, 4096), 8192);
    assert_int_equal(base_min(3, 5), 3);
    assert_int_equal(base_max(3, 5), 5);
}

static void lists(void **state)
{
    (void)state;
    base_list head = BASE_LIST_INIT(head);
    struct item {
        int number;
        base_list link;
    } items[4];
    assert_true(base_list_is_empty(&head));
    for (int i = 0; i < 4; i++) {
        items[i].number = i;
        base_list_init(&items[i].link);
        assert_false(base_list_has(&items[i].link));
    }
    base_list_push_back(&head, &items[1].link);
    base_list_push_back(&head, &items[2].link);
    base_list_push_front(&head, &items[0].link);
    base_list_push_back(&head, &items[3].link);
    int expected = 0;
    for (base_list *at = head.next; at != &head; at = at->next)
        assert_int_equal(PYMM_CONTAINER_OF(at, struct item, link)->number, expected++);
    assert_int_equal(expected, 4);
    base_list_remove(&items[1].link);
    assert_false(base_list_has(&items[1].link));
    assert_true(base_list_has(&items[2].link));
    assert_ptr_equal(items[0].link.next, &items[2].link);
    assert_ptr_equal(items[2].link.prev, &items[0].link);
    base_list_remove(&items[1].link); /* a node on no list may be removed again */
    base_list_remove(&items[0].link);
    base_list_remove(&items[3].link);
    base_list_remove(&items[2].link);
    assert_true(base_list_is_empty(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formats_are_those_of_printf),
        cmocka_unit_test(long_text_is_cut_and_its_length_told),
        cmocka_unit_test(output_passes_its_buffer_whole),
        cmocka_unit_test(output_that_cannot_be_written_is_an_error),
        cmocka_unit_test(output_to_memory_is_cut_off_at_its_end),
        cmocka_unit_test(messages_are_one_line_that_names_pymm),
        cmocka_unit_test(bits),
        cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
