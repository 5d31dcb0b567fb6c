#!/usr/bin/env python3
"""script/unicode_table.py: write src/object/unicode_table.c, unicode_kind_table.c and unicode_case_table.c from what this Python knows of Unicode.

The tables follow the Python whose API libpymm has (3.13: Unicode 15.1), so they are committed and not made in each build,
where another Python may be about: run this with that Python after a change of version.
"""
import ctypes
import os
import unicodedata

PROPERTIES = [
    ("printable", "has a form of its own: all but the categories Other and Separator, and the space is one", str.isprintable),
    ("identifier_start", "may begin an identifier", str.isidentifier),
    ("identifier_part", "may stand in an identifier", lambda character: ("a" + character).isidentifier()),
]
HEAD = """/* unicode_table.c: which characters can be shown, and which may stand in identifiers, in Unicode %s.
 *
 * Made by script/unicode_table.py: change that, not this. A table has the characters at which the answer changes: the first
 * one begins a run of yes, the second one a run of no, and so on. */
#include "object.h"

static bool is_in(const Py_UCS4 *changes, size_t count, Py_UCS4 character)
{
    size_t low = 0, high = count; /* `low` of the changes lie at or before the character */
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (changes[middle] <= character)
            low = middle + 1;
        else
            high = middle;
    }
    return low %% 2 == 1;
}
"""
KIND_HEAD = """/* unicode_kind_table.c: letters of each case, and what counts as a number, in Unicode %s.
 *
 * Made by script/unicode_table.py: change that, not this. A row of a table is a run of characters. Read unicode_case.h first. */
#include "unicode_case.h"
"""
CASE_HEAD = """/* unicode_case_table.c: cases of letters and values of digits, in Unicode %s.
 *
 * Made by script/unicode_table.py: change that, not this. A row of a table is a run of characters, and what is to be added to one of
 * them. Special are the characters that become several. Read unicode_case.h first. */
#include "unicode_case.h"

static Py_UCS4 mapped(const unicode_run *runs, size_t count, Py_UCS4 character)
{
    const unicode_run *found = unicode_run_of(runs, count, character);
    return found == NULL ? character : (Py_UCS4)((int32_t)character + found->added);
}

typedef struct special {
    Py_UCS4 character, to[3]; /* up to a 0 */
} special;

static const Py_UCS4 *special_of(const special *all, size_t count, Py_UCS4 character)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (all[middle].character < character)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && all[low].character == character ? all[low].to : NULL;
}
"""
CASE_PROPERTIES = [
    ("alphabetic", "It is a letter.", str.isalpha),
    ("numeric", "It has a value as a number.", str.isnumeric),
    ("lower", "It is a small letter.", str.islower),
    ("upper", "It is a capital letter.", lambda c: c.isupper() and unicodedata.category(c) != "Lt"),
    ("title", "It is a capital and a small letter in one character.", lambda c: unicodedata.category(c) == "Lt"),
    ("cased", "It is of some case: a letter behind it is no beginning of a word.", lambda c: (c + "a").title()[-1] == "a"),
    ("case_ignorable", "Whether a word ends here does not depend on it.",
     lambda c: ("A" + c + "\u03a3").lower()[-1] == "\u03c2" and (c + "\u03a3").lower()[-1] != "\u03c2"),
]
TAIL = """
bool object_char_is_%s(Py_UCS4 character) { return is_in(%s, PYMM_COUNT_OF(%s), character); }
"""


def changes_of(test):
    answer, changes = False, []
    for code in range(0x110000):
        if test(chr(code)) != answer:
            answer = not answer
            changes.append(code)
    return changes


def table(name, what, test):
    lines, line = ["\n/* It %s. */\nstatic const Py_UCS4 %s[] = {\n" % (what, name)], "   "
    for code in changes_of(test):
        word = " %#x," % code
        if len(line + word) > 119:
            lines.append(line + "\n")
            line = "   "
        line += word
    return "".join(lines) + line + "\n};\n" + TAIL % (name, name, name)


def runs_of(values):
    """Runs (first, last, step, value) of a dict {code: value}, in which steps are 1 or 2."""
    runs = []
    for code in sorted(values):
        if runs:
            first, last, step, value = runs[-1]
            distance = code - last
            if value == values[code] and distance <= 2 and (step == distance or first == last):
                runs[-1] = (first, code, distance, value)
                continue
        runs.append((code, code, 1, values[code]))
    return runs


def wrapped(words):
    lines, line = [], "   "
    for word in words:
        if len(line + word) + 1 > 119:
            lines.append(line + "\n")
            line = "   "
        line += " " + word
    return "".join(lines) + line + "\n};\n"


def run_table(name, what, values):
    words = ["{%#x, %d, %#x, %d}," % (first, step, last, value) for first, last, step, value in runs_of(values)]
    return "\n/* %s */\nstatic const unicode_run %s[] = {\n" % (what, name) + wrapped(words)


def property_table(name, what, test):
    text = run_table(name, what, {code: 0 for code in range(0x110000) if test(chr(code))})
    return text + """
bool object_char_is_{0}(Py_UCS4 character)
{{
    return unicode_run_of({0}, PYMM_COUNT_OF({0}), character) != NULL;
}}
""".format(name)


def case_table(name, what, simple, full):
    """The mapping to one character, and that to several."""
    text = run_table("to_" + name, what, {code: simple(code) - code for code in range(0x110000) if simple(code) != code})
    special = {code: full(chr(code)) for code in range(0x110000) if full(chr(code)) != chr(simple(code))}
    words = ["{%#x, {%s}}," % (code, ", ".join("%#x" % ord(each) for each in special[code])) for code in sorted(special)]
    text += "static const special special_%s[] = {\n" % name + wrapped(words)
    return text + """
Py_UCS4 object_char_to_{0}(Py_UCS4 character) {{ return mapped(to_{0}, PYMM_COUNT_OF(to_{0}), character); }}
const Py_UCS4 *object_char_special_{0}(Py_UCS4 character)
{{
    return special_of(special_{0}, PYMM_COUNT_OF(special_{0}), character);
}}
""".format(name)


def digit_table(name, what, value):
    values = {code: value(chr(code)) - code for code in range(0x110000) if value(chr(code)) >= 0}
    return run_table("%s_digits" % name, what, values) + """
int object_char_{0}(Py_UCS4 character)
{{
    const unicode_run *found = unicode_run_of({0}_digits, PYMM_COUNT_OF({0}_digits), character);
    return found == NULL ? -1 : (int)character + found->added;
}}
""".format(name)


def case_tables():
    def simple(name):
        return getattr(ctypes.pythonapi, "_PyUnicode_To%scase" % name)

    yield case_table("lower", "Capital letters to small ones.", simple("Lower"), str.lower)
    yield case_table("upper", "Small letters to capital ones.", simple("Upper"), str.upper)
    yield case_table("title", "To what a word begins with.", simple("Title"), str.title)
    yield case_table("folded", "To what letters have in common that are alike but for their case.",
                     lambda code: ord(chr(code).casefold()) if len(chr(code).casefold()) == 1 else simple("Lower")(code), str.casefold)
    yield digit_table("decimal", "Digits of decimal numbers, with their values.", lambda c: unicodedata.decimal(c, -1))
    yield digit_table("digit", "Digits of any kind, with their values.", lambda c: unicodedata.digit(c, -1))


def main():
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    text = HEAD % unicodedata.unidata_version + "".join(table(*row) for row in PROPERTIES)
    with open(os.path.join(folder, "src", "object", "unicode_table.c"), "w") as file:
        file.write(text)
    with open(os.path.join(folder, "src", "object", "unicode_kind_table.c"), "w") as file:
        file.write(KIND_HEAD % unicodedata.unidata_version + "".join(property_table(*row) for row in CASE_PROPERTIES))
    with open(os.path.join(folder, "src", "object", "unicode_case_table.c"), "w") as file:
        file.write(CASE_HEAD % unicodedata.unidata_version + "".join(case_tables()))


main()
