#!/usr/bin/env python3
"""script/unicode_table.py: write src/object/unicode_table.c from what this Python knows of Unicode.

The table follows the Python whose API libpymm has (3.13: Unicode 15.1), so it is committed and not made in each build,
where another Python may be about: run this with that Python after a change of version.
"""
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


def main():
    folder = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    text = HEAD % unicodedata.unidata_version + "".join(table(*row) for row in PROPERTIES)
    with open(os.path.join(folder, "src", "object", "unicode_table.c"), "w") as file:
        file.write(text)


main()
