/* fail.c: PYMM_FAIL: allocations of a program that fail on purpose, so that one can see what it does then.
 *
 *   PYMM_FAIL=once:N     the N-th call that asks for memory gets NULL
 *   PYMM_FAIL=after:N    the first N calls succeed, all later ones get NULL
 * Calls of all domains are counted together, from the start of the process; they fail below the debug hooks, and whatever a
 * program puts on top. A line at exit says how many calls there were, and how many failed.
 * Owns: reading the setting. Does not own: failing (hook/fail.c), when tables are installed (choice.c). */
#include "front.h"

#include "hook/hook.h"

#include <errno.h>
#include <stdlib.h>

static bool is_asked_for;

/* 0, and what the text asks for; -1 when it is none of the two forms. */
static int parse(const char *text, size_t *spared, bool *is_once)
{
    *is_once = strncmp(text, "once:", 5) == 0;
    if (!*is_once && strncmp(text, "after:", 6) != 0)
        return -1;
    text += *is_once ? 5 : 6;
    char *end;
    int saved_errno = errno;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    bool is_valid = *text >= '0' && *text <= '9' && *end == '\0' && errno == 0 && !(*is_once && value == 0);
    errno = saved_errno;
    *spared = *is_once ? value - 1 : value;
    return is_valid ? 0 : -1;
}

static const unsigned all_domains = (1u << PYMM_DOMAIN_COUNT) - 1;

int front_fail_cover(void)
{
    static bool is_read;
    if (!is_read) {
        is_read = true;
        const char *text = front_setting("PYMM_FAIL");
        size_t spared;
        bool is_once;
        if (text == NULL)
            return 0;
        if (parse(text, &spared, &is_once) != 0)
            base_warn("PYMM_FAIL: '%s' is neither once:N nor after:N; nothing fails", text);
        else
            is_asked_for = hook_fail_start(all_domains, spared, is_once) == 0;
        return 0;
    }
    return is_asked_for ? hook_fail_cover(all_domains) : 0;
}

__attribute__((destructor)) static void front_fail_at_exit(void)
{
    if (is_asked_for)
        base_warn("PYMM_FAIL: %zu calls asked for memory, %zu of them failed", hook_fail_count(), hook_fail_failed_count());
}
