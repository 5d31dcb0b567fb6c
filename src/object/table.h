/* table.h: the table behind dicts and sets: entries in the order of insertion, and what finds one by the hash of its key.
 *
 *   | head | index | entries: key, a dict's value, hash (left out while all keys are exact str, which keep their own) | ...
 *
 * An entry is one to three words. One that is taken out leaves a gap, whose key is NULL and whose place is
 * not used again; at the end the table is cut off, with a new serial. The index of a small table is one word with a byte for each entry: a tag, made of the hash,
 * or 0 where there is nothing to be found. That of a larger one is a power of two of places, each the number of an entry in as
 * few bytes as will do, EMPTY or DELETED. A table with no room left is made anew, without its gaps.
 *
 * 0 <= owner->ma_used <= used <= room; the last entry is no gap. Only files of this room include this. Read docs/internals/object.md first. */
#ifndef PYMM_OBJECT_TABLE_H
#define PYMM_OBJECT_TABLE_H

#include "object.h"

typedef struct pymm_table {
    uint8_t index_log2;  /* places in the index; TABLE_TAGS_LOG2: tags */
    uint8_t index_bytes; /* of a place */
    uint8_t stride;      /* words of an entry */
    bool has_values;     /* it is a dict's */
    bool has_hashes;     /* some key is not an exact str */
    uint32_t serial;     /* no other table that lay here had it, nor this one before it was cut off */
    Py_ssize_t room, used; /* entries that fit; entries in use, gaps included */
} table;

#define TABLE_TAGS_LOG2 3
#define TABLE_TAGS_ROOM 8 /* most entries of a small table; a dict's has 5 */
#define TABLE_EMPTY (-1)
#define TABLE_DELETED (-2)

/* The tables of all empty dicts and sets. */
extern struct table_nothing {
    table head;
    uint64_t tags;
} table_empty_dict, table_empty_set;

/* Dicts and sets begin alike. */
#define TABLE_OWNER(op) ((PyDictObject *)(op))

PYMM_INLINE table *table_of(PyObject *owner) { return TABLE_OWNER(owner)->ma_keys; }
PYMM_INLINE void *table_index(table *self) { return self + 1; }
PYMM_INLINE PyObject **table_entry(table *self, Py_ssize_t at)
{
    char *entries = (char *)(self + 1) + ((size_t)self->index_bytes << self->index_log2);
    return (PyObject **)entries + at * self->stride;
}
PYMM_INLINE Py_hash_t table_entry_hash(table *self, PyObject **entry)
{
    return self->has_hashes ? (Py_hash_t)entry[self->stride - 1] : ((PyASCIIObject *)entry[0])->hash;
}

/* The hash of a key; -1: an exception is set. */
PYMM_INLINE Py_hash_t table_hash(PyObject *key)
{
    Py_hash_t hash = PyUnicode_CheckExact(key) ? ((PyASCIIObject *)key)->hash : -1;
    return hash != -1 ? hash : object_hash(key);
}

/* Find a key: 1 and the number of its entry, 0 when it is not there, -1 when a comparison failed. Comparisons run other code,
 * which may change the owner: what the caller knew of the table before is void. It has references to owner and key. */
int table_find(PyObject *owner, PyObject *key, Py_hash_t hash, Py_ssize_t *at);
/* Put in a key that is not there; of a set `value` is NULL. References are taken. 0, or -1 with MemoryError and no change. */
int table_add(PyObject *owner, PyObject *key, Py_hash_t hash, PyObject *value);
/* Take an entry out. Its references go to the caller, who drops them when the owner is whole again. */
PyObject *table_take(PyObject *owner, Py_ssize_t at, PyObject **value);
/* The number of the last entry of an owner that is not empty. */
PYMM_INLINE Py_ssize_t table_last(PyObject *owner) { return table_of(owner)->used - 1; }
/* The next entry at or behind *at, which moves on; NULL at the end. The last one before *at, which moves back. */
PyObject **table_next(PyObject *owner, Py_ssize_t *at);
PyObject **table_previous(PyObject *owner, Py_ssize_t *at);
/* Let go of all entries; the owner is empty before the first destructor runs. */
void table_clear(PyObject *owner);
/* Room for `count` entries in all, without growing on the way. 0, or -1. */
int table_reserve(PyObject *owner, Py_ssize_t count);
/* Give an owner, which is empty, the entries of another one of its kind. 0, or -1. */
int table_copy(PyObject *owner, PyObject *from);
int table_visit(PyObject *owner, visitproc visit, void *arg);
/* Is the key at `at` still the one it was, after other code has run? `then`: serial of the table at that time. */
bool table_has_still(PyObject *owner, uint32_t then, Py_ssize_t at);

/* KeyError with that key (dict.c). */
void table_set_key_error(PyObject *key);

/* dict_view.c: a view of that type. dict_iter.c: an iterator of that type. */
PyObject *dict_view_new(PyTypeObject *type, PyObject *dict);
PyObject *dict_iter_new(PyTypeObject *type, PyObject *dict);

/* dict_merge.c: put in what a call of `name` with these arguments says; a mapping or pairs. 0, or -1. */
int dict_update_from(PyObject *self, const char *name, PyObject *args, PyObject *keywords);
int dict_update_argument(PyObject *self, PyObject *argument);

extern PyMethodDef dict_methods[]; /* dict_methods.c */
#endif
