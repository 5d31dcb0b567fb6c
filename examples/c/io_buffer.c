/* io_buffer.c: one buffer for input, taken from the C library, from the mem domain, and from there as an array of char.
 * Each is freed by the family that made it. */
#include <Python.h>

static size_t fill(char *buffer, size_t bytes) { return (size_t)snprintf(buffer, bytes, "%zu bytes for input", bytes); }

int main(void)
{
    char *own = (char *)malloc(BUFSIZ); /* the C library's: Python's memory manager does not know it */
    char *buffer = (char *)PyMem_Malloc(BUFSIZ);
    char *array = PyMem_New(char, BUFSIZ);
    if (own == NULL || buffer == NULL || array == NULL) {
        free(own);
        PyMem_Free(buffer);
        PyMem_Del(array);
        return 1;
    }
    printf("same length: %d\n", fill(own, BUFSIZ) == fill(buffer, BUFSIZ) && fill(buffer, BUFSIZ) == fill(array, BUFSIZ));
    PyMem_Del(array);   /* allocated with PyMem_New */
    PyMem_Free(buffer); /* allocated with PyMem_Malloc */
    free(own);          /* allocated with malloc */
    return 0;
}
