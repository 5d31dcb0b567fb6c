/* program_linked.c: an extension with a container of its own: a linked list with an iterator, the sequence, mapping and number
 * protocols, comparison, and a repr that may contain itself. Read check.h first. */
#include "text.h"

#ifndef Py_TRASHCAN_BEGIN /* 3.7 */
#define Py_TRASHCAN_BEGIN(op, dealloc) Py_TRASHCAN_SAFE_BEGIN(op)
#define Py_TRASHCAN_END Py_TRASHCAN_SAFE_END(self)
#endif

typedef struct Node {
    PyObject *value;
    struct Node *next;
} Node;

typedef struct {
    PyObject_HEAD
    Node *first, *last;
    Py_ssize_t length;
    Py_ssize_t state; /* changes whenever the nodes do */
    PyObject *weak_list;
} Linked;

typedef struct {
    PyObject_HEAD
    Linked *of; /* NULL at the end */
    Node *next;
    Py_ssize_t state;
} LinkedIterator;

static PyTypeObject Linked_Type, LinkedIterator_Type;
#define Linked_Check(op) PyObject_TypeCheck((op), &Linked_Type)
static int nodes;

static int Linked_push(Linked *self, PyObject *value)
{
    Node *node = PyMem_New(Node, 1);
    if (node == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    nodes++;
    Py_INCREF(value);
    node->value = value;
    node->next = NULL;
    if (self->last != NULL)
        self->last->next = node;
    else
        self->first = node;
    self->last = node;
    self->length++;
    self->state++;
    return 0;
}

static int Linked_clear(Linked *self)
{
    Node *node = self->first;
    self->first = self->last = NULL;
    self->length = 0;
    self->state++;
    while (node != NULL) {
        Node *next = node->next;
        PyObject *value = node->value;
        PyMem_Free(node);
        nodes--;
        Py_DECREF(value);
        node = next;
    }
    return 0;
}

static int Linked_traverse(Linked *self, visitproc visit, void *arg)
{
    for (Node *node = self->first; node != NULL; node = node->next)
        Py_VISIT(node->value);
    return 0;
}

static void Linked_dealloc(Linked *self)
{
    PyObject_GC_UnTrack(self);
    Py_TRASHCAN_BEGIN(self, Linked_dealloc)
    if (self->weak_list != NULL)
        PyObject_ClearWeakRefs((PyObject *)self);
    Linked_clear(self);
    Py_TYPE(self)->tp_free((PyObject *)self);
    Py_TRASHCAN_END
}

static int Linked_extend(Linked *self, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable), *item;
    if (iterator == NULL)
        return -1;
    while ((item = PyIter_Next(iterator)) != NULL) {
        int result = Linked_push(self, item);
        Py_DECREF(item);
        if (result < 0)
            break;
    }
    Py_DECREF(iterator);
    return PyErr_Occurred() ? -1 : 0;
}

static int Linked_init(Linked *self, PyObject *args, PyObject *kwds)
{
    static char *names[] = {"iterable", NULL};
    PyObject *iterable = NULL;
    if (!PyArg_ParseTupleAndKeywords(args, kwds, "|O:Linked", names, &iterable))
        return -1;
    Linked_clear(self);
    return iterable == NULL ? 0 : Linked_extend(self, iterable);
}

static Py_ssize_t Linked_length(Linked *self) { return self->length; }

static Node *Linked_at(Linked *self, Py_ssize_t index)
{
    if (index < 0 || index >= self->length) {
        PyErr_SetString(PyExc_IndexError, "Linked index out of range");
        return NULL;
    }
    Node *node = self->first;
    while (index-- > 0)
        node = node->next;
    return node;
}

static PyObject *Linked_item(Linked *self, Py_ssize_t index)
{
    Node *node = Linked_at(self, index);
    if (node == NULL)
        return NULL;
    Py_INCREF(node->value);
    return node->value;
}

static int Linked_set_item(Linked *self, Py_ssize_t index, PyObject *value)
{
    Node *node = Linked_at(self, index);
    if (node == NULL)
        return -1;
    if (value == NULL) {
        PyErr_SetString(PyExc_TypeError, "items cannot be deleted");
        return -1;
    }
    PyObject *old = node->value;
    Py_INCREF(value);
    node->value = value;
    Py_DECREF(old);
    return 0;
}

static PyObject *Linked_subscript(Linked *self, PyObject *key)
{
    if (PyIndex_Check(key)) {
        Py_ssize_t index = PyNumber_AsSsize_t(key, PyExc_IndexError);
        if (index == -1 && PyErr_Occurred())
            return NULL;
        return Linked_item(self, index < 0 ? index + self->length : index);
    }
    if (PySlice_Check(key)) {
        Py_ssize_t start, stop, step, count;
        if (PySlice_Unpack(key, &start, &stop, &step) < 0)
            return NULL;
        count = PySlice_AdjustIndices(self->length, &start, &stop, step);
        PyObject *made = PyObject_CallObject((PyObject *)Py_TYPE(self), NULL);
        for (Py_ssize_t i = 0; made != NULL && i < count; i++)
            if (Linked_push((Linked *)made, Linked_at(self, start + i * step)->value) < 0)
                Py_CLEAR(made);
        return made;
    }
    PyErr_Format(PyExc_TypeError, "Linked indices must be integers or slices, not %.200s", Py_TYPE(key)->tp_name);
    return NULL;
}

static PyObject *Linked_add(PyObject *left, PyObject *right)
{
    if (!Linked_Check(left) || !Linked_Check(right))
        Py_RETURN_NOTIMPLEMENTED;
    PyObject *made = PyObject_CallFunctionObjArgs((PyObject *)Py_TYPE(left), left, NULL);
    if (made != NULL && Linked_extend((Linked *)made, right) < 0)
        Py_CLEAR(made);
    return made;
}

static int Linked_bool(Linked *self) { return self->length != 0; }

static PyObject *Linked_compare(PyObject *left, PyObject *right, int op)
{
    if (!Linked_Check(left) || !Linked_Check(right))
        Py_RETURN_NOTIMPLEMENTED;
    Node *a = ((Linked *)left)->first, *b = ((Linked *)right)->first;
    for (; a != NULL && b != NULL; a = a->next, b = b->next) {
        int equal = PyObject_RichCompareBool(a->value, b->value, Py_EQ);
        if (equal < 0)
            return NULL;
        if (!equal)
            return PyObject_RichCompare(a->value, b->value, op);
    }
    Py_RETURN_RICHCOMPARE(((Linked *)left)->length, ((Linked *)right)->length, op);
}

static PyObject *Linked_repr(Linked *self)
{
    int entered = Py_ReprEnter((PyObject *)self);
    if (entered != 0)
        return entered > 0 ? PyUnicode_FromString("Linked(...)") : NULL;
    PyObject *list = PySequence_List((PyObject *)self), *text = NULL;
    if (list != NULL)
        text = PyUnicode_FromFormat("%s(%R)", Py_TYPE(self)->tp_name, list);
    Py_XDECREF(list);
    Py_ReprLeave((PyObject *)self);
    return text;
}

/* The iterator. */
static PyObject *Linked_iter(Linked *self)
{
    LinkedIterator *made = PyObject_GC_New(LinkedIterator, &LinkedIterator_Type);
    if (made == NULL)
        return NULL;
    Py_INCREF(self);
    made->of = self;
    made->next = self->first;
    made->state = self->state;
    PyObject_GC_Track(made);
    return (PyObject *)made;
}

static int LinkedIterator_traverse(LinkedIterator *self, visitproc visit, void *arg)
{
    Py_VISIT(self->of);
    return 0;
}

static void LinkedIterator_dealloc(LinkedIterator *self)
{
    PyObject_GC_UnTrack(self);
    Py_XDECREF(self->of);
    PyObject_GC_Del(self);
}

static PyObject *LinkedIterator_next(LinkedIterator *self)
{
    if (self->of == NULL)
        return NULL;
    if (self->state != self->of->state) {
        PyErr_SetString(PyExc_RuntimeError, "Linked changed during iteration");
        return NULL;
    }
    if (self->next == NULL) {
        Py_CLEAR(self->of);
        return NULL;
    }
    PyObject *value = self->next->value;
    self->next = self->next->next;
    Py_INCREF(value);
    return value;
}

static PyObject *LinkedIterator_hint(LinkedIterator *self, PyObject *unused)
{
    Py_ssize_t count = 0;
    (void)unused;
    for (Node *node = self->of == NULL ? NULL : self->next; node != NULL; node = node->next)
        count++;
    return PyLong_FromSsize_t(count);
}

static PyObject *Linked_append(Linked *self, PyObject *value)
{
    if (Linked_push(self, value) < 0)
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *Linked_pop(Linked *self, PyObject *const *args, Py_ssize_t count)
{
    if (count > 1) {
        PyErr_Format(PyExc_TypeError, "pop expected at most 1 argument, got %zd", count);
        return NULL;
    }
    if (self->first == NULL) {
        if (count == 1) {
            Py_INCREF(args[0]);
            return args[0];
        }
        PyErr_SetString(PyExc_IndexError, "pop from empty Linked");
        return NULL;
    }
    Node *node = self->first;
    PyObject *value = node->value;
    self->first = node->next;
    if (self->first == NULL)
        self->last = NULL;
    self->length--;
    self->state++;
    PyMem_Free(node);
    nodes--;
    return value;
}

static PyObject *Linked_apply(Linked *self, PyObject *function)
{
    if (!PyCallable_Check(function)) {
        PyErr_SetString(PyExc_TypeError, "parameter must be callable");
        return NULL;
    }
    PyObject *made = PyList_New(0);
    for (Node *node = self->first; made != NULL && node != NULL; node = node->next) {
        PyObject *result = PyObject_CallFunctionObjArgs(function, node->value, NULL);
        if (result == NULL || PyList_Append(made, result) < 0)
            Py_CLEAR(made);
        Py_XDECREF(result);
    }
    return made;
}

#define CAST(function) ((PyCFunction)(void (*)(void))(function))
static PyMethodDef Linked_methods[] = {
    {"append", CAST(Linked_append), METH_O, "Put a value at the end."},
    {"apply", CAST(Linked_apply), METH_O, NULL},
    {"pop", CAST(Linked_pop), METH_FASTCALL, "pop([default])"},
    {NULL, NULL, 0, NULL},
};
static PyMethodDef LinkedIterator_methods[] = {
    {"__length_hint__", CAST(LinkedIterator_hint), METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

#define SLOT(type, function) ((type)(void (*)(void))(function))
static PySequenceMethods Linked_sequence = {
    .sq_length = SLOT(lenfunc, Linked_length),
    .sq_item = SLOT(ssizeargfunc, Linked_item),
    .sq_ass_item = SLOT(ssizeobjargproc, Linked_set_item),
};
static PyMappingMethods Linked_mapping = {.mp_length = SLOT(lenfunc, Linked_length), .mp_subscript = SLOT(binaryfunc, Linked_subscript)};
static PyNumberMethods Linked_number = {.nb_add = Linked_add, .nb_bool = SLOT(inquiry, Linked_bool)};

static PyTypeObject Linked_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "linked.Linked",
    .tp_basicsize = sizeof(Linked),
    .tp_dealloc = SLOT(destructor, Linked_dealloc),
    .tp_repr = SLOT(reprfunc, Linked_repr),
    .tp_as_number = &Linked_number,
    .tp_as_sequence = &Linked_sequence,
    .tp_as_mapping = &Linked_mapping,
    .tp_hash = PyObject_HashNotImplemented,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = SLOT(traverseproc, Linked_traverse),
    .tp_clear = SLOT(inquiry, Linked_clear),
    .tp_richcompare = Linked_compare,
    .tp_weaklistoffset = offsetof(Linked, weak_list),
    .tp_iter = SLOT(getiterfunc, Linked_iter),
    .tp_methods = Linked_methods,
    .tp_init = SLOT(initproc, Linked_init),
    .tp_new = PyType_GenericNew,
};
static PyTypeObject LinkedIterator_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "linked.LinkedIterator",
    .tp_basicsize = sizeof(LinkedIterator),
    .tp_dealloc = SLOT(destructor, LinkedIterator_dealloc),
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC,
    .tp_traverse = SLOT(traverseproc, LinkedIterator_traverse),
    .tp_iter = PyObject_SelfIter,
    .tp_iternext = SLOT(iternextfunc, LinkedIterator_next),
    .tp_methods = LinkedIterator_methods,
};

static PyObject *made(const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *list = Py_VaBuildValue(format, values);
    va_end(values);
    PyObject *linked = PyObject_CallFunctionObjArgs((PyObject *)&Linked_Type, list, NULL);
    Py_DECREF(list);
    return linked;
}

static void start(void)
{
    Py_Initialize();
    check_int("ready", PyType_Ready(&Linked_Type) + PyType_Ready(&LinkedIterator_Type));
}

static void items(void)
{
    start();
    PyObject *l = made("[iisd]", 1, 2, "three", 4.5);
    check_object("repr", PyObject_Repr(l));
    check_int("length", PyObject_Size(l));
    check_bool("is_both", PySequence_Check(l) && PyMapping_Check(l));
    check_object("first", PySequence_GetItem(l, 0));
    check_object("last", PySequence_GetItem(l, -1));
    check_object("outside", PySequence_GetItem(l, 4));
    check_object("key", PyObject_GetItem(l, PyLong_FromLong(-2)));
    check_object("slice", PyObject_GetItem(l, PySlice_New(PyLong_FromLong(1), NULL, PyLong_FromLong(2))));
    check_object("backwards", PyObject_GetItem(l, PySlice_New(NULL, NULL, PyLong_FromLong(-1))));
    check_object("text_key", PyObject_GetItem(l, PyUnicode_FromString("x")));
    check_object("huge_key", PyObject_GetItem(l, PyLong_FromString("99999999999999999999", NULL, 10)));
    check_int("set", PySequence_SetItem(l, -1, Py_None));
    check_int("set_key", PyObject_SetItem(l, PyLong_FromLong(0), Py_True));
    check_error("set_key_error");
    check_int("delete", PySequence_DelItem(l, 0));
    check_error("delete_error");
    check_object("after", PyObject_Repr(l));
    check_bool("contains", PySequence_Contains(l, PyLong_FromLong(2)));
    check_int("index", PySequence_Index(l, Py_None));
    check_int("no_index", PySequence_Index(l, Py_Ellipsis));
    check_error("no_index_error");
    check_int("count", PySequence_Count(l, PyLong_FromLong(2)));
    check_object("tuple", PySequence_Tuple(l));
    check_object("concat", PySequence_Concat(l, l));
    check_object("sum", PyNumber_Add(l, made("[i]", 9)));
    check_object("sum_bad", PyNumber_Add(l, Py_None));
    check_object("hash", PyLong_FromSsize_t(PyObject_Hash(l)) == NULL ? NULL : PyUnicode_FromString("none"));
    PyErr_Clear();
    check_bool("true", PyObject_IsTrue(l) && !PyObject_IsTrue(made("[]")));
    check_object("not_iterable", PyObject_CallFunction((PyObject *)&Linked_Type, "i", 3));
}

static void iterated(void)
{
    start();
    PyObject *l = made("[iii]", 1, 2, 3), *iterator = PyObject_GetIter(l);
    check_bool("is_iterator", PyIter_Check(iterator));
    check_int("hint", PyObject_LengthHint(iterator, 99));
    check_object("next", PyIter_Next(iterator));
    check_int("hint_less", PyObject_LengthHint(iterator, 99));
    check_object("rest", PySequence_List(iterator));
    check_bool("end", PyIter_Next(iterator) == NULL && !PyErr_Occurred());
    iterator = PyObject_GetIter(l);
    check_object("append", PyObject_CallMethod(l, "append", "s", "more"));
    check_object("changed", PyIter_Next(iterator));
    check_object("pop", PyObject_CallMethod(l, "pop", NULL));
    check_object("pop_default", PyObject_CallMethod(made("[]"), "pop", "s", "none"));
    check_object("pop_empty", PyObject_CallMethod(made("[]"), "pop", NULL));
    check_object("pop_many", PyObject_CallMethod(l, "pop", "ii", 1, 2));
    check_object("apply", PyObject_CallMethod(l, "apply", "O", (PyObject *)&PyType_Type));
    check_object("apply_bad", PyObject_CallMethod(l, "apply", "O", l));
    PyObject *slot = PyObject_GetAttrString(l, "__getitem__");
    check_object("as_method", PyObject_CallFunction(slot, "i", 1));
    check_object("iter", PySequence_List(PyObject_CallMethod(l, "__iter__", NULL)));
}

static void compared(void)
{
    start();
    PyObject *a = made("[ii]", 1, 2), *b = made("[iii]", 1, 2, 3), *c = made("[ii]", 1, 9);
    for (int op = Py_LT; op <= Py_GE; op++) {
        char name[16];
        snprintf(name, sizeof name, "a_%d_b", op);
        check_object(name, PyObject_RichCompare(a, b, op));
        snprintf(name, sizeof name, "c_%d_b", op);
        check_object(name, PyObject_RichCompare(c, b, op));
        snprintf(name, sizeof name, "a_%d_1", op);
        check_object(name, PyObject_RichCompare(a, PyLong_FromLong(1), op));
    }
    check_object("unlike", PyObject_RichCompare(made("[s]", "x"), a, Py_LT));
    PyObject *list = Py_BuildValue("[OOO]", b, c, a);
    check_int("sort", PyList_Sort(list));
    check_object("sorted", list);
}

/* In itself, deep in others, and thrown away. */
static void thrown_away(void)
{
    start();
    PyObject *l = made("[i]", 1), *reference = PyWeakref_NewRef(l, NULL);
    check_object("append", PyObject_CallMethod(l, "append", "O", l));
    check_object("repr", PyObject_Repr(l));
    check_bool("tracked", PyObject_GC_IsTracked(l));
    check_int("nodes", nodes);
    Py_DECREF(l);
    PyGC_Collect();
    check_int("nodes_after", nodes);
    check_bool("reference_is_dead", PyWeakref_GetObject(reference) == Py_None);
    l = made("[]");
    for (int i = 0; i < 200000; i++) {
        PyObject *outer = PyObject_CallFunctionObjArgs((PyObject *)&Linked_Type, NULL);
        Linked_push((Linked *)outer, l);
        Py_DECREF(l);
        l = outer;
    }
    check_int("nodes_deep", nodes);
    Py_DECREF(l);
    check_int("nodes_deep_after", nodes);
}

static const check_case cases[] = {
    {"items", items, NULL},
    {"iterated", iterated, NULL},
    {"compared", compared, NULL},
    {"thrown_away", thrown_away, NULL},
};
CHECK_MAIN(cases)
