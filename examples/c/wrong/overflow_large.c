/* overflow_large.c: wrong: counts to <= in a block of several pages, and resizes it. */
#include <Python.h>

int main(void)
{
    Py_Initialize();
    int *numbers = PyMem_New(int, 20000);
    for (int i = 0; i <= 20000; i++)
        numbers[i] = i;
    PyMem_Resize(numbers, int, 40000);
    PyMem_Del(numbers);
    Py_Finalize();
    return 0;
}
