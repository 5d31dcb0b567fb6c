/* dictobject.h: dictionaries.
 *
 * Owns: the layout of dictionaries and PyDict_*. Include Python.h, not this file.
 * Order is that of insertion. Unless it says otherwise a function that gets something else than a dictionary fails with
 * SystemError (bad argument to internal function); a key that cannot be hashed is TypeError. The GIL is to be held.
 * Since pymm 0.1; text: "Dictionary Objects". */
#ifndef Py_DICTOBJECT_H
#define Py_DICTOBJECT_H

#include "object.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
    PyObject_HEAD
    Py_ssize_t ma_used; /* items */
    struct pymm_table *ma_keys; /* never NULL */
} PyDictObject;

PyAPI_DATA(PyTypeObject) PyDict_Type;
PyAPI_DATA(PyTypeObject) PyDictKeys_Type;
PyAPI_DATA(PyTypeObject) PyDictValues_Type;
PyAPI_DATA(PyTypeObject) PyDictItems_Type;
PyAPI_DATA(PyTypeObject) PyDictIterKey_Type;
PyAPI_DATA(PyTypeObject) PyDictIterValue_Type;
PyAPI_DATA(PyTypeObject) PyDictIterItem_Type;
PyAPI_DATA(PyTypeObject) PyDictRevIterKey_Type;
PyAPI_DATA(PyTypeObject) PyDictRevIterValue_Type;
PyAPI_DATA(PyTypeObject) PyDictRevIterItem_Type;

#define PyDict_Check(op) PyType_FastSubclass(Py_TYPE(op), Py_TPFLAGS_DICT_SUBCLASS)
#define PyDict_CheckExact(op) Py_IS_TYPE((PyObject *)(op), &PyDict_Type)
#define PyDictKeys_Check(op) PyObject_TypeCheck((op), &PyDictKeys_Type)
#define PyDictValues_Check(op) PyObject_TypeCheck((op), &PyDictValues_Type)
#define PyDictItems_Check(op) PyObject_TypeCheck((op), &PyDictItems_Type)
#define PyDictViewSet_Check(op) (PyDictKeys_Check(op) || PyDictItems_Check(op))

PyAPI_FUNC(PyObject *) PyDict_New(void);
/* Functions called ...String take a key in UTF-8, which becomes a str.
 * Borrowed. NULL when the key is not there, with no exception set; GetItem and
 * GetItemString also when there was an error, which they drop. GetItemWithError sets one. */
PyAPI_FUNC(PyObject *) PyDict_GetItem(PyObject *dict, PyObject *key);
PyAPI_FUNC(PyObject *) PyDict_GetItemString(PyObject *dict, const char *key);
PyAPI_FUNC(PyObject *) PyDict_GetItemWithError(PyObject *dict, PyObject *key);
/* 1 and a new reference in *result; 0 and NULL when the key is not there; -1 and NULL on error. */
PyAPI_FUNC(int) PyDict_GetItemRef(PyObject *dict, PyObject *key, PyObject **result);
PyAPI_FUNC(int) PyDict_GetItemStringRef(PyObject *dict, const char *key, PyObject **result);
/* These take references of their own. 0, or -1. */
PyAPI_FUNC(int) PyDict_SetItem(PyObject *dict, PyObject *key, PyObject *value);
PyAPI_FUNC(int) PyDict_SetItemString(PyObject *dict, const char *key, PyObject *value);
/* The value of `key`, after putting `value` there if there was none. Borrowed; SetDefaultRef: 1 when it was there, 0 when
 * it was put in, -1 on error, and a new reference in *result (if that is not NULL). */
PyAPI_FUNC(PyObject *) PyDict_SetDefault(PyObject *dict, PyObject *key, PyObject *value);
PyAPI_FUNC(int) PyDict_SetDefaultRef(PyObject *dict, PyObject *key, PyObject *value, PyObject **result);
/* 0, or -1; KeyError when the key is not there. */
PyAPI_FUNC(int) PyDict_DelItem(PyObject *dict, PyObject *key);
PyAPI_FUNC(int) PyDict_DelItemString(PyObject *dict, const char *key);
/* Take the key out: 1 and its value in *result (a new reference; dropped if `result` is NULL), 0 if it was not there, -1. */
PyAPI_FUNC(int) PyDict_Pop(PyObject *dict, PyObject *key, PyObject **result);
PyAPI_FUNC(int) PyDict_PopString(PyObject *dict, const char *key, PyObject **result);
/* 1, 0 or -1. */
PyAPI_FUNC(int) PyDict_Contains(PyObject *dict, PyObject *key);
PyAPI_FUNC(int) PyDict_ContainsString(PyObject *dict, const char *key);
PyAPI_FUNC(Py_ssize_t) PyDict_Size(PyObject *dict);
PyAPI_FUNC(void) PyDict_Clear(PyObject *dict);
/* The next item, borrowed; *position starts at 0 and belongs to this function. 0 at the end. Values may be replaced on the
 * way, keys may not come or go. */
PyAPI_FUNC(int) PyDict_Next(PyObject *dict, Py_ssize_t *position, PyObject **key, PyObject **value);
/* New lists. */
PyAPI_FUNC(PyObject *) PyDict_Keys(PyObject *dict);
PyAPI_FUNC(PyObject *) PyDict_Values(PyObject *dict);
PyAPI_FUNC(PyObject *) PyDict_Items(PyObject *dict);
PyAPI_FUNC(PyObject *) PyDict_Copy(PyObject *dict);
/* Put the items of another dictionary, or of a mapping with keys(), into `dict`; keys already there are replaced if
 * `override` is not 0. Update is Merge that overrides. MergeFromSeq2 takes pairs. 0, or -1 with what came before put in. */
PyAPI_FUNC(int) PyDict_Merge(PyObject *dict, PyObject *other, int override);
PyAPI_FUNC(int) PyDict_Update(PyObject *dict, PyObject *other);
PyAPI_FUNC(int) PyDict_MergeFromSeq2(PyObject *dict, PyObject *pairs, int override);

static inline Py_ssize_t PyDict_GET_SIZE(PyObject *dict) { return ((PyDictObject *)dict)->ma_used; }
#define PyDict_GET_SIZE(op) PyDict_GET_SIZE((PyObject *)(op))

#ifdef __cplusplus
}
#endif
#endif
