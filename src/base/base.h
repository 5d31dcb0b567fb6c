/* base.h: the one header of the room `base`, the ground floor.
 *
 * Owns: attributes, bit operations, intrusive lists, assertion levels, pymm_fatal and output without allocation.
 * Does not own: anything that talks to the system beyond writing to a file descriptor (see os/).
 * Nothing here allocates. */
#ifndef PYMM_BASE_H
#define PYMM_BASE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Attributes ---------------------------------------------------------------------------------------------------- */

#define PYMM_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define PYMM_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define PYMM_COLD __attribute__((noinline, cold))
#define PYMM_NOINLINE __attribute__((noinline))
#define PYMM_HOT __attribute__((hot, aligned(PYMM_CACHE_LINE_BYTES))) /* runs for each block: such functions lie together, each at the start of a line */
#define PYMM_INLINE static inline __attribute__((always_inline))
#define PYMM_EXPORT __attribute__((visibility("default")))
#if defined(_WIN32) && !defined(__clang__) /* there `printf` means the formats of Windows' own library */
#define PYMM_PRINTF(format_index, first_index) __attribute__((format(gnu_printf, format_index, first_index)))
#else
#define PYMM_PRINTF(format_index, first_index) __attribute__((format(printf, format_index, first_index)))
#endif
#define PYMM_CACHE_LINE_BYTES 64
#define PYMM_CALLER() ((uintptr_t)__builtin_return_address(0)) /* where the function that says it returns to */
#define PYMM_UNUSED __attribute__((unused))
#define PYMM_RACY __attribute__((no_sanitize("thread"))) /* reads what others may be writing, and copes with it */
#define PYMM_ALL(last) [0 ... (last)] = /* initialise elements 0 to last alike */
#define PYMM_COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define PYMM_CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

#ifdef __ELF__
#define PYMM_SAMPLING __attribute__((section(".text.sorted.pymm_sampling"))) /* runs for each sample of a profile: they lie together too */
#else
#define PYMM_SAMPLING
#endif

/* Functions between a caller and the heap: entry points and hooks. They lie together, so that a stack of callers can be
 * told to begin behind them. */
#ifdef __ELF__
#define PYMM_ENTRY __attribute__((section("pymm_entry")))
extern const char __start_pymm_entry[] __attribute__((weak, visibility("hidden")));
extern const char __stop_pymm_entry[] __attribute__((weak, visibility("hidden")));
PYMM_INLINE bool base_is_entry(uintptr_t address)
{
    return address != 0 && address - (uintptr_t)__start_pymm_entry <= (uintptr_t)__stop_pymm_entry - (uintptr_t)__start_pymm_entry;
}
#else
#define PYMM_ENTRY
PYMM_INLINE bool base_is_entry(uintptr_t address)
{
    (void)address;
    return false;
}
#endif

/* Assertions: level 0 none (release), 1 cheap (dev), 2 also loops over one structure (debug), 3 also the whole heap
 * now and then (hostile). A false assertion is a bug of pymm, never of its host. */
#ifndef PYMM_ASSERT_LEVEL
#define PYMM_ASSERT_LEVEL 0
#endif
#define PYMM_ASSERT_AT(level, condition)                                                                               \
    do {                                                                                                               \
        if (PYMM_ASSERT_LEVEL >= (level) && PYMM_UNLIKELY(!(condition)))                                               \
            pymm_fatal("%s:%d: assertion failed: %s", __FILE__, __LINE__, #condition);                                 \
    } while (0)
#define PYMM_ASSERT(condition) PYMM_ASSERT_AT(1, condition)
#define PYMM_ASSERT_INTERNAL(condition) PYMM_ASSERT_AT(2, condition)

/* Write one line that begins "pymm: " to stderr and abort. Allocates nothing; understands the formats of base_format. */
_Noreturn PYMM_COLD void pymm_fatal(const char *format, ...) PYMM_PRINTF(1, 2);
/* Write one line that begins "pymm: " to stderr. */
PYMM_COLD void base_warn(const char *format, ...) PYMM_PRINTF(1, 2);

/* Output without allocation: a buffer over a file descriptor, or over memory. Formats: %s %d %u %x %c %% %p with l, z and width
 * (right-aligned, `-` left-aligned, `0` padded). */
typedef struct base_out {
    int fd;
    bool is_text; /* the output goes to `text`, cut off at its end and not terminated */
    char *text;
    size_t text_bytes, length_bytes; /* the room there; length of all that was flushed */
    bool has_failed; /* a write failed; later output is dropped */
    size_t used_bytes;
    char buffer[1024];
} base_out;

void base_out_open(base_out *out, int fd);
void base_out_open_text(base_out *out, char *text, size_t text_bytes);
void base_out_text(base_out *out, const char *text, size_t text_bytes);
void base_out_print(base_out *out, const char *format, ...) PYMM_PRINTF(2, 3);
int base_out_flush(base_out *out); /* 0, or -1 when any write failed */

/* As snprintf, for the formats above. Returns the length that the whole text has. */
size_t base_format(char *text, size_t text_bytes, const char *format, ...) PYMM_PRINTF(3, 4);
size_t base_format_list(char *text, size_t text_bytes, const char *format, va_list *arguments);

/* Bits ------------------------------------------------------------------------------------------------------------ */

PYMM_INLINE unsigned base_ctz64(uint64_t word) { return (unsigned)__builtin_ctzll(word); }       /* word != 0 */
PYMM_INLINE unsigned base_log2_64(uint64_t word) { return 63u - (unsigned)__builtin_clzll(word); } /* word != 0 */
PYMM_INLINE unsigned base_popcount64(uint64_t word) { return (unsigned)__builtin_popcountll(word); }

/* Bits [first, end) of a word; 0 <= first <= end <= 64. */
PYMM_INLINE uint64_t base_mask64(unsigned first, unsigned end)
{
    uint64_t below_end = end >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << end) - 1;
    return first >= 64 ? 0 : below_end & (~UINT64_C(0) << first);
}

PYMM_INLINE size_t base_round_up(size_t value, size_t power_of_two) { return (value + power_of_two - 1) & ~(power_of_two - 1); }
PYMM_INLINE size_t base_min(size_t a, size_t b) { return a < b ? a : b; }
PYMM_INLINE size_t base_max(size_t a, size_t b) { return a > b ? a : b; }

/* Lists: intrusive, doubly linked, with a head that is a node of the ring. A node on no list points to itself. ------ */

typedef struct base_list {
    struct base_list *next, *prev;
} base_list;

#define BASE_LIST_INIT(head) {&(head), &(head)}

PYMM_INLINE void base_list_init(base_list *node) { node->next = node->prev = node; }
PYMM_INLINE bool base_list_is_empty(const base_list *head) { return head->next == head; }
PYMM_INLINE bool base_list_has(const base_list *node) { return node->next != node; }

PYMM_INLINE void base_list_insert(base_list *node, base_list *prev, base_list *next)
{
    node->next = next;
    node->prev = prev;
    prev->next = node;
    next->prev = node;
}

PYMM_INLINE void base_list_push_front(base_list *head, base_list *node) { base_list_insert(node, head, head->next); }
PYMM_INLINE void base_list_push_back(base_list *head, base_list *node) { base_list_insert(node, head->prev, head); }

PYMM_INLINE void base_list_remove(base_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    base_list_init(node);
}
#endif
