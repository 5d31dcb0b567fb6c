/* builtin_str_format.c: PyUnicode_FromFormat. What 3.12 and 3.13 brought is in cases of its own. Read first: text.h. */
#include "text.h"

#define FORMAT(...) check_str("format", PyUnicode_FromFormat(__VA_ARGS__))
#define LATIN_TEXT "h\xc3\xa9llo"

static void numbers(void)
{
    Py_Initialize();
    FORMAT("%d %i %u", -1, -2, 3u);
    FORMAT("%ld %li %lu", -1L, 2L, 3UL);
    FORMAT("%lld %lli %llu", -1LL, -2LL, ~0ULL);
    FORMAT("%zd %zi %zu", (Py_ssize_t)-1, (Py_ssize_t)2, ~(size_t)0);
    FORMAT("%x", 255);
    FORMAT("%05d|%5d|%.3d", 42, 42, 42);
    FORMAT("%c%c%c", 'a', 0x20ac, 0x1f600);
    FORMAT("%c", -1);
    FORMAT("%c", 0x110000);
    FORMAT("%%");
    FORMAT("%p", (void *)0x1234);
    FORMAT("");
    FORMAT("plain");
    FORMAT("%d%%%s", 7, "z");
    FORMAT("abc\xff%d", 1);
}

static void texts(void)
{
    Py_Initialize();
    PyObject *text = utf8(LATIN_TEXT);
    FORMAT("%s|%.2s|%5s|%5.2s", "abc", "abc", "abc", "abc");
    FORMAT("%s %s", LATIN_TEXT, "bad \xff");
    FORMAT("%U|%.2U|%8U", text, text, text);
    FORMAT("%V %V %.2V|%5V", text, "not this", NULL, "this \xff", text, "x", NULL, "x");
    FORMAT("%S %R %A", text, text, text);
    FORMAT("%5.3R|%9.4A|%9S", text, text, text);
    FORMAT("%S %R", NULL, Py_None);
    FORMAT("%.0s|%.9s", "abc", "abc");
}

static void since_3_12(void)
{
#if PY_VERSION_HEX >= 0x030C0000
    Py_Initialize();
    PyObject *text = utf8(LATIN_TEXT);
    FORMAT("%-5d|%-5s|%-8U|%-8R|", 5, "ab", text, text);
    FORMAT("%*d|%-*d|%*d|%.*d|%.*d", 5, 1, 5, 2, -5, 3, 3, 4, -1, 5);
    FORMAT("%*s|%.*s|%*.*s", 5, "ab", 1, "ab", 5, 1, "ab");
    FORMAT("%8.3d|%08.3d|%-08d|%-08.3d|%08d", -5, -5, 5, 3, -5);
    FORMAT("%o %X %jd %ju %jx %td %to", 8, 255, (intmax_t)-5, (uintmax_t)7, (uintmax_t)255, (ptrdiff_t)-5, (ptrdiff_t)8);
    FORMAT("%lo %lx %lX %llx %zx %zo", 8L, 255L, 255L, -1LL, (size_t)255, (size_t)8);
    FORMAT("%.3x|%08x|%.100d|%30d", 10, 10, 1, 1);
    FORMAT("%ls|%.1ls|%5ls|%lV", L"w\u00e9", L"w\u00e9", L"w\u00e9", NULL, L"w\u00e9");
    FORMAT("%.2s|%.1s|%.3s", "h\xc3\xa9", "\xc3\xa9", "\xf0\x9f\x98\x80");
    FORMAT("%05s|%08U|%.s|%.d", "ab", text, "ab", 0);
    FORMAT("%y");
    FORMAT("abc %k def");
    FORMAT("%+d", 1);
    FORMAT("% d", 1);
    FORMAT("%hd", 1);
    FORMAT("%");
    FORMAT("a%5");
    FORMAT("%5%");
    FORMAT("%5c|", 65);
    FORMAT("%.3c", 65);
    FORMAT("%lc", 65);
    FORMAT("%5p", (void *)1);
    FORMAT("%lU", text);
    FORMAT("%lls", "a");
    FORMAT("%zs", "a");
    FORMAT("%99999999999999999999d", 1);
    FORMAT("%.99999999999999999999d", 1);
#endif
}

static void since_3_13(void)
{
#if PY_VERSION_HEX >= 0x030D0000
    Py_Initialize();
    PyObject *text = utf8(LATIN_TEXT);
    FORMAT("%T %#T %N %#N", text, text, &PyUnicode_Type, Py_TYPE(text));
    FORMAT("%10T|%.2T|%-10N|", text, text, &PyTuple_Type);
    FORMAT("%T %T", PyExc_TypeError, Py_None);
    FORMAT("%N", text);
#endif
}

static const check_case cases[] = {
    {"numbers", numbers, NULL},
    {"texts", texts, NULL},
    {"texts_debug", texts, "PYTHONMALLOC=debug"},
    {"since_3_12", since_3_12, NULL},
    {"since_3_13", since_3_13, NULL},
};
CHECK_MAIN(cases)
