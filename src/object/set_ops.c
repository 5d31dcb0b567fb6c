/* set_ops.c: sets as text, their comparison as parts of each other, the operators.
 *
 * Owns: the above. Items are looked up by other code's comparisons, so a set that is walked over may change: the walk goes on with
 * what there is. The result of an operator is a set or frozenset as its left side is. Read set.h first. */
#include "set.h"

/* {1, 2}, set(), frozenset({1, 2}) */
static void set_write(object_text *text, PyObject *self, int *result)
{
    Py_ssize_t at = 0;
    Py_hash_t hash;
    PyObject *item;
    for (bool is_first = true; *result == 0 && (item = set_next(self, &at, &hash)) != NULL; is_first = false) {
        object_text_ascii(text, is_first ? "" : ", ");
        *result = object_text_repr(text, item);
        Py_DECREF(item);
    }
}

PyObject *set_repr(PyObject *self)
{
    const char *name = Py_TYPE(self)->tp_name;
    bool is_named = !PySet_CheckExact(self);
    int result = object_repr_enter(self);
    if (result != 0)
        return result < 0 ? NULL : object_unicode_from_format("%s(...)", name);
    object_text text;
    object_text_open(&text);
    bool is_empty = SET_COUNT(self) == 0;
    if (is_named || is_empty)
        object_text_ascii(&text, name);
    object_text_ascii(&text, is_empty ? "(" : is_named ? "({" : "{");
    set_write(&text, self, &result);
    object_text_ascii(&text, is_empty ? ")" : is_named ? "})" : "}");
    object_repr_leave(self);
    if (result == 0)
        return object_text_close(&text);
    object_text_drop(&text);
    return NULL;
}

/* Is every item of `part` in `whole`? 1, 0, -1. */
static int is_part(PyObject *part, PyObject *whole)
{
    Py_ssize_t at = 0;
    Py_hash_t hash;
    PyObject *item;
    int result = SET_COUNT(part) <= SET_COUNT(whole);
    while (result > 0 && (item = set_next(part, &at, &hash)) != NULL) {
        result = set_has(whole, item, hash);
        Py_DECREF(item);
    }
    return result;
}

static int is_equal(PyObject *left, PyObject *right)
{
    if (SET_COUNT(left) != SET_COUNT(right))
        return 0;
    if (SET(left)->hash != -1 && SET(right)->hash != -1 && SET(left)->hash != SET(right)->hash)
        return 0;
    return is_part(left, right);
}

PyObject *set_compare(PyObject *left, PyObject *right, int op)
{
    int result;
    if (!set_is_any(left) || !set_is_any(right))
        return Py_NewRef(Py_NotImplemented);
    switch (op) {
    case Py_EQ: result = is_equal(left, right); break;
    case Py_NE: result = is_equal(left, right); break;
    case Py_LE: result = is_part(left, right); break;
    case Py_GE: result = is_part(right, left); break;
    case Py_LT: result = SET_COUNT(left) < SET_COUNT(right) ? is_part(left, right) : 0; break;
    default: result = SET_COUNT(left) > SET_COUNT(right) ? is_part(right, left) : 0; break;
    }
    return result < 0 ? NULL : object_bool(op == Py_NE ? !result : result);
}

/* Put into `made` the items of `from` that are, or are not, in `other`. */
static int put_selected(PyObject *made, PyObject *from, PyObject *other, bool is_in)
{
    Py_ssize_t at = 0;
    Py_hash_t hash;
    PyObject *item;
    int result = 0;
    while (result == 0 && (item = set_next(from, &at, &hash)) != NULL) {
        int found = set_has(other, item, hash);
        if (found == is_in)
            result = set_put(made, item, hash);
        Py_DECREF(item);
        result = found < 0 ? -1 : result;
    }
    return result;
}

static PyObject *combine(PyObject *left, PyObject *right, char op)
{
    if (!set_is_any(left) || !set_is_any(right))
        return Py_NewRef(Py_NotImplemented);
    PyObject *made = set_make(set_base_type(left), op == '|' ? left : NULL);
    int result = made == NULL ? -1 : 0;
    if (result == 0 && op == '|')
        result = set_update(made, right);
    else if (result == 0 && op == '&')
        result = SET_COUNT(left) < SET_COUNT(right) ? put_selected(made, left, right, true) : put_selected(made, right, left, true);
    else if (result == 0)
        result = put_selected(made, left, right, false);
    if (result == 0 && op == '^')
        result = put_selected(made, right, left, false);
    if (result != 0)
        Py_CLEAR(made);
    return made;
}

static PyObject *set_or(PyObject *left, PyObject *right) { return combine(left, right, '|'); }
static PyObject *set_and(PyObject *left, PyObject *right) { return combine(left, right, '&'); }
static PyObject *set_subtract(PyObject *left, PyObject *right) { return combine(left, right, '-'); }
static PyObject *set_xor(PyObject *left, PyObject *right) { return combine(left, right, '^'); }

/* The set gets the table of what the operator makes; that one takes the old table with it. */
static PyObject *combine_in_place(PyObject *self, PyObject *other, char op)
{
    if (!set_is_any(other))
        return Py_NewRef(Py_NotImplemented);
    PyObject *made = combine(self, other, op);
    if (made == NULL)
        return NULL;
    PyDictObject *mine = TABLE_OWNER(self), *new = TABLE_OWNER(made), old = *mine;
    mine->ma_used = new->ma_used;
    mine->ma_keys = new->ma_keys;
    new->ma_used = old.ma_used;
    new->ma_keys = old.ma_keys;
    Py_DECREF(made);
    return Py_NewRef(self);
}

static PyObject *set_inplace_or(PyObject *self, PyObject *other)
{
    if (!set_is_any(other))
        return Py_NewRef(Py_NotImplemented);
    return set_update(self, other) != 0 ? NULL : Py_NewRef(self);
}

static PyObject *set_inplace_and(PyObject *self, PyObject *other) { return combine_in_place(self, other, '&'); }
static PyObject *set_inplace_subtract(PyObject *self, PyObject *other) { return combine_in_place(self, other, '-'); }
static PyObject *set_inplace_xor(PyObject *self, PyObject *other) { return combine_in_place(self, other, '^'); }

PyNumberMethods set_as_number = {
    .nb_subtract = set_subtract,
    .nb_and = set_and,
    .nb_xor = set_xor,
    .nb_or = set_or,
    .nb_inplace_subtract = set_inplace_subtract,
    .nb_inplace_and = set_inplace_and,
    .nb_inplace_xor = set_inplace_xor,
    .nb_inplace_or = set_inplace_or,
};

PyNumberMethods frozenset_as_number = {
    .nb_subtract = set_subtract,
    .nb_and = set_and,
    .nb_xor = set_xor,
    .nb_or = set_or,
};
