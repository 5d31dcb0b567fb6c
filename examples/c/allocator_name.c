/* allocator_name.c: which allocators PYTHONMALLOC has chosen. Try PYTHONMALLOC=debug, =malloc, or a name that is none. */
#include <Python.h>

int main(void)
{
    const char *name;
    Py_Initialize();
    name = _PyMem_GetCurrentAllocatorName();
    printf("%s\n", name == NULL ? "not one of Python's" : name);
    return Py_FinalizeEx();
}
