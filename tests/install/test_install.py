"""`cmake --install` into an empty prefix, and what stands outside the source tree built against it.

Each example of examples/c is compiled through pkg-config, with gcc, clang and, as C++, with g++, and through find_package,
shared and static; each prints what expected.py says, whoever built it. Warnings are errors: the headers have none.
"""
import glob
import os
import shutil
import subprocess
import tempfile
import unittest

from expected import OUTPUT

BUILD = os.environ["PYMM_BUILD_DIR"]
SOURCE = os.environ["PYMM_SOURCE_DIR"]
EXAMPLES = os.path.join(SOURCE, "examples", "c")
STRICT = ["-Wall", "-Wextra", "-Werror", "-pedantic"]
COMPILERS = {
    "gcc": ["gcc", "-std=c11"],
    "clang": ["clang", "-std=c11"],
    "g++": ["g++", "-std=c++11", "-x", "c++"],
}


def run(*command, **environment):
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PYMM_", "PKG_CONFIG", "CMAKE", "LD_"))}
    kept.update(environment)
    return subprocess.run(command, env=kept, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True)


def checked(*command, **environment):
    done = run(*command, **environment)
    if done.returncode:
        raise AssertionError("%s\n%s" % (" ".join(command), done.stdout))
    return done.stdout


def example_names():
    return sorted(os.path.basename(path)[:-2] for path in glob.glob(os.path.join(EXAMPLES, "*.c")))


class Installed(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        first = os.path.join(folder.name, "first")
        checked("cmake", "--install", BUILD, "--prefix", first)
        cls.prefix = os.path.join(folder.name, "moved here")  # no installed file may know where it was put
        os.rename(first, cls.prefix)
        cls.folder = folder.name
        cls.libraries = os.path.dirname(glob.glob(os.path.join(cls.prefix, "lib*", "**", "libpymm.so"), recursive=True)[0])

    def flags(self, *options):
        """What pkg-config says; it writes a blank in a path as a backslash and a blank."""
        text = checked("pkg-config", *options, "pymm", PKG_CONFIG_PATH=os.path.join(self.libraries, "pkgconfig"))
        return [flag.replace("\0", " ") for flag in text.strip().replace("\\ ", "\0").split()]

    def assert_runs(self, name, program, **environment):
        done = run(program, **environment)
        self.assertEqual((done.returncode, done.stdout), (0, OUTPUT[name]), program)

    def build_all(self, compiler, is_static, names=None):
        if shutil.which(compiler) is None:
            self.skipTest("no %s here" % compiler)
        linking = ["-static"] + self.flags("--static", "--libs") if is_static else self.flags("--libs") + ["-pthread"]
        for name in names or example_names():
            program = os.path.join(self.folder, "%s-%s-%d" % (name, compiler, is_static))
            with self.subTest(example=name):
                checked(*COMPILERS[compiler], *STRICT, *self.flags("--cflags"), os.path.join(EXAMPLES, name + ".c"),
                        "-x", "none", "-o", program, *linking)
                self.assert_runs(name, program, LD_LIBRARY_PATH=self.libraries)

    def test_gcc_shared(self):
        self.build_all("gcc", False)

    def test_gcc_static(self):
        self.build_all("gcc", True, ["threads", "statistics"])  # find_package does the others

    def test_a_static_program_with_debug_information_is_traced(self):
        program = os.path.join(self.folder, "trace_growth-static")
        checked(*COMPILERS["gcc"], "-g", *STRICT, *self.flags("--cflags"), os.path.join(EXAMPLES, "trace_growth.c"),
                "-o", program, "-static", *self.flags("--static", "--libs"))
        self.assert_runs("trace_growth", program)
        for frame_count in ("1", "5"):  # tracing starts in a constructor, before the unwinder of a static program can work
            self.assert_runs("trace_growth", program, PYTHONTRACEMALLOC=frame_count)
        self.assertIn("here: it is at %s:0\n" % os.path.realpath(program), checked(program, "here"))  # nobody knows lines

    def test_clang_shared(self):
        self.build_all("clang", False)

    def test_clang_static(self):
        self.build_all("clang", True, ["threads"])

    def test_cxx_shared(self):
        self.build_all("g++", False)

    def test_cxx_static(self):
        self.build_all("g++", True, ["threads"])

    def test_find_package(self):
        build = os.path.join(self.folder, "examples")
        checked("cmake", "-G", "Ninja", "-S", EXAMPLES, "-B", build, "-DCMAKE_PREFIX_PATH=" + self.prefix)
        checked("cmake", "--build", build)
        for name in example_names():
            for suffix in ("", "_static"):
                with self.subTest(example=name + suffix):
                    self.assert_runs(name, os.path.join(build, name + suffix))

    def test_a_version_that_is_not_there_is_not_found(self):
        with open(os.path.join(self.folder, "CMakeLists.txt"), "w") as file:
            file.write("cmake_minimum_required(VERSION 3.18)\nproject(x C)\nfind_package(pymm 7.0 REQUIRED)\n")
        done = run("cmake", "-G", "Ninja", "-S", self.folder, "-B", os.path.join(self.folder, "none"), "-DCMAKE_PREFIX_PATH=" + self.prefix)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("7.0", done.stdout)

    def test_headers_compile_in_every_standard(self):
        for compiler, language, standards in (("gcc", "c", ("c99", "c11", "c17")), ("clang", "c", ("c99", "c17")),
                                              ("g++", "c++", ("c++98", "c++11", "c++20")),
                                              ("clang++", "c++", ("c++98", "c++20"))):
            if shutil.which(compiler) is None:
                continue
            for header in ("Python.h", "pymm.h", "pymm_trace.h"):
                for standard in standards:
                    with self.subTest(header=header, compiler=compiler, standard=standard):
                        checked(compiler, "-x", language, "-std=" + standard, *STRICT, *self.flags("--cflags"),
                                "-include", header, "-fsyntax-only", os.devnull)

    def test_nothing_names_the_source_or_build_tree(self):
        for path in glob.glob(os.path.join(self.prefix, "**", "*"), recursive=True):
            if path.endswith((".pc", ".cmake", ".h")):
                with open(path) as file:
                    text = file.read()
                for tree in (SOURCE, BUILD, os.path.join(self.folder, "first")):
                    self.assertNotIn(tree, text, path)


class Examples(unittest.TestCase):
    def test_each_has_its_expected_output(self):
        self.assertEqual(example_names(), sorted(OUTPUT))


if __name__ == "__main__":
    unittest.main()
