/* float_math.c: the number slots of float.
 *
 * Owns: the above. Does not own: text (float_text.c). Read object.h first. */
#include "float.h"

static double value_of(PyObject *self) { return ((PyFloatObject *)self)->ob_fval; }

static int float_bool(PyObject *self) { return value_of(self) != 0.0; }
static PyObject *float_int(PyObject *self) { return object_int_from_double(value_of(self)); }
static PyObject *float_plain(PyObject *self)
{
    return PyFloat_CheckExact(self) ? Py_NewRef(self) : object_float_new(value_of(self));
}

PyNumberMethods float_as_number = {
    .nb_positive = float_plain,
    .nb_bool = float_bool,
    .nb_int = float_int,
    .nb_float = float_plain,
};
