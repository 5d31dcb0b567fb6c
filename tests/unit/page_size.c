/* page_size.c: makes the heap believe in larger pages than the machine has, in the tests that are linked with it.
 *
 * Linked with -Wl,--wrap: calls of two functions of os.h arrive here. Any multiple of the machine's page is as good as a page
 * for everything the heap asks of the system, but mincore answers in the machine's own.
 * Owns nothing else. Read first: CMakeLists.txt here. */
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

enum { SMALLEST_PAGE_BYTES = 4096 };

size_t __wrap_os_page_bytes(void);
size_t __wrap_os_resident_pages(void *start, size_t bytes);

size_t __wrap_os_page_bytes(void)
{
    return TEST_PAGE_BYTES;
}

/* A large page is resident when any part of it is. */
size_t __wrap_os_resident_pages(void *start, size_t bytes)
{
    size_t resident_count = 0;
    for (size_t at = 0; at < bytes; at += TEST_PAGE_BYTES) {
        unsigned char states[TEST_PAGE_BYTES / SMALLEST_PAGE_BYTES] = {0};
        if (mincore((char *)start + at, TEST_PAGE_BYTES, states) != 0)
            return SIZE_MAX;
        unsigned is_resident = 0;
        for (size_t i = 0; i < sizeof states; i++)
            is_resident |= states[i] & 1u;
        resident_count += is_resident;
    }
    return resident_count;
}
