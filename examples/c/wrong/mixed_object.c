/* mixed_object.c: wrong: memory of the C library is taken for an object. */
#include <Python.h>

typedef struct {
    double x, y;
} PointObject;

int main(void)
{
    Py_Initialize();
    PointObject *point = (PointObject *)malloc(sizeof(PointObject));
    point->x = point->y = 0;
    PyObject_Del(point);
    Py_Finalize();
    return 0;
}
