/* builtin_str_case.c: cases and kinds of characters, methods of str that need them, and padding. Owns: the above; other methods are
 * builtin_str_methods.c's. Tables of newer versions have more characters: of older ones only old ranges are looked at. */
#include "text.h"

static const char *const methods[] = {"lower", "upper", "title", "capitalize", "swapcase", "casefold", "islower", "isupper",
                                      "istitle", "isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric"};
#define METHODS (sizeof methods / sizeof *methods)

/* A number for a text that changes with each of its characters. */
static unsigned long mixed(unsigned long hash, PyObject *text)
{
    for (Py_ssize_t i = 0; i < PyUnicode_GET_LENGTH(text); i++)
        hash = (hash ^ PyUnicode_READ_CHAR(text, i)) * 1099511628211UL;
    return hash;
}

/* All methods of strings of all characters from `first` to `last`, `width` in each. */
static void range(Py_UCS4 first, Py_UCS4 last, Py_UCS4 width)
{
    for (size_t m = 0; m < METHODS; m++) {
        unsigned long hash = 1469598103934665603UL;
        char name[60];
        for (Py_UCS4 at = first; at <= last; at += width) {
            Py_UCS4 characters[256];
            for (Py_UCS4 i = 0; i < width; i++)
                characters[i] = at + i;
            PyObject *text = PyUnicode_FromKindAndData(PyUnicode_4BYTE_KIND, characters, (Py_ssize_t)width);
            PyObject *result = PyObject_CallMethod(text, methods[m], NULL);
            if (result == NULL)
                PyErr_Print();
            else if (PyUnicode_Check(result))
                hash = mixed(hash, result);
            else
                hash = (hash ^ (result == Py_True)) * 1099511628211UL;
            Py_XDECREF(result);
            Py_DECREF(text);
        }
        snprintf(name, sizeof name, "%s_%x_%x_by_%u", methods[m], (unsigned)first, (unsigned)last, (unsigned)width);
        check_text(name, "%lx", hash);
    }
}

static void old_ranges(void)
{
    static const Py_UCS4 ranges[][2] = {{0, 0x24f}, {0x370, 0x377}, {0x37a, 0x52f}, {0x531, 0x556}, {0x561, 0x587}, {0x660, 0x669},
                                        {0x966, 0x96f}, {0x10a0, 0x10c5}, {0x13a0, 0x13f5}, {0x1e00, 0x1fff}, {0x2070, 0x208e},
                                        {0x2100, 0x218b}, {0x2460, 0x24ff}, {0xa640, 0xa69b}, {0xfb00, 0xfb17}, {0xff10, 0xff5a},
                                        {0x10400, 0x1044f}, {0x1d400, 0x1d454}, {0x1d7ce, 0x1d7ff}};
    Py_Initialize();
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        range(ranges[i][0], ranges[i][1], 1);
    range(0, 0x24f, 16);
    range(0x370, 0x52f, 8);
}

#if PY_VERSION_HEX >= 0x030D0000
static void since_3_13(void)
{
    Py_Initialize();
    range(0, 0x2ffff, 256);
    range(0x10000, 0x1ffff, 16);
    unsigned long sum[14] = {0};
    for (Py_UCS4 c = 0; c < 0x110000; c++) {
        int kinds[14] = {Py_UNICODE_ISSPACE(c), Py_UNICODE_ISLOWER(c), Py_UNICODE_ISUPPER(c), Py_UNICODE_ISTITLE(c),
                         Py_UNICODE_ISLINEBREAK(c), Py_UNICODE_ISDECIMAL(c), Py_UNICODE_ISDIGIT(c), Py_UNICODE_ISNUMERIC(c),
                         Py_UNICODE_ISPRINTABLE(c), Py_UNICODE_ISALPHA(c), Py_UNICODE_ISALNUM(c) != 0, Py_UNICODE_TODECIMAL(c) + 1,
                         Py_UNICODE_TODIGIT(c) + 1, (int)(Py_UNICODE_TOLOWER(c) ^ Py_UNICODE_TOUPPER(c) ^ Py_UNICODE_TOTITLE(c))};
        for (int i = 0; i < 14; i++)
            sum[i] = sum[i] * 3 + (unsigned long)kinds[i] * (c + 1);
    }
    for (int i = 0; i < 14; i++)
        check_text("characters", "%lx", sum[i]);
}
#endif

static void call(const char *name, const char *text, const char *method)
{
    check_str(name, PyObject_CallMethod(utf8(text), method, NULL));
}

static void words(void)
{
    Py_Initialize();
    call("sigma", "ΑΣ ΑΣΑ Σ ΑΣ. Σ' ΑΣ'Α", "lower");
    call("sigma_title", "ΑΣ ΑΣΑ", "title");
    call("sigma_capitalize", "ΣΑΣ", "capitalize");
    call("sharp_s", "straße ŉ ﬁ", "upper");
    call("sharp_s_title", "ßa ﬁn", "title");
    call("sharp_s_capital", "ßa", "capitalize");
    call("sharp_s_fold", "Straße İI", "casefold");
    call("dotted", "İI", "lower");
    call("swap", "ǅ ßA", "swapcase");
    call("apostrophe", "they're bill's 1st x1y", "title");
    call("empty", "", "upper");
    for (size_t m = 6; m < METHODS; m++)
        call(methods[m], "", methods[m]);
    call("mixed_is_upper", "A1ǅ", "isupper");
    call("mixed_is_title", "A Bc De1F", "istitle");
    call("mixed_is_not_title", "A BC", "istitle");
    call("digits", "1²", "isdigit");
    call("no_decimals", "1²", "isdecimal");
    call("numbers", "1²½", "isnumeric");
}

static void pad(const char *name, const char *text, const char *method, const char *format, ...)
{
    va_list values;
    va_start(values, format);
    PyObject *args = Py_VaBuildValue(format, values), *bound = PyObject_GetAttrString(utf8(text), method);
    va_end(values);
    check_str(name, PyObject_Call(bound, args, NULL));
}

static void padded(void)
{
    Py_Initialize();
    pad("center", "abc", "center", "(i)", 8);
    pad("center_odd", "ab", "center", "(i)", 7);
    pad("center_less", "abc", "center", "(i)", 2);
    pad("center_fill", "ab", "center", "(is)", 5, "é");
    pad("ljust", "ab", "ljust", "(is)", 5, ".");
    pad("rjust", "ab", "rjust", "(i)", 5);
    pad("fill_long", "ab", "rjust", "(is)", 5, "..");
    pad("fill_number", "ab", "rjust", "(ii)", 5, 1);
    pad("none", "ab", "rjust", "()");
    pad("no_number", "ab", "rjust", "(s)", "x");
    pad("zfill", "42", "zfill", "(i)", 5);
    pad("zfill_sign", "-42", "zfill", "(i)", 6);
    pad("zfill_plus", "+", "zfill", "(i)", 3);
    pad("zfill_less", "-42", "zfill", "(i)", 2);
    pad("zfill_empty", "", "zfill", "(i)", 2);
    pad("tabs", "a\tbc\t\td\n\te", "expandtabs", "()");
    pad("tabs_4", "a\tbc\t\td\r\te", "expandtabs", "(i)", 4);
    pad("tabs_0", "a\tb", "expandtabs", "(i)", 0);
    pad("translate", "abcd", "translate", "({i:s,i:O,i:i})", 97, "AA", 98, Py_None, 99, 0x20ac);
    pad("translate_large", "a", "translate", "({i:i})", 97, 0x110000);
    pad("translate_kind", "a", "translate", "({i:d})", 97, 1.5);
    pad("translate_list", "\x01\x02", "translate", "([ss])", "x", "y");
    pad("translate_nothing", "ab", "translate", "(i)", 3);
}

/* Digits and spaces of other scripts in numbers. */
static void numbers(void)
{
    Py_Initialize();
    check_object("int", PyLong_FromUnicodeObject(utf8("٣٤\u00a0"), 10));
    check_object("int_mixed", PyLong_FromUnicodeObject(utf8("\u2003-1٣"), 10));
    check_object("int_base", PyLong_FromUnicodeObject(utf8("f٣"), 16));
    check_object("int_wrong", PyLong_FromUnicodeObject(utf8("1½"), 10));
    check_object("int_letter", PyLong_FromUnicodeObject(utf8("é"), 10));
    check_object("int_surrogate", PyLong_FromUnicodeObject(PyUnicode_FromOrdinal(0xd800), 10));
    check_object("float", PyFloat_FromString(utf8("१.५e२")));
    check_object("float_wide", PyFloat_FromString(utf8("　１２")));
    check_object("float_wrong", PyFloat_FromString(utf8("१x")));
    check_object("float_word", PyFloat_FromString(utf8("ınf")));
}

static const check_case cases[] = {
    {"old_ranges", old_ranges, NULL},
    {"words", words, NULL},
    {"padded", padded, NULL},
    {"numbers", numbers, NULL},
#if PY_VERSION_HEX >= 0x030D0000
    {"since_3_13", since_3_13, NULL},
#endif
};
CHECK_MAIN(cases)
