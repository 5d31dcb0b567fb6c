"""Each C source of this folder does the same on a real CPython and on libpymm, but for what differences.txt lists.

CONFORMANCE_TIER is quick (default: Debian's python3) or full (all other interpreters found). A test is one source on one
interpreter. Read first: docs/conformance.md, which says how to add a check.
"""
import functools
import glob
import os
import re
import sys
import unittest

import differences
import targets

TIER = os.environ.get("CONFORMANCE_TIER", "quick")
CHECKS_AT_LEAST = 150
# Sources of a second and more, which the quick tier leaves out.
FULL_ONLY = ("builtin_bytes_more.c", "builtin_format.c", "builtin_rest.c", "program_records.c")
SOURCES = sorted(os.path.basename(path) for path in glob.glob(os.path.join(targets.HERE, "*.c"))
                 if TIER == "full" or os.path.basename(path) not in FULL_ONLY)
# Of the examples, those that use nothing but the Python/C API of every version, which knows no PyPreConfig. They do not
# initialise a Python, which CPython wants before its mem domain: main() is renamed, and one that does is put before it.
EXAMPLES = sorted(path for path in glob.glob(os.path.join(targets.ROOT, "examples", "c", "*.c"))
                  if not re.search(r"pymm\.h|pymm_trace\.h|_PyMem_|PyPreConfig", open(path).read()))
EXAMPLE_MAIN = """#include <Python.h>
#undef main
int example_main(void);
int main(void) { Py_Initialize(); return example_main(); }
"""
NOTHING = "(not printed)"
PYMM = targets.pymm()
ENTRIES = differences.load()


def read_lines(text):
    """{name: value} of lines `name: value`; a name that comes twice gets a number."""
    values = {}
    for line in text.splitlines():
        name, _, value = line.partition(": ")
        unique, count = name, 1
        while unique in values:
            count += 1
            unique = "%s#%d" % (name, count)
        values[unique] = value
    return values


def prefix_of(source):
    """What the names of a source's checks begin with."""
    name = os.path.splitext(os.path.basename(source))[0]
    return "example." + name if source in EXAMPLES else name


@functools.lru_cache(maxsize=None)
def results(target, source):
    """{check: value} of all cases of a source, or of an example, on a target."""
    found = {}
    if source in EXAMPLES:
        end, out, err = target.run([target.build(source, ["-Dmain=example_main"], EXAMPLE_MAIN)])
        found[prefix_of(source) + ".output"] = out
        add_end(found, prefix_of(source) + ".", end, err)
        return found
    program = target.build(source)
    end, listing, _ = target.run([program, "--list"])
    if end != "0" or not listing:
        raise AssertionError("%s --list on %s: %s" % (source, target.name, end))
    for line in listing.splitlines():
        case, _, settings = line.partition("\t")
        end, out, err = target.run([program, case], settings)
        prefix = "%s.%s." % (prefix_of(source), case)
        for name, value in read_lines(out).items():
            found[prefix + name] = value
        add_end(found, prefix, end, err)
    return found


def add_end(found, prefix, end, err):
    """How a program ended is a check of its own, unless it ended well and said nothing."""
    if end != "0":
        found[prefix + "exit"] = end
    if err:
        found[prefix + "stderr"] = err


def compare(theirs, ours, version, entries):
    """Complaints: differences that no entry allows, and entries that allow what does not differ."""
    complaints = []
    for name in sorted(set(theirs) | set(ours)):
        their, our = theirs.get(name, NOTHING), ours.get(name, NOTHING)
        allowing = [entry for entry in entries if entry.matches(name) and entry.covers(version)]
        if len(allowing) > 1:
            complaints.append("%s: %d entries of differences.txt cover it" % (name, len(allowing)))
        if their != our and not allowing:
            complaints.append("%s:\n  CPython %s: %s\n  pymm: %s" % (name, version, indented(their), indented(our)))
        if their == our and allowing:
            complaints.append("%s: differences.txt says that it differs from %s, but both print: %s" % (name, version, indented(our)))
        for entry in allowing:
            if entry.pymm is not None and our != entry.pymm:
                complaints.append("%s: pymm prints %s, differences.txt says: %s" % (name, indented(our), entry.pymm))
    return complaints


def indented(text):
    return text.rstrip("\n").replace("\n", "\n    | ")


def left_out(pattern):
    """Is it about a source that this tier leaves out?"""
    return TIER != "full" and pattern.partition(".")[0] + ".c" in FULL_ONLY


class Case(unittest.TestCase):
    """All sources on one CPython; the subclasses are made below."""
    target = None
    maxDiff = None

    def require_both(self):
        if self.target.missing:
            self.skipTest(self.target.missing)
        self.assertFalse(PYMM.missing, "the build has to make it")

    def check(self, source):
        self.require_both()
        version = "%d.%d.%d" % self.target.version[:3]
        complaints = compare(results(self.target, source), results(PYMM, source), version, ENTRIES)
        if complaints:
            self.fail("%s against CPython %s:\n%s" % (os.path.basename(source), self.target.name, "\n".join(complaints)))

    def test_0_count(self):
        """There are enough checks, and none is lost on either side."""
        self.require_both()
        for target in (self.target, PYMM):
            count = sum(len(results(target, source)) for source in SOURCES + EXAMPLES)
            print("%d checks in %d sources on %s" % (count, len(SOURCES + EXAMPLES), target.name))
            self.assertGreaterEqual(count, CHECKS_AT_LEAST)


    def test_1_entries(self):
        """Each pattern of the table that speaks of this version has a check that it matches."""
        self.require_both()
        names = {name for target in (self.target, PYMM) for source in SOURCES + EXAMPLES for name in results(target, source)}
        version = "%d.%d.%d" % self.target.version[:3]
        unused = [pattern for entry in ENTRIES if entry.covers(version) for pattern in entry.check
                  if not differences.fnmatch.filter(names, pattern) and not left_out(pattern)]
        self.assertEqual(unused, [])


class Table(unittest.TestCase):
    """The table of differences itself."""

    def test_document_holds_the_table(self):
        with open(os.path.join(targets.ROOT, "docs", "conformance.md")) as file:
            self.assertIn(differences.markdown(ENTRIES), file.read(), "python3 tests/conformance/differences.py prints it")

    def test_comparison(self):
        """A difference without an entry, an entry without a difference, a wrong value: each is found."""
        entry = differences.Entry(("s.c.b", "s.d.*"), "3.8 3.10-3.12", None, "own", "why")
        same = {"s.c.a": "1"}
        self.assertEqual(compare(same, same, "3.11", [entry]), [])
        self.assertEqual(len(compare(same, {"s.c.a": "2"}, "3.11.0", [entry])), 1)
        self.assertEqual(len(compare(same, {}, "3.11", [entry])), 1)
        self.assertEqual(len(compare({}, same, "3.11", [entry])), 1)
        for minor in ("3.8.1", "3.10.0", "3.12.7"):
            self.assertEqual(compare({"s.c.b": "1"}, {"s.c.b": "2"}, minor, [entry]), [])
            self.assertEqual(len(compare({"s.c.b": "1"}, {"s.c.b": "1"}, minor, [entry])), 1)
            self.assertEqual(len(compare({"s.c.b": "1"}, {"s.c.b": "2"}, minor, [entry, entry])), 1)
        for minor in ("3.7.9", "3.9.0", "3.13.1"):
            self.assertEqual(len(compare({"s.d.x": "1"}, {"s.d.x": "2"}, minor, [entry])), 1)
        patched = entry._replace(versions="3.8-3.10 3.11.0-3.11.4")
        covered = [version for version in ("3.7.9", "3.8.0", "3.10.13", "3.11.0", "3.11.4", "3.11.5", "3.12.0") if patched.covers(version)]
        self.assertEqual(covered, ["3.8.0", "3.10.13", "3.11.0", "3.11.4"])
        valued = entry._replace(pymm="2", versions="all")
        self.assertEqual(compare({"s.c.b": "1"}, {"s.c.b": "2"}, "3.14", [valued]), [])
        self.assertEqual(len(compare({"s.c.b": "1"}, {"s.c.b": "3"}, "3.14", [valued])), 1)

    def test_what_is_missing_is_named(self):
        """An interpreter without headers is skipped, and the reason names it."""
        found = targets.interpreters.survey()[0]
        if not found:
            self.skipTest("no interpreter")
        missing = targets.cpython(found[0]._replace(headers=None)).missing
        self.assertEqual(missing, "%s: no headers (Debian: python3-dev)" % found[0].name)

    def test_parsing(self):
        text = "# comment\ncheck: a b.*\nversions: all\nfollows: x\nwhy: one\n two\n\n"
        self.assertEqual(differences.parse(text), [differences.Entry(("a", "b.*"), "all", None, "x", "one two")])
        for bad in ("check: a\n", text.replace("why", "because")):
            with self.assertRaises(ValueError):
                differences.parse(bad)


class Static(unittest.TestCase):
    """A static libpython does as well as a shared one: Debian has both."""

    def test_static_library(self):
        python = next((python for python in targets.interpreters.survey()[0] if python.path == targets.interpreters.DEBIAN), None)
        if not python:
            self.skipTest("no %s" % targets.interpreters.DEBIAN)
        shared, static = targets.cpython(python), targets.cpython(python, static=True)
        if shared.missing or static.missing:
            self.skipTest(shared.missing or static.missing)
        self.assertEqual(results(shared, "zero_sizes.c"), results(static, "zero_sizes.c"))


def make_cases():
    """One class for each interpreter of the tier, one test in it for each source; skips for those that are not usable."""
    for python in targets.interpreters.survey()[0]:
        is_debian = python.path == targets.interpreters.DEBIAN
        if is_debian != (TIER == "quick") or python.free_threaded:
            continue
        methods = {"target": targets.cpython(python)}
        for source in SOURCES + EXAMPLES:
            name = "test_" + prefix_of(source).replace(".", "_")
            methods[name] = lambda self, source=source: self.check(source)
        name = "Cpython_" + python.identifier
        while name in globals():
            name += "_other"
        globals()[name] = type(name, (Case,), dict(methods, __module__=__name__, __qualname__=name))
    for minor in targets.interpreters.missing() if TIER == "full" else ():
        globals()["Cpython_" + minor.replace(".", "_")] = type("Missing", (unittest.TestCase,), {
            "test_not_found": lambda self, minor=minor: self.skipTest("%s: not found" % minor), "__module__": __name__})


def load_tests(loader, tests, pattern):
    """Without the base class, whose test has no target."""
    suite = unittest.TestSuite()
    for case in sorted((case for case in vars(sys.modules[__name__]).values() if isinstance(case, type)
                        and issubclass(case, unittest.TestCase) and case is not Case), key=lambda case: case.__qualname__):
        if case is Static and TIER != "full":
            continue
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


make_cases()

if __name__ == "__main__":
    unittest.main()
