/* raw_buffer.c: a buffer of the raw domain, which any thread may use, with or without the GIL, initialised or not. */
#include <Python.h>

int main(void)
{
    char *buffer = (char *)PyMem_RawMalloc(1024);
    if (buffer == NULL) {
        fputs("no memory\n", stderr);
        return 1;
    }
    snprintf(buffer, 1024, "%s", "kept while the buffer moves");
    char *larger = (char *)PyMem_RawRealloc(buffer, 1 << 20);
    if (larger == NULL) { /* the old one is still valid */
        PyMem_RawFree(buffer);
        return 1;
    }
    puts(larger);
    PyMem_RawFree(larger);
    return 0;
}
