/* type_attribute.c: attributes of types: those that all have (__name__, __mro__, ...), and how they are looked up and set.
 *
 * Owns: tp_getattro and tp_setattro of `type`, its table of attributes and methods. Does not own: the dict's entries
 * (type_dict.c), what a change does to slots (type_update.c). Read type.h first. */
#include "format.h"
#include "sizeof.h"
#include "type.h"

#include "exception.h"

#define TYPE(op) ((PyTypeObject *)(op))
#define HEAP(op) ((PyHeapTypeObject *)(op))

static bool is_heap(PyObject *op) { return (TYPE(op)->tp_flags & Py_TPFLAGS_HEAPTYPE) != 0; }

/* Lookup: data descriptors of the metaclass, the type's own order, other descriptors of the metaclass. */
PyObject *object_type_attribute_get(PyObject *op, PyObject *name)
{
    PyTypeObject *type = TYPE(op), *metaclass = Py_TYPE(op);
    if (!PyUnicode_Check(name))
        return object_error_format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    if ((type->tp_mro == NULL && object_type_ready(type) != 0) || (metaclass->tp_mro == NULL && object_type_ready(metaclass) != 0))
        return NULL;
    PyObject *of_meta = Py_XNewRef(object_type_lookup(metaclass, name)), *value = NULL;
    descrgetfunc meta_get = of_meta == NULL ? NULL : Py_TYPE(of_meta)->tp_descr_get;
    if (meta_get != NULL && Py_TYPE(of_meta)->tp_descr_set != NULL) {
        value = meta_get(of_meta, op, (PyObject *)metaclass);
        Py_DECREF(of_meta);
        return value;
    }
    PyObject *own = Py_XNewRef(object_type_lookup(type, name));
    if (own != NULL) {
        descrgetfunc get = Py_TYPE(own)->tp_descr_get;
        value = get == NULL ? Py_NewRef(own) : get(own, NULL, op);
        Py_DECREF(own);
    } else if (meta_get != NULL) {
        value = meta_get(of_meta, op, (PyObject *)metaclass);
    } else if (of_meta != NULL) {
        value = Py_NewRef(of_meta);
    } else {
        object_error_format_objects(PyExc_AttributeError, "type object '%.100s' has no attribute '%U'", type->tp_name, name);
        object_attribute_error_complete(op, name);
    }
    Py_XDECREF(of_meta);
    return value;
}

int object_type_attribute_set(PyObject *op, PyObject *name, PyObject *value)
{
    PyTypeObject *type = TYPE(op);
    if (type->tp_flags & Py_TPFLAGS_IMMUTABLETYPE || !is_heap(op)) {
        object_error_format_objects(PyExc_TypeError, "cannot set %R attribute of immutable type '%s'", name, type->tp_name);
        return -1;
    }
    if (Py_TYPE(op)->tp_mro == NULL && object_type_ready(Py_TYPE(op)) != 0)
        return -1;
    PyObject *of_meta = PyUnicode_Check(name) ? object_type_lookup(Py_TYPE(op), name) : NULL;
    int result = -1;
    if (of_meta != NULL && Py_TYPE(of_meta)->tp_descr_set != NULL)
        return Py_TYPE(of_meta)->tp_descr_set(of_meta, op, value);
    if (!PyUnicode_Check(name)) {
        object_error_format(PyExc_TypeError, "attribute name must be string, not '%.200s'", Py_TYPE(name)->tp_name);
    } else {
        result = value != NULL ? object_dict_set(type->tp_dict, name, value) : object_dict_delete(type->tp_dict, name);
        if (result < 0 && value == NULL && object_error_is(PyExc_KeyError)) {
            object_error_clear();
            object_error_format_objects(PyExc_AttributeError, "type object '%.100s' has no attribute '%U'", type->tp_name, name);
            object_attribute_error_complete(op, name);
        }
    }
    if (result == 0)
        type_changed(type, name);
    return object_error_occurred() != NULL ? -1 : result;
}

/* Attributes of all types. ------------------------------------------------------------------------------------------------- */

static PyObject *own_entry(PyObject *op, const char *name)
{
    PyObject *key = object_unicode_intern_utf8(name);
    PyObject *value = key == NULL || TYPE(op)->tp_dict == NULL ? NULL : Py_XNewRef(object_dict_get_error(TYPE(op)->tp_dict, key));
    Py_XDECREF(key);
    return value;
}

PyObject *object_type_name_text(PyTypeObject *type)
{
    return is_heap((PyObject *)type) ? Py_NewRef(HEAP(type)->ht_name) : object_unicode_from_utf8(object_type_name(type));
}

PyObject *object_type_qualified_name(PyTypeObject *type)
{
    return is_heap((PyObject *)type) ? Py_NewRef(HEAP(type)->ht_qualname) : object_type_name_text(type);
}

/* A static type's is what stands before the last dot of its name. */
PyObject *object_type_module_name(PyTypeObject *type)
{
    if (is_heap((PyObject *)type)) {
        PyObject *module = own_entry((PyObject *)type, "__module__");
        if (module == NULL && object_error_occurred() == NULL)
            object_error_set(PyExc_AttributeError, "__module__");
        return module;
    }
    const char *dot = strrchr(type->tp_name, '.');
    return dot == NULL ? object_unicode_intern_utf8("builtins") : object_unicode_from_utf8_size(type->tp_name, dot - type->tp_name);
}

static PyObject *name_get(PyObject *op, void *context) { (void)context; return object_type_name_text(TYPE(op)); }
static PyObject *qualified_name_get(PyObject *op, void *context) { (void)context; return object_type_qualified_name(TYPE(op)); }
static PyObject *module_get(PyObject *op, void *context) { (void)context; return object_type_module_name(TYPE(op)); }
static PyObject *bases_get(PyObject *op, void *context) { (void)context; return Py_XNewRef(TYPE(op)->tp_bases); }

/* False: an exception says why the attribute of that name cannot be set to `value`. */
static bool can_set(PyObject *op, const char *name, PyObject *value)
{
    if (!is_heap(op) || (TYPE(op)->tp_flags & Py_TPFLAGS_IMMUTABLETYPE))
        object_error_format(PyExc_TypeError, "cannot set '%s' attribute of immutable type '%s'", name, TYPE(op)->tp_name);
    else if (value == NULL)
        object_error_format(PyExc_TypeError, "cannot delete '%s' attribute of type '%s'", name, TYPE(op)->tp_name);
    else
        return true;
    return false;
}

/* Of __name__ and __qualname__. */
static bool is_text_for(PyObject *op, const char *name, PyObject *value)
{
    if (!can_set(op, name, value))
        return false;
    if (PyUnicode_Check(value))
        return true;
    object_error_format(PyExc_TypeError, "can only assign string to %s.%s, not '%s'", TYPE(op)->tp_name, name, Py_TYPE(value)->tp_name);
    return false;
}

/* tp_name points to the UTF-8 of the new name, which ht_name keeps. */
static int name_set(PyObject *op, PyObject *value, void *context)
{
    (void)context;
    Py_ssize_t bytes;
    const char *text = is_text_for(op, "__name__", value) ? object_unicode_utf8(value, &bytes) : NULL;
    if (text == NULL)
        return -1;
    if (strlen(text) != (size_t)bytes) {
        object_error_set(PyExc_ValueError, "type name must not contain null characters");
        return -1;
    }
    TYPE(op)->tp_name = text;
    Py_SETREF(HEAP(op)->ht_name, Py_NewRef(value));
    return 0;
}

static int qualified_name_set(PyObject *op, PyObject *value, void *context)
{
    (void)context;
    if (!is_text_for(op, "__qualname__", value))
        return -1;
    Py_SETREF(HEAP(op)->ht_qualname, Py_NewRef(value));
    return 0;
}

static int entry_set(PyObject *op, const char *name, PyObject *value)
{
    PyObject *key = can_set(op, name, value) ? object_unicode_intern_utf8(name) : NULL;
    int result = key == NULL ? -1 : object_dict_set(TYPE(op)->tp_dict, key, value);
    Py_XDECREF(key);
    return result;
}

static int module_set(PyObject *op, PyObject *value, void *context) { (void)context; return entry_set(op, "__module__", value); }
static int doc_set(PyObject *op, PyObject *value, void *context) { (void)context; return entry_set(op, "__doc__", value); }

static PyObject *doc_get(PyObject *op, void *context)
{
    (void)context;
    if (!is_heap(op) && TYPE(op)->tp_doc != NULL)
        return object_doc_text(TYPE(op)->tp_name, TYPE(op)->tp_doc);
    PyObject *doc = own_entry(op, "__doc__");
    if (doc == NULL)
        return object_error_occurred() != NULL ? NULL : Py_None;
    descrgetfunc get = Py_TYPE(doc)->tp_descr_get;
    if (get != NULL)
        Py_SETREF(doc, get(doc, NULL, op));
    return doc;
}

static PyObject *signature_get(PyObject *op, void *context)
{
    (void)context;
    return object_doc_signature(TYPE(op)->tp_name, TYPE(op)->tp_doc);
}

static PyObject *dict_get(PyObject *op, void *context)
{
    (void)context;
    return TYPE(op)->tp_dict == NULL ? Py_None : object_mapping_view(TYPE(op)->tp_dict);
}

PyGetSetDef object_type_attributes[] = {
    {"__name__", name_get, name_set, NULL, NULL},
    {"__qualname__", qualified_name_get, qualified_name_set, NULL, NULL},
    {"__bases__", bases_get, NULL, NULL, NULL},
    {"__module__", module_get, module_set, NULL, NULL},
    {"__dict__", dict_get, NULL, NULL, NULL},
    {"__doc__", doc_get, doc_set, NULL, NULL},
    {"__text_signature__", signature_get, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

PyMemberDef object_type_member_table[] = {
    {"__basicsize__", Py_T_PYSSIZET, offsetof(PyTypeObject, tp_basicsize), Py_READONLY, NULL},
    {"__itemsize__", Py_T_PYSSIZET, offsetof(PyTypeObject, tp_itemsize), Py_READONLY, NULL},
    {"__flags__", Py_T_ULONG, offsetof(PyTypeObject, tp_flags), Py_READONLY, NULL},
    {"__weakrefoffset__", Py_T_PYSSIZET, offsetof(PyTypeObject, tp_weaklistoffset), Py_READONLY, NULL},
    {"__base__", _Py_T_OBJECT, offsetof(PyTypeObject, tp_base), Py_READONLY, NULL},
    {"__dictoffset__", Py_T_PYSSIZET, offsetof(PyTypeObject, tp_dictoffset), Py_READONLY, NULL},
    {"__mro__", _Py_T_OBJECT, offsetof(PyTypeObject, tp_mro), Py_READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyObject *subclasses_method(PyObject *op, PyObject *none) { (void)none; return type_subclasses_list(TYPE(op)); }

static PyObject *mro_method(PyObject *op, PyObject *none)
{
    (void)none;
    return TYPE(op)->tp_mro == NULL ? object_list_new(0) : object_list_from_iterable(TYPE(op)->tp_mro);
}

static PyObject *instance_check(PyObject *op, PyObject *instance)
{
    int answer = object_is_instance_plain(instance, op);
    return answer < 0 ? NULL : object_bool(answer != 0);
}

static PyObject *subclass_check(PyObject *op, PyObject *derived)
{
    int answer = object_is_subclass_plain(derived, op);
    return answer < 0 ? NULL : object_bool(answer != 0);
}

PyMethodDef object_type_methods[] = {
    {"mro", mro_method, METH_NOARGS, "Return a type's method resolution order."},
    {"__subclasses__", subclasses_method, METH_NOARGS, "Return a list of immediate subclasses."},
    {"__instancecheck__", instance_check, METH_O, "Check if an object is an instance."},
    {"__subclasscheck__", subclass_check, METH_O, "Check if a class is a subclass."},
    {NULL, NULL, 0, NULL},
};

/* What every object has. ---------------------------------------------------------------------------------------------------- */

static PyObject *class_get(PyObject *op, void *context)
{
    (void)context;
    return Py_NewRef(Py_TYPE(op));
}

/* Instances of both look alike in memory, and end alike. */
static bool are_alike(const PyTypeObject *a, const PyTypeObject *b)
{
    return a->tp_basicsize == b->tp_basicsize && a->tp_itemsize == b->tp_itemsize && a->tp_dictoffset == b->tp_dictoffset &&
           a->tp_weaklistoffset == b->tp_weaklistoffset && a->tp_dealloc == b->tp_dealloc && a->tp_free == b->tp_free &&
           ((a->tp_flags ^ b->tp_flags) & Py_TPFLAGS_HAVE_GC) == 0;
}

static int class_set(PyObject *op, PyObject *value, void *context)
{
    (void)context;
    const PyTypeObject *from = Py_TYPE(op);
    if (value == NULL)
        object_error_set(PyExc_TypeError, "can't delete __class__ attribute");
    else if (!PyType_Check(value))
        object_error_format(PyExc_TypeError, "__class__ must be set to a class, not '%s' object", Py_TYPE(value)->tp_name);
    else if (!(from->tp_flags & TYPE(value)->tp_flags & Py_TPFLAGS_HEAPTYPE))
        object_error_set(PyExc_TypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
    else if (!are_alike(from, TYPE(value)))
        object_error_format(PyExc_TypeError, "__class__ assignment: '%s' object layout differs from '%s'", TYPE(value)->tp_name,
                            from->tp_name);
    else {
        PyTypeObject *old = Py_TYPE(op);
        Py_SET_TYPE(op, (PyTypeObject *)Py_NewRef(value));
        Py_DECREF(old);
        return 0;
    }
    return -1;
}

PyGetSetDef object_base_attributes[] = {
    {"__class__", class_get, class_set, "the object's class", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyObject *init_subclass(PyObject *type, PyObject *args)
{
    (void)type;
    (void)args;
    return Py_None;
}

PyMethodDef object_base_methods[] = {
    {"__format__", format_object, METH_O, "Default object formatter."},
    {"__sizeof__", sizeof_object, METH_NOARGS, "Size of object in memory, in bytes."},
    {"__init_subclass__", init_subclass, METH_CLASS | METH_NOARGS, "Called when a class is derived from this one."},
    {NULL, NULL, 0, NULL},
};
