"""Which names the built libraries define, export and need: against the rules, and against committed lists.

After a deliberate change of a library's exports: nm -D --defined-only build/release/libpymm.so (or libpymm-cpython.so), and
put the names into exports-libpymm.txt (those of built-in types, exceptions and the protocols of objects: exports-libpymm-objects.txt) or
exports-libpymm-cpython.txt, sorted.
"""
import glob
import os
import re
import subprocess
import tempfile
import unittest

import repository

BUILD = os.environ.get("PYMM_BUILD_DIR", os.path.join(repository.ROOT, "build", "release"))
CORE = os.path.join(BUILD, "libpymm_core.a")
PRELOAD = os.path.join(BUILD, "libpymm-cpython.so")
LIBPYMM = os.path.join(BUILD, "libpymm.so")
STATIC = os.path.join(BUILD, "libpymm.a")
EXPORTS = ("exports-libpymm-cpython.txt",)
LIBPYMM_EXPORTS = ("exports-libpymm.txt", "exports-libpymm-objects.txt")
PYTHON_NAME = re.compile(r"_?Py")
NEEDED_AT_MOST = re.compile(r"libc\.so\.6|ld-linux[\w.-]*|ld64?\.so\.\d")
PYTHON_DATA = re.compile(r"^PyAPI_DATA\([^)]*\)\s*(_?Py\w+);", re.M)
PYTHON_DECLARATION = re.compile(r"^PyAPI_FUNC\([^)]*\)\s*(?:Py_NO_RETURN\s+)?(_?Py\w+)\(", re.M)
DECLARATION = re.compile(r"^PYMM_API [^;{]*?\b(pymm_\w+)\(", re.M)


def output_of(*command):
    environment = dict(os.environ, LC_ALL="C")
    return subprocess.run(command, env=environment, stdout=subprocess.PIPE, universal_newlines=True, check=True).stdout


def defined_names(path, *options):
    """Names that nm finds defined, without versions and without the version nodes themselves."""
    names = set()
    for line in output_of("nm", "--defined-only", *options, path).splitlines():
        fields = line.split()
        if len(fields) == 3 and fields[1] != "A":
            names.add(fields[2].split("@")[0])
    return names


def needed_libraries(path):
    return re.findall(r"\(NEEDED\).*\[(.*)\]", output_of("readelf", "--dynamic", "--wide", path))


def thread_local_bytes(path):
    sizes = re.findall(r"^\s*TLS(?:\s+0x[0-9a-f]+){4}\s+(0x[0-9a-f]+)",
                       output_of("readelf", "--program-headers", "--wide", path), re.M)
    return sum(int(size, 16) for size in sizes)


def python_names(names):
    return sorted(name for name in names if PYTHON_NAME.match(name))


def declared_data():
    """Type objects, exceptions and constants that the headers of libpymm declare."""
    names = set()
    for path in glob.glob(os.path.join(repository.ROOT, "include", "python", "*.h")):
        with open(path) as file:
            names.update(PYTHON_DATA.findall(file.read()))
    return names


def declared_names():
    """Functions that the headers of libpymm declare: Python's, and pymm's own that are not of the preload alone."""
    names = set()
    for path in glob.glob(os.path.join(repository.ROOT, "include", "**", "*.h"), recursive=True):
        with open(path) as file:
            text = file.read()
        names.update(PYTHON_DECLARATION.findall(text))
        names.update(PYTHON_DATA.findall(text))
        names.update(DECLARATION.findall(text))
    return names - {"pymm_install"}


def committed_exports(lists):
    names = []
    for name in lists:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name)) as file:
            names += [line.strip() for line in file if line.strip() and not line.startswith("#")]
    return sorted(names)


class Core(unittest.TestCase):
    def test_defines_no_name_of_pythons_but_data(self):
        names = defined_names(CORE)
        self.assertTrue(names, "nm found no name in %s" % CORE)
        self.assertEqual(sorted(set(python_names(names)) - declared_data()), [])


class Preload(unittest.TestCase):
    def setUp(self):
        self.assertTrue(os.path.exists(PRELOAD), "%s was not built" % PRELOAD)

    def test_exports_are_the_committed_list(self):
        self.assertEqual(sorted(defined_names(PRELOAD, "-D")), committed_exports(EXPORTS))

    def test_exports_every_function_of_the_native_interface(self):
        with open(os.path.join(repository.ROOT, "include", "pymm.h")) as file:
            declared = set(DECLARATION.findall(file.read()))
        self.assertGreater(len(declared), 5)
        self.assertEqual(sorted(declared - defined_names(PRELOAD, "-D")), [])

    def test_defines_no_name_of_pythons(self):
        self.assertEqual(python_names(defined_names(PRELOAD)), [])

    def test_needs_libc_only(self):
        needed = needed_libraries(PRELOAD)
        self.assertEqual([name for name in needed if not NEEDED_AT_MOST.fullmatch(name)], [])
        self.assertIn("libc.so.6", needed)

    def test_thread_local_storage_is_small_enough_for_dlopen(self):
        self.assertLessEqual(thread_local_bytes(PRELOAD), 64)


class Libpymm(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.assertTrue(os.path.exists(LIBPYMM), "%s was not built" % LIBPYMM)

    def test_exports_are_the_committed_list(self):
        self.assertEqual(sorted(defined_names(LIBPYMM, "-D")), committed_exports(LIBPYMM_EXPORTS))

    def test_exports_are_what_the_headers_declare(self):
        self.assertGreater(len(declared_names()), 50)
        self.assertEqual(sorted(defined_names(LIBPYMM, "-D")), sorted(declared_names()))

    def test_static_library_shows_the_same_names(self):
        self.assertEqual(sorted(defined_names(STATIC, "--extern-only")), committed_exports(LIBPYMM_EXPORTS))

    def test_needs_libc_only(self):
        needed = needed_libraries(LIBPYMM)
        self.assertEqual([name for name in needed if not NEEDED_AT_MOST.fullmatch(name)], [])

    def test_thread_local_storage_is_small_enough_for_dlopen(self):
        self.assertLessEqual(thread_local_bytes(LIBPYMM), 64)


class SelfTest(unittest.TestCase):
    """A planted library that breaks the rules is found out."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        source = os.path.join(cls.folder.name, "planted.c")
        cls.library = os.path.join(cls.folder.name, "planted.so")
        with open(source, "w") as file:
            file.write("#include <math.h>\nstatic int _PyHidden(void) { return 1; }\ndouble PyMem_Malloc(double x);\n"
                       "double PyMem_Malloc(double x) { return _PyHidden() + cos(x); }\nvoid extra(void);\n"
                       "void extra(void) {}\n")
        subprocess.run(["cc", "-shared", "-fPIC", "-O0", source, "-o", cls.library, "-lm"], check=True)

    def test_python_names(self):
        self.assertEqual(python_names(defined_names(self.library)), ["PyMem_Malloc", "_PyHidden"])
        self.assertEqual(python_names(["pymm_stats_get", "realloc", "PYMM_X"]), [])

    def test_exports_differ(self):
        self.assertEqual(defined_names(self.library, "-D"), {"PyMem_Malloc", "extra"})

    def test_needed(self):
        needed = needed_libraries(self.library)
        self.assertEqual([name for name in needed if not NEEDED_AT_MOST.fullmatch(name)], ["libm.so.6"])


if __name__ == "__main__":
    unittest.main()
