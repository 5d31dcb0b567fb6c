/* number.c: the number protocol: which side's slot is asked, and what is said when there is none.
 *
 * Owns: PyNumber_* for any object. Sequences are added and repeated here, too, where a number's slots have no answer.
 * Does not own: int() and float() of objects (number_convert.c). Read object.h first. */
#include "object.h"

/* Slots are found by where they are in PyNumberMethods. */
#define BINARY(name) offsetof(PyNumberMethods, name)

static binaryfunc slot_at(PyTypeObject *type, size_t offset)
{
    return type->tp_as_number == NULL ? NULL : *(binaryfunc *)((char *)type->tp_as_number + offset);
}

/* A type that is derived from the other one's is asked first. NotImplemented, owned: neither side has an answer. */
static PyObject *ask_both(PyObject *a, PyObject *b, size_t offset)
{
    PyTypeObject *a_type = Py_TYPE(a), *b_type = Py_TYPE(b);
    binaryfunc first = slot_at(a_type, offset), second = a_type == b_type ? NULL : slot_at(b_type, offset);
    PyObject *result;
    if (second == first)
        second = NULL;
    if (first != NULL && second != NULL && object_type_is_subtype(b_type, a_type)) {
        if ((result = second(a, b)) != Py_NotImplemented)
            return result;
        Py_DECREF(result);
        second = NULL;
    }
    if (first != NULL) {
        if ((result = first(a, b)) != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return second != NULL ? second(a, b) : Py_NewRef(Py_NotImplemented);
}

static PyObject *null_given(void)
{
    if (object_error_occurred() == NULL)
        object_error_set(PyExc_SystemError, "null argument to internal routine");
    return NULL;
}

static PyObject *no_operation(PyObject *a, PyObject *b, const char *sign)
{
    return object_error_format(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s' and '%.100s'", sign,
                               Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name);
}

/* The slot that changes a in its place, and only if there is none or it declines, the plain one. */
static PyObject *ask_in_place(PyObject *a, PyObject *b, size_t in_place, size_t offset)
{
    binaryfunc slot = slot_at(Py_TYPE(a), in_place);
    PyObject *result = slot == NULL ? NULL : slot(a, b);
    if (slot != NULL && result != Py_NotImplemented)
        return result;
    Py_XDECREF(result);
    return ask_both(a, b, offset);
}

/* Takes an answer: NotImplemented becomes TypeError. */
static PyObject *answered(PyObject *result, PyObject *a, PyObject *b, const char *sign)
{
    if (result != Py_NotImplemented)
        return result;
    Py_DECREF(result);
    return no_operation(a, b, sign);
}

/* Operations by number, in the order of the enumeration in numbers.h. */
static const struct operation {
    size_t offset, in_place;
    const char *sign, *in_place_sign;
} operations[] = {
    [OBJECT_ADD] = {BINARY(nb_add), BINARY(nb_inplace_add), "+", "+="},
    [OBJECT_SUBTRACT] = {BINARY(nb_subtract), BINARY(nb_inplace_subtract), "-", "-="},
    [OBJECT_MULTIPLY] = {BINARY(nb_multiply), BINARY(nb_inplace_multiply), "*", "*="},
    [OBJECT_MATRIX_MULTIPLY] = {BINARY(nb_matrix_multiply), BINARY(nb_inplace_matrix_multiply), "@", "@="},
    [OBJECT_FLOOR_DIVIDE] = {BINARY(nb_floor_divide), BINARY(nb_inplace_floor_divide), "//", "//="},
    [OBJECT_TRUE_DIVIDE] = {BINARY(nb_true_divide), BINARY(nb_inplace_true_divide), "/", "/="},
    [OBJECT_REMAINDER] = {BINARY(nb_remainder), BINARY(nb_inplace_remainder), "%", "%="},
    [OBJECT_DIVMOD] = {BINARY(nb_divmod), BINARY(nb_divmod), "divmod()", "divmod()"},
    [OBJECT_SHIFT_LEFT] = {BINARY(nb_lshift), BINARY(nb_inplace_lshift), "<<", "<<="},
    [OBJECT_SHIFT_RIGHT] = {BINARY(nb_rshift), BINARY(nb_inplace_rshift), ">>", ">>="},
    [OBJECT_AND] = {BINARY(nb_and), BINARY(nb_inplace_and), "&", "&="},
    [OBJECT_XOR] = {BINARY(nb_xor), BINARY(nb_inplace_xor), "^", "^="},
    [OBJECT_OR] = {BINARY(nb_or), BINARY(nb_inplace_or), "|", "|="},
};

/* seq * number, where no number's slot has an answer. */
static PyObject *repeat(PyObject *sequence, PyObject *count, ssizeargfunc slot)
{
    if (Py_TYPE(count)->tp_as_number == NULL || Py_TYPE(count)->tp_as_number->nb_index == NULL)
        return object_error_format(PyExc_TypeError, "can't multiply sequence by non-int of type '%.200s'", Py_TYPE(count)->tp_name);
    Py_ssize_t times = object_number_as_ssize(count, PyExc_OverflowError);
    return times == -1 && object_error_occurred() != NULL ? NULL : slot(sequence, times);
}

static ssizeargfunc repeat_slot(PyObject *op, bool is_in_place)
{
    PySequenceMethods *methods = Py_TYPE(op)->tp_as_sequence;
    if (methods == NULL)
        return NULL;
    return is_in_place && methods->sq_inplace_repeat != NULL ? methods->sq_inplace_repeat : methods->sq_repeat;
}

static binaryfunc concat_slot(PyObject *op, bool is_in_place)
{
    PySequenceMethods *methods = Py_TYPE(op)->tp_as_sequence;
    if (methods == NULL)
        return NULL;
    return is_in_place && methods->sq_inplace_concat != NULL ? methods->sq_inplace_concat : methods->sq_concat;
}

/* + and * of sequences. NULL with no exception: they are none. */
static PyObject *ask_sequences(PyObject *a, PyObject *b, enum object_operation what, bool is_in_place)
{
    if (what == OBJECT_ADD) {
        binaryfunc concat = concat_slot(a, is_in_place);
        return concat == NULL ? NULL : concat(a, b);
    }
    ssizeargfunc slot = repeat_slot(a, is_in_place);
    if (slot != NULL)
        return repeat(a, b, slot);
    slot = repeat_slot(b, false);
    return slot != NULL ? repeat(b, a, slot) : NULL;
}

static PyObject *operate(PyObject *a, PyObject *b, enum object_operation what, bool is_in_place)
{
    const struct operation *operation = &operations[what];
    if (a == NULL || b == NULL)
        return null_given();
    PyObject *result = is_in_place ? ask_in_place(a, b, operation->in_place, operation->offset) : ask_both(a, b, operation->offset);
    if (PYMM_LIKELY(result != Py_NotImplemented))
        return result;
    if (what == OBJECT_ADD || what == OBJECT_MULTIPLY) {
        PyObject *sequence = ask_sequences(a, b, what, is_in_place);
        if (sequence != NULL || object_error_occurred() != NULL) {
            Py_DECREF(result);
            return sequence;
        }
    }
    return answered(result, a, b, is_in_place ? operation->in_place_sign : operation->sign);
}

PyObject *object_operate(PyObject *a, PyObject *b, enum object_operation what) { return operate(a, b, what, false); }
PyObject *object_operate_in_place(PyObject *a, PyObject *b, enum object_operation what) { return operate(a, b, what, true); }

/* Powers have three operands, and each of the three types may know how. ---------------------------------------------------- */

static ternaryfunc power_slot(PyObject *op)
{
    return Py_TYPE(op)->tp_as_number == NULL ? NULL : Py_TYPE(op)->tp_as_number->nb_power;
}

static PyObject *ask_power(PyObject *a, PyObject *b, PyObject *modulus)
{
    ternaryfunc slots[3] = {power_slot(a), power_slot(b), power_slot(modulus)};
    if (Py_TYPE(a) != Py_TYPE(b) && slots[1] != slots[0] && slots[1] != NULL && slots[0] != NULL &&
        object_type_is_subtype(Py_TYPE(b), Py_TYPE(a))) {
        ternaryfunc derived = slots[1];
        slots[1] = slots[0];
        slots[0] = derived;
    }
    for (int i = 0; i < 3; i++) {
        if (slots[i] == NULL || (i > 0 && slots[i] == slots[0]) || (i > 1 && slots[i] == slots[1]))
            continue;
        PyObject *result = slots[i](a, b, modulus);
        if (result != Py_NotImplemented)
            return result;
        Py_DECREF(result);
    }
    return Py_NewRef(Py_NotImplemented);
}

static PyObject *power_refused(PyObject *a, PyObject *b, PyObject *modulus, const char *sign)
{
    if (modulus == Py_None)
        return no_operation(a, b, sign);
    return object_error_format(PyExc_TypeError, "unsupported operand type(s) for %.100s: '%.100s', '%.100s', '%.100s'", sign,
                               Py_TYPE(a)->tp_name, Py_TYPE(b)->tp_name, Py_TYPE(modulus)->tp_name);
}

PyObject *object_power(PyObject *a, PyObject *b, PyObject *modulus)
{
    if (a == NULL || b == NULL || modulus == NULL)
        return null_given();
    PyObject *result = ask_power(a, b, modulus);
    if (result != Py_NotImplemented)
        return result;
    Py_DECREF(result);
    return power_refused(a, b, modulus, "** or pow()");
}

PyObject *object_power_in_place(PyObject *a, PyObject *b, PyObject *modulus)
{
    if (a == NULL || b == NULL || modulus == NULL)
        return null_given();
    ternaryfunc slot = Py_TYPE(a)->tp_as_number == NULL ? NULL : Py_TYPE(a)->tp_as_number->nb_inplace_power;
    PyObject *result = slot == NULL ? NULL : slot(a, b, modulus);
    if (slot != NULL && result != Py_NotImplemented)
        return result;
    Py_XDECREF(result);
    if ((result = ask_power(a, b, modulus)) != Py_NotImplemented)
        return result;
    Py_DECREF(result);
    return power_refused(a, b, modulus, "**=");
}

/* One operand. ----------------------------------------------------------------------------------------------------------- */

PyObject *object_operate_one(PyObject *op, enum object_unary what)
{
    static const struct {
        size_t offset;
        const char *sign;
    } slots[] = {[OBJECT_NEGATIVE] = {BINARY(nb_negative), "unary -"},
                 [OBJECT_POSITIVE] = {BINARY(nb_positive), "unary +"},
                 [OBJECT_INVERT] = {BINARY(nb_invert), "unary ~"},
                 [OBJECT_ABSOLUTE] = {BINARY(nb_absolute), "abs()"}};
    if (op == NULL)
        return null_given();
    PyNumberMethods *methods = Py_TYPE(op)->tp_as_number;
    unaryfunc slot = methods == NULL ? NULL : *(unaryfunc *)((char *)methods + slots[what].offset);
    if (slot != NULL)
        return slot(op);
    return object_error_format(PyExc_TypeError, "bad operand type for %s: '%.200s'", slots[what].sign, Py_TYPE(op)->tp_name);
}
