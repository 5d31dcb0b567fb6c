/* mem_arrays.c: arrays of the mem domain: cleared by the caller, cleared by the allocator, of a type, and resized. */
#include <Python.h>

static long sum_of(const int *numbers, size_t count)
{
    long sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += numbers[i];
    return sum;
}

int main(void)
{
    int status = 1;
    int *data = (int *)PyMem_Malloc(100 * sizeof(int));
    int *data2 = (int *)PyMem_Calloc(100, sizeof(int));
    int *data3 = PyMem_New(int, 100);
    int *kept;
    if (data == NULL || data2 == NULL || data3 == NULL) {
        fputs("no memory\n", stderr);
        goto done;
    }
    memset(data, 0, 100 * sizeof(int));
    for (int i = 0; i < 100; i++)
        data3[i] = i;
    printf("sums: %ld %ld %ld\n", sum_of(data, 100), sum_of(data2, 100), sum_of(data3, 100));

    kept = data3; /* PyMem_Resize always assigns: keep the old address for the case that it fails */
    PyMem_Resize(data3, int, 200);
    if (data3 == NULL) {
        data3 = kept;
        goto done;
    }
    printf("after resizing: %ld\n", sum_of(data3, 100));
    kept = data3;
    PyMem_Resize(data3, int, (size_t)PY_SSIZE_T_MAX); /* more bytes than can be counted */
    printf("too large: %s\n", data3 == NULL ? "refused" : "granted");
    data3 = kept;
    status = 0;
done:
    PyMem_Del(data3);
    PyMem_Free(data2);
    PyMem_Free(data);
    return status;
}
