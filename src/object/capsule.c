/* capsule.c: capsules.
 *
 * Owns: object_capsule_*, one function for each PyCapsule_* of like name. Read include/python/pycapsule.h first. */
#include "object.h"

typedef struct capsule {
    PyObject_HEAD
    void *pointer;
    const char *name;
    void *context;
    PyCapsule_Destructor destructor;
} capsule;

#define CAPSULE(op) ((capsule *)(op))

static bool is_valid(PyObject *op) { return op != NULL && PyCapsule_CheckExact(op) && CAPSULE(op)->pointer != NULL; }

/* ValueError, with the name of the function that was called. */
static bool check(PyObject *op, const char *function)
{
    if (is_valid(op))
        return true;
    object_error_format(PyExc_ValueError, "%s called with invalid PyCapsule object", function);
    return false;
}

static bool has_name(PyObject *op, const char *name)
{
    const char *own = CAPSULE(op)->name;
    return own == NULL || name == NULL ? own == name : strcmp(own, name) == 0;
}

PyObject *object_capsule_new(void *pointer, const char *name, PyCapsule_Destructor at_end)
{
    if (pointer == NULL)
        return object_error_set(PyExc_ValueError, "PyCapsule_New called with null pointer");
    PyObject *self = object_new(&PyCapsule_Type);
    if (self != NULL) {
        CAPSULE(self)->pointer = pointer;
        CAPSULE(self)->name = name;
        CAPSULE(self)->context = NULL;
        CAPSULE(self)->destructor = at_end;
    }
    return self;
}

bool object_capsule_is_valid(PyObject *self, const char *name) { return is_valid(self) && has_name(self, name); }

void *object_capsule_pointer(PyObject *self, const char *name)
{
    if (!check(self, "PyCapsule_GetPointer"))
        return NULL;
    if (has_name(self, name))
        return CAPSULE(self)->pointer;
    object_error_set(PyExc_ValueError, "PyCapsule_GetPointer called with incorrect name");
    return NULL;
}

PyCapsule_Destructor object_capsule_destructor(PyObject *self)
{
    return check(self, "PyCapsule_GetDestructor") ? CAPSULE(self)->destructor : NULL;
}

const char *object_capsule_name(PyObject *self) { return check(self, "PyCapsule_GetName") ? CAPSULE(self)->name : NULL; }
void *object_capsule_context(PyObject *self) { return check(self, "PyCapsule_GetContext") ? CAPSULE(self)->context : NULL; }

int object_capsule_set_pointer(PyObject *self, void *pointer)
{
    if (pointer == NULL)
        return object_error_set(PyExc_ValueError, "PyCapsule_SetPointer called with null pointer"), -1;
    if (!check(self, "PyCapsule_SetPointer"))
        return -1;
    CAPSULE(self)->pointer = pointer;
    return 0;
}

int object_capsule_set_destructor(PyObject *self, PyCapsule_Destructor at_end)
{
    if (!check(self, "PyCapsule_SetDestructor"))
        return -1;
    CAPSULE(self)->destructor = at_end;
    return 0;
}

int object_capsule_set_name(PyObject *self, const char *name)
{
    if (!check(self, "PyCapsule_SetName"))
        return -1;
    CAPSULE(self)->name = name;
    return 0;
}

int object_capsule_set_context(PyObject *self, void *context)
{
    if (!check(self, "PyCapsule_SetContext"))
        return -1;
    CAPSULE(self)->context = context;
    return 0;
}

static void capsule_dealloc(PyObject *self)
{
    if (CAPSULE(self)->destructor != NULL)
        CAPSULE(self)->destructor(self);
    object_del(self);
}

static PyObject *capsule_repr(PyObject *self)
{
    const char *name = CAPSULE(self)->name, *quote = name != NULL ? "\"" : "";
    return object_unicode_from_format("<capsule object %s%s%s at %p>", quote, name != NULL ? name : "NULL", quote, (void *)self);
}

PyTypeObject PyCapsule_Type = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "PyCapsule",
    .tp_basicsize = sizeof(capsule),
    .tp_dealloc = capsule_dealloc,
    .tp_repr = capsule_repr,
    .tp_flags = Py_TPFLAGS_DEFAULT,
};
