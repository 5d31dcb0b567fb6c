/* weakrefs.c: the names of the functions on weak references; each is one of the object room's.
 *
 * Owns: what they say to something that is no weak reference. Read python/weakrefobject.h first. */
#include "front.h"

#include "object/object.h"

PyObject *PyWeakref_NewRef(PyObject *ob, PyObject *callback) { return object_weak_new(ob, callback); }
PyObject *PyWeakref_NewProxy(PyObject *ob, PyObject *callback) { return object_weak_proxy_new(ob, callback); }

int PyWeakref_GetRef(PyObject *ref, PyObject **pobj)
{
    *pobj = NULL;
    if (ref == NULL)
        object_error_bad_call();
    else if (!object_is_weak(ref))
        object_error_set(PyExc_TypeError, "expected a weakref");
    else
        return (*pobj = object_weak_get(ref)) != NULL;
    return -1;
}

PyObject *PyWeakref_GetObject(PyObject *ref)
{
    if (ref == NULL || !object_is_weak(ref))
        return object_error_bad_call();
    return PyWeakref_GET_OBJECT(ref);
}

void PyObject_ClearWeakRefs(PyObject *object) { (void)object_weak_end(object, true); }
void PyUnstable_Object_ClearWeakRefsNoCallbacks(PyObject *object) { (void)object_weak_end(object, false); }
