/* access.h: attributes, descriptors, functions and calls: what object.h says of them. Other rooms include object.h.
 *
 * Owns: the declarations of attribute.c, member.c, descriptor*.c, function.c, call*.c, instance_of.c. Names of attributes are
 * str; another type is TypeError. Functions that fail return NULL or -1 with an exception set, unless they say otherwise. */
#ifndef PYMM_OBJECT_ACCESS_H
#define PYMM_OBJECT_ACCESS_H

#include "python/descrobject.h"
#include "python/genericaliasobject.h"
#include "python/methodobject.h"
#include "python/object.h"
#include "python/pycall.h"

/* Attributes (attribute.c). --------------------------------------------------------------------------------------------- */

PyObject *object_attribute_get(PyObject *op, PyObject *name);
PyObject *object_attribute_get_utf8(PyObject *op, const char *name);
/* 1: *value is a new reference; 0: there is none, no exception is set, *value is NULL; -1. */
int object_attribute_find(PyObject *op, PyObject *name, PyObject **value);
int object_attribute_find_utf8(PyObject *op, const char *name, PyObject **value);
int object_attribute_set(PyObject *op, PyObject *name, PyObject *value); /* value NULL: delete */
int object_attribute_set_utf8(PyObject *op, const char *name, PyObject *value);
/* The slots of types that do not say otherwise: descriptors of the type, the object's dict. */
PyObject *object_generic_get(PyObject *op, PyObject *name);
int object_generic_set(PyObject *op, PyObject *name, PyObject *value);
/* The getter and setter of __dict__. */
PyObject *object_generic_get_dict(PyObject *op, void *context);
int object_generic_set_dict(PyObject *op, PyObject *value, void *context);
/* As object_generic_get and set, with `dict` in the place of the object's own, unless that is NULL; find: no AttributeError. */
PyObject *object_generic_find(PyObject *op, PyObject *name, PyObject *dict);
PyObject *object_generic_get_with(PyObject *op, PyObject *name, PyObject *dict);
int object_generic_set_with(PyObject *op, PyObject *name, PyObject *value, PyObject *dict);
/* What the type or one of its bases has under that name: borrowed, with nothing bound; NULL: nothing, and no exception. */
PyObject *object_type_lookup(PyTypeObject *type, PyObject *name);
PyObject *object_type_lookup_utf8(PyTypeObject *type, const char *name);
PyObject *object_type_special_utf8(PyObject *op, const char *name); /* the same of op's type, bound to op; a new reference */
PyObject *object_type_attribute_get(PyObject *type, PyObject *name); /* the tp_getattro of types */
int object_type_attribute_set(PyObject *type, PyObject *name, PyObject *value);
/* Names of a type: str, new references. */
PyObject *object_type_name_text(PyTypeObject *type);
PyObject *object_type_qualified_name(PyTypeObject *type);
PyObject *object_type_module_name(PyTypeObject *type);
PyObject *object_doc_text(const char *name, const char *doc); /* without the line of arguments; NULL: None */
PyObject *object_doc_signature(const char *name, const char *doc); /* the arguments in their parentheses, or None */

/* Members of C structs (member.c). */
PyObject *object_member_get(const char *start, const PyMemberDef *member);
int object_member_set(char *start, const PyMemberDef *member, PyObject *value);

/* Descriptors (descriptor.c): what a type's tables become in its dict. */
PyObject *object_method_descriptor(PyTypeObject *type, PyMethodDef *method);
PyObject *object_class_method_descriptor(PyTypeObject *type, PyMethodDef *method);
PyObject *object_member_descriptor(PyTypeObject *type, PyMemberDef *member);
PyObject *object_getset_descriptor(PyTypeObject *type, PyGetSetDef *getset);
/* For the files of descriptors: a new one, its end, what it visits, what they all have, does it apply to `op`? */
PyObject *object_descriptor_new(PyTypeObject *kind, PyTypeObject *type, const char *name);
void object_descriptor_dealloc(PyObject *op);
int object_descriptor_traverse(PyObject *op, visitproc visit, void *arg);
bool object_descriptor_applies(PyObject *descriptor, PyObject *op);
extern PyMemberDef object_descriptor_members[];

PyObject *object_mapping_view(PyObject *mapping); /* mapping_view.c */
PyObject *object_generic_alias(PyObject *origin, PyObject *args); /* generic_alias.c */

/* Functions of C (function.c). */
PyObject *object_function_new(PyMethodDef *method, PyObject *self, PyObject *module, PyTypeObject *type);
/* One call of a PyMethodDef: of what object (for messages), with what `self`, and of which type if it has METH_METHOD. */
typedef struct object_method_call {
    PyObject *callable;
    const PyMethodDef *method;
    PyObject *self;
    PyTypeObject *type;
} object_method_call;
PyObject *object_method_invoke(const object_method_call *call, PyObject *const *args, Py_ssize_t count, PyObject *names);
PyObject *object_method_needs_self(PyObject *callable); /* TypeError; NULL */
/* Bound methods, staticmethod, classmethod (method.c). */
PyObject *object_method_new(PyObject *function, PyObject *self);
PyObject *object_static_method(PyObject *callable);
PyObject *object_class_method(PyObject *callable);

/* Calls (call.c). `args` is a tuple, `kwds` a dict or NULL. Vectorcall: as PyObject_Vectorcall. ------------------------------ */

bool object_is_callable(PyObject *op);
PyObject *object_call(PyObject *callable, PyObject *args, PyObject *kwds);
PyObject *object_vectorcall(PyObject *callable, PyObject *const *args, size_t count_and_flag, PyObject *names);
PyObject *object_vectorcall_dict(PyObject *callable, PyObject *const *args, size_t count_and_flag, PyObject *kwds);
PyObject *object_vectorcall_method(PyObject *name, PyObject *const *args, size_t count_and_flag, PyObject *names);
PyObject *object_vectorcall_as_call(PyObject *callable, PyObject *args, PyObject *kwds); /* PyVectorcall_Call */
vectorcallfunc object_vectorcall_function(PyObject *callable);
/* The objects up to a NULL are the arguments; `first`, if it is not NULL, comes before them. */
PyObject *object_call_objects(PyObject *callable, PyObject *first, va_list *objects);
/* With the arguments that a format of Py_BuildValue makes. */
PyObject *object_call_format(PyObject *callable, const char *format, va_list arguments);
PyObject *object_call_method_format(PyObject *op, const char *name, const char *format, va_list arguments);
PyObject *object_keywords_as_dict(PyObject *const *values, PyObject *names);
/* SystemError if what a call returned and whether an exception is set contradict each other; then NULL. */
PyObject *object_call_check(PyObject *callable, PyObject *result);
/* Is it a subclass's instance ... as isinstance() and issubclass() see it, with __instancecheck__ of metaclasses. 1, 0, -1. */
int object_is_instance(PyObject *op, PyObject *of);
int object_is_subclass(PyObject *derived, PyObject *of);
int object_is_instance_plain(PyObject *op, PyObject *of); /* without them */
int object_is_subclass_plain(PyObject *derived, PyObject *of);
#endif
