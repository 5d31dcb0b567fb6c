/* weakref.c: weak references.
 *
 * Those to an object are on a list that begins in the object: the reference without a callback that all share first, then such a
 * proxy, then the others, the newest first. Owns: that list, the type of references, callbacks at the end of an object. Does not
 * own: proxies (weak_proxy.c), when the collector clears references (room gc). Read first: include/python/weakrefobject.h. */
#include "arguments.h"
#include "weakref.h"

static PyWeakReference **list_of(PyObject *op)
{
    return (PyWeakReference **)((char *)op + Py_TYPE(op)->tp_weaklistoffset);
}

static bool has_list(PyObject *op) { return Py_TYPE(op)->tp_weaklistoffset > 0; }
static bool is_alive(const PyWeakReference *self) { return self->wr_object != Py_None && Py_REFCNT(self->wr_object) > 0; }
bool object_is_weak(PyObject *op) { return PyWeakref_CheckRef(op) || PyWeakref_CheckProxy(op); }

bool object_has_weak(PyObject *op) { return has_list(op) && *list_of(op) != NULL; }

/* It refers to nothing any more; a callback stays. */
static void reference_leave(PyWeakReference *self)
{
    if (self->wr_object == Py_None)
        return;
    if (self->wr_prev != NULL)
        self->wr_prev->wr_next = self->wr_next;
    else
        *list_of(self->wr_object) = self->wr_next;
    if (self->wr_next != NULL)
        self->wr_next->wr_prev = self->wr_prev;
    self->wr_object = Py_None;
    self->wr_prev = self->wr_next = NULL;
}

static bool is_proxy_type(PyTypeObject *type) { return type == &_PyWeakref_ProxyType || type == &_PyWeakref_CallableProxyType; }

/* Of a kind that all share who ask without a callback; types that programs derive do not. */
static bool is_shared_kind(const PyWeakReference *self, bool is_proxy)
{
    return self != NULL && self->wr_callback == NULL &&
           (is_proxy ? is_proxy_type(Py_TYPE(self)) : PyWeakref_CheckRefExact((PyObject *)self));
}

/* After which one another begins: NULL: it is the first. */
static PyWeakReference *place_for(PyObject *op, PyTypeObject *type, PyObject *callback)
{
    PyWeakReference *first = *list_of(op), *before = NULL;
    if (type == &_PyWeakref_RefType && callback == NULL)
        return NULL;
    if (is_shared_kind(first, false)) {
        before = first;
        first = first->wr_next;
    }
    if (is_proxy_type(type) && callback == NULL)
        return before;
    return is_shared_kind(first, true) ? first : before;
}

static void reference_enter(PyWeakReference *self, PyObject *op)
{
    PyWeakReference *before = place_for(op, Py_TYPE(self), self->wr_callback);
    PyWeakReference *after = before == NULL ? *list_of(op) : before->wr_next;
    self->wr_object = op;
    self->wr_prev = before;
    self->wr_next = after;
    *(before == NULL ? list_of(op) : &before->wr_next) = self;
    if (after != NULL)
        after->wr_prev = self;
}

/* The one without a callback, which serves all who ask for such a one; NULL: there is none. */
static PyWeakReference *shared_one(PyObject *op, bool is_proxy)
{
    PyWeakReference *first = *list_of(op);
    if (is_proxy && is_shared_kind(first, false))
        first = first->wr_next;
    return is_shared_kind(first, is_proxy) && Py_REFCNT(first) > 0 ? first : NULL;
}

void object_weak_leave(PyObject *self) { reference_leave((PyWeakReference *)self); }

PyObject *weak_reference_new(PyTypeObject *type, PyObject *op, PyObject *callback)
{
    if (!has_list(op))
        return object_error_format(PyExc_TypeError, "cannot create weak reference to '%s' object", Py_TYPE(op)->tp_name);
    bool is_proxy = is_proxy_type(type), is_shared = (is_proxy || type == &_PyWeakref_RefType) && callback == NULL;
    if (is_shared && shared_one(op, is_proxy) != NULL)
        return Py_NewRef(shared_one(op, is_proxy));
    PyWeakReference *self = (PyWeakReference *)type->tp_alloc(type, 0);
    if (self == NULL)
        return NULL;
    self->wr_object = Py_None;
    self->hash = -1;
    if (is_shared && shared_one(op, is_proxy) != NULL) { /* made by what ran in the allocation */
        Py_DECREF(self);
        return Py_NewRef(shared_one(op, is_proxy));
    }
    self->wr_callback = Py_XNewRef(callback);
    reference_enter(self, op);
    return (PyObject *)self;
}

PyObject *object_weak_new(PyObject *op, PyObject *callback)
{
    return weak_reference_new(&_PyWeakref_RefType, op, callback == Py_None ? NULL : callback);
}

PyObject *object_weak_get(PyObject *self)
{
    return is_alive((PyWeakReference *)self) ? Py_NewRef(((PyWeakReference *)self)->wr_object) : NULL;
}

/* The end of an object. --------------------------------------------------------------------------------------------------- */

void object_weak_clear(PyObject *op, bool (*is_called)(PyObject *reference), object_weak_calls *calls)
{
    PyWeakReference *self;
    while (has_list(op) && (self = *list_of(op)) != NULL) {
        reference_leave(self);
        if (self->wr_callback == NULL || Py_REFCNT(self) <= 0 || is_called == NULL || !is_called((PyObject *)self))
            continue;
        Py_INCREF(self);
        *(calls->last == NULL ? &calls->first : &calls->last->wr_next) = self;
        calls->last = self;
    }
}

static void callback_call(PyWeakReference *self, bool is_kept)
{
    PyObject *callback = Py_NewRef(self->wr_callback), *argument = (PyObject *)self, *result = NULL;
    if (!is_kept)
        Py_CLEAR(self->wr_callback);
    PyObject *arguments = object_tuple_from_items(&argument, 1);
    if (Py_TYPE(callback)->tp_call == NULL)
        object_error_format(PyExc_TypeError, "'%.200s' object is not callable", Py_TYPE(callback)->tp_name);
    else if (arguments != NULL)
        result = Py_TYPE(callback)->tp_call(callback, arguments, NULL);
    if (result == NULL)
        object_error_unraisable(callback);
    Py_XDECREF(result);
    Py_XDECREF(arguments);
    Py_DECREF(callback);
}

size_t object_weak_call(object_weak_calls *calls, bool is_kept)
{
    size_t ended = 0;
    while (calls->first != NULL) {
        PyWeakReference *self = calls->first;
        calls->first = self->wr_next;
        self->wr_next = NULL;
        callback_call(self, is_kept);
        ended += Py_REFCNT(self) == 1;
        Py_DECREF(self);
    }
    return ended;
}

static bool is_called_always(PyObject *reference)
{
    (void)reference;
    return true;
}

int object_weak_end(PyObject *op, bool is_called)
{
    if (op == NULL || !has_list(op) || Py_REFCNT(op) != 0) {
        object_error_bad_call();
        return -1;
    }
    object_weak_calls calls = {NULL, NULL};
    object_weak_clear(op, is_called ? is_called_always : NULL, &calls);
    if (calls.first != NULL) {
        PyObject *error = object_error_take();
        (void)object_weak_call(&calls, false);
        object_error_restore(error);
    }
    return 0;
}

/* The type. --------------------------------------------------------------------------------------------------------------- */

int weak_reference_traverse(PyObject *self, visitproc visit, void *arg)
{
    Py_VISIT(((PyWeakReference *)self)->wr_callback);
    return 0;
}

int weak_reference_clear(PyObject *self)
{
    reference_leave((PyWeakReference *)self);
    Py_CLEAR(((PyWeakReference *)self)->wr_callback);
    return 0;
}

void weak_reference_dealloc(PyObject *self)
{
    object_gc_untrack(self);
    weak_reference_clear(self);
    Py_TYPE(self)->tp_free(self);
}

static Py_hash_t reference_hash(PyObject *op)
{
    PyWeakReference *self = (PyWeakReference *)op;
    if (self->hash != -1)
        return self->hash;
    PyObject *object = object_weak_get(op);
    if (object == NULL) {
        object_error_set(PyExc_TypeError, "weak object has gone away");
        return -1;
    }
    self->hash = object_hash(object);
    Py_DECREF(object);
    return self->hash;
}

/* As their objects, while both are there. */
static PyObject *reference_compare(PyObject *left, PyObject *right, int op)
{
    if ((op != Py_EQ && op != Py_NE) || !PyWeakref_CheckRef(left) || !PyWeakref_CheckRef(right))
        return Py_NewRef(Py_NotImplemented);
    PyObject *a = object_weak_get(left), *b = object_weak_get(right);
    PyObject *result = a == NULL || b == NULL ? object_bool((left == right) == (op == Py_EQ)) : object_compare(a, b, op);
    Py_XDECREF(a);
    Py_XDECREF(b);
    return result;
}

/* The name of a class or a function is told, too. */
static PyObject *reference_repr(PyObject *self)
{
    PyObject *object = object_weak_get(self), *name = NULL, *text = NULL;
    if (object == NULL)
        return object_unicode_from_format("<weakref at %p; dead>", self);
    if (object_attribute_find_utf8(object, "__name__", &name) >= 0)
        text = name == NULL || !PyUnicode_Check(name)
                   ? object_unicode_from_format("<weakref at %p; to '%s' at %p>", self, Py_TYPE(object)->tp_name, object)
                   : object_unicode_from_format("<weakref at %p; to '%s' at %p (%U)>", self, Py_TYPE(object)->tp_name, object, name);
    Py_XDECREF(name);
    Py_DECREF(object);
    return text;
}

static Py_ssize_t count_of(PyObject *arguments) { return arguments == NULL ? 0 : Py_SIZE(arguments); }

static PyObject *reference_call(PyObject *self, PyObject *args, PyObject *keywords)
{
    if (keywords != NULL && PyDict_Check(keywords) && ((PyDictObject *)keywords)->ma_used != 0)
        return object_error_set(PyExc_TypeError, "__call__() takes no keyword arguments");
    if (count_of(args) != 0)
        return object_error_format(PyExc_TypeError, "__call__() takes 0 positional arguments but %zd were given", count_of(args));
    PyObject *object = object_weak_get(self);
    return object == NULL ? Py_None : object;
}

/* ref(object), ref(object, callback) */
static PyObject *reference_type_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    (void)keywords;
    Py_ssize_t count = count_of(args);
    if (count < 1 || count > 2)
        return object_error_format(PyExc_TypeError, "__new__ expected at %s, got %zd",
                                   count < 1 ? "least 1 argument" : "most 2 arguments", count);
    PyObject *callback = count == 2 ? PyTuple_GET_ITEM(args, 1) : NULL;
    return weak_reference_new(type, PyTuple_GET_ITEM(args, 0), callback == Py_None ? NULL : callback);
}

static int reference_init(PyObject *self, PyObject *args, PyObject *keywords)
{
    (void)self;
    (void)args;
    if (keywords == NULL || !PyDict_Check(keywords) || ((PyDictObject *)keywords)->ma_used == 0)
        return 0;
    object_error_set(PyExc_TypeError, "ref() takes no keyword arguments");
    return -1;
}

static PyMemberDef reference_members[] = {
    {"__callback__", _Py_T_OBJECT, offsetof(PyWeakReference, wr_callback), Py_READONLY, NULL}, {NULL, 0, 0, 0, NULL}};
static PyMethodDef reference_methods[] = {METHOD_BRACKETS, {NULL, NULL, 0, NULL}};

PyTypeObject _PyWeakref_RefType = {
    PyVarObject_HEAD_INIT(&PyType_Type, 0)
    .tp_name = "weakref.ReferenceType",
    .tp_basicsize = sizeof(PyWeakReference),
    .tp_dealloc = weak_reference_dealloc,
    .tp_repr = reference_repr,
    .tp_hash = reference_hash,
    .tp_call = reference_call,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE,
    .tp_traverse = weak_reference_traverse,
    .tp_clear = weak_reference_clear,
    .tp_richcompare = reference_compare,
    .tp_methods = reference_methods,
    .tp_members = reference_members,
    .tp_init = reference_init,
    .tp_new = reference_type_new,
    .tp_free = object_gc_del,
};
