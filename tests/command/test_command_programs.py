"""Which programs pymm run takes and which it refuses, by their ELF files: fakes are compiled here, nothing is installed.

Owns: one test for each kind of Python, launcher and foreign program, with its exact line; the same words in pymm info.
Does not own: other bad input (test_command_refusals.py). Read first: support.py.
"""
import os
import random
import shutil
import struct
import subprocess
import unittest

import support

MAIN = '#include <stdio.h>\nint main(void) { puts("ran"); return 0; }\n'
API = MAIN + "int Py_BytesMain, PyMem_SetAllocator;\n"
EXPORT = "-rdynamic"

FREE_THREADED = "a free-threaded Python, whose objects cannot leave its own allocator; use a CPython 3.7 or newer with the GIL"
PYPY = "PyPy, which has no allocator to replace; use CPython 3.7 or newer"
TOO_OLD = "a Python older than 3.7, the first that pymm works with; use CPython 3.7 or newer"
NO_API = ("a Python that does not export PyMem_SetAllocator, so no allocator can be installed; use a CPython 3.7 or newer that "
          "exports its C API")
STATIC = "a statically linked Python, into which nothing can be preloaded; use a dynamically linked CPython"
OTHER_MACHINE = "a program for another kind of machine than this pymm; use a pymm built for that machine"
OTHER_LIBC = "a program for another C library than this pymm; use a pymm built with that C library"
PRIVILEGED = "a program that gains privileges, for which the system ignores LD_PRELOAD; start pymm inside it, as in: sudo pymm run PROG"


class ProgramTest(support.CommandTest):
    def program(self, name, source=MAIN, *options):
        return self.compile(source, os.path.join(self.work, name), *options)

    def assertTaken(self, path, **options):
        self.assertRuns("ran\n", "run", path, **options)

    def assertVerdict(self, path, words):
        """Refused by run, with these words; info has the same for the same file."""
        self.assertRefused(125, "%s: is %s" % (path, words), "run", path)
        if os.path.basename(path).startswith("py"):
            self.assertIn("no: %s\n" % words.split(";")[0], self.info_line(path))

    def info_line(self, path):
        result = self.pymm("info", environment={"PATH": os.path.dirname(path)})
        self.assertEqual((0, ""), (result.status, result.err))
        lines = [line for line in result.out.splitlines(True) if path in line.split()]
        self.assertEqual(1, len(lines), result.out)
        return lines[0]


class Symbols(ProgramTest):
    def test_python_with_the_api(self):
        path = self.program("python3.11", API, EXPORT)
        self.assertTaken(path)
        self.assertEqual(["3.11", "yes"], self.info_line(path).split()[1:])

    def test_python_without_the_api(self):
        for name in ("python", "python3", "python3.9", "python3.9d", "python3-dbg", "python3.9.1"):
            with self.subTest(name=name):
                self.assertVerdict(self.program(name), NO_API)

    def test_python_whose_api_is_stripped(self):
        self.assertVerdict(self.program("python3", API, "-s"), NO_API)

    def test_python_of_another_name_without_the_api(self):
        self.assertVerdict(self.program("app", MAIN + "int Py_BytesMain;", EXPORT), NO_API)

    def test_other_programs_are_taken(self):
        for name in ("app", "pythonista", "python3-config", "python.bin", "ipython", "pypyx", "pythonlauncher"):
            with self.subTest(name=name):
                self.assertTaken(self.program(name))

    def test_launcher_behind_a_link_is_taken(self):
        self.program("manager")
        os.symlink("manager", self.work + "/python3")
        self.assertTaken(self.work + "/python3")
        self.assertIn("not known: not a Python itself", self.info_line(self.work + "/python3"))

    def test_small_launcher_is_taken(self):
        source = '#include <unistd.h>\nint main(int c, char **v) { return execv("/usr/bin/python3", v); }\n'
        self.assertRuns("1\n", "run", self.program("python3", source), "-c", "print(1)")

    def test_large_program_that_calls_exec_is_no_launcher(self):
        source = "#include <unistd.h>\nchar large[500000] = {1};\nint main(int c, char **v) { return execv(v[1], v); }\n"
        self.assertVerdict(self.program("python3", source), NO_API)

    def test_free_threaded_by_symbol(self):
        self.assertVerdict(self.program("python3", API + "int _Py_DecRefShared;", EXPORT), FREE_THREADED)

    def test_free_threaded_by_name(self):
        for name in ("python3.13t", "python3.14td", "python3t"):
            with self.subTest(name=name):
                self.assertVerdict(self.program(name, API, EXPORT), FREE_THREADED)

    def test_pypy_by_name(self):
        for name in ("pypy", "pypy3", "pypy3.10", "pypy3.10-c"):
            with self.subTest(name=name):
                self.assertVerdict(self.program(name), PYPY)

    def test_too_old_by_name(self):
        for name in ("python2", "python2.7", "python3.6", "python3.6m", "python3.4dm"):
            with self.subTest(name=name):
                if name == "python2":  # no minor number: no more is known than that the API is missing
                    self.assertVerdict(self.program(name), NO_API)
                else:
                    self.assertVerdict(self.program(name, API, EXPORT), TOO_OLD)

    def test_version_from_the_symbol(self):
        version = "const unsigned long Py_Version = 0x030c04f0;"
        path = self.program("python3", API + version, EXPORT)
        self.assertEqual(["3.12.4", "yes"], self.info_line(path).split()[1:])
        path = self.program("python3.12", API + version.replace("0c04", "0601"), EXPORT)
        self.assertVerdict(path, TOO_OLD)

    def test_debian_python(self):
        self.assertRuns("1\n", "run", support.PYTHON, "-c", "print(1)")


class Libraries(ProgramTest):
    def linked(self, name, library, source, where="$ORIGIN"):
        """A program that needs `library`, which holds `source`, by RUNPATH."""
        path = self.compile(source, os.path.join(self.work, library), "-shared", "-fPIC", "-Wl,-soname," + library)
        run_path = ["-Wl,-rpath," + where] if where else []
        return self.program(name, MAIN, "-Wl,--no-as-needed", path, *run_path)

    def test_with_the_api(self):
        for where in ("$ORIGIN", "${ORIGIN}", "$ORIGIN/../work", "/nope:" + self.work):
            with self.subTest(where=where):
                path = self.linked("python3", "libpython3.11.so.1.0", API, where)
                self.assertTaken(path)
                self.assertEqual(["3.11", "yes"], self.info_line(path).split()[1:])

    def test_without_the_api(self):
        self.assertVerdict(self.linked("python3", "libpython3.9.so.1.0", "int x;"), NO_API)
        self.assertVerdict(self.linked("app", "libpython3.9.so.1.0", "int x;"), NO_API)

    def test_found_by_variable(self):
        path = self.linked("python3", "libpython3.9.so.1.0", "int x;", None)
        self.environment["LD_LIBRARY_PATH"] = "/nope:" + self.work
        self.assertVerdict(path, NO_API)

    def test_library_not_found_is_judged_by_its_name(self):
        path = self.linked("python3", "libpython3.9.so.1.0", API, None)
        self.assertEqual(["3.9", "yes"], self.info_line(path).split()[1:])

    def test_free_threaded(self):
        self.assertVerdict(self.linked("python3", "libpython3.13t.so.1.0", API), FREE_THREADED)
        self.assertVerdict(self.linked("python3", "libpython3.13.so.1.0", API + "int _Py_DecRefShared;"), FREE_THREADED)
        self.assertVerdict(self.linked("app", "libpython3.13t.so.1.0", API), FREE_THREADED)

    def test_pypy(self):
        self.assertVerdict(self.linked("app", "libpypy3.10-c.so", "int x;"), PYPY)
        self.assertVerdict(self.linked("app", "libpypy-c.so", "int x;"), PYPY)

    def test_too_old(self):
        self.assertVerdict(self.linked("python3", "libpython2.7.so.1.0", "int x;"), TOO_OLD)
        self.assertVerdict(self.linked("python3", "libpython3.6m.so.1.0", API), TOO_OLD)

    def test_version_from_the_library(self):
        path = self.linked("python3", "libpython3.12.so.1.0", API + "const unsigned long Py_Version = 0x030c01f0;")
        self.assertEqual(["3.12.1", "yes"], self.info_line(path).split()[1:])

    def test_stable_library_leads_to_the_real_one(self):
        for source, good in ((API, True), ("int x;", False)):
            with self.subTest(good=good):
                real = self.compile(source, self.work + "/libpython3.12.so.1.0", "-shared", "-fPIC",
                                    "-Wl,-soname,libpython3.12.so.1.0")
                stable = self.compile("", self.work + "/libpython3.so", "-shared", "-fPIC", "-Wl,-soname,libpython3.so",
                                      "-Wl,--no-as-needed", real, "-Wl,-rpath,$ORIGIN")
                path = self.program("python3", MAIN, "-Wl,--no-as-needed", stable, "-Wl,-rpath,$ORIGIN",
                                    "-Wl,--allow-shlib-undefined")
                self.assertTaken(path) if good else self.assertVerdict(path, NO_API)


class Foreign(ProgramTest):
    def patched(self, name, offset, data):
        path = self.program(name)
        with open(path, "r+b") as file:
            file.seek(offset)
            file.write(data)
        return path

    def test_static_python(self):
        for options in (["-static"], ["-static", "-s"], ["-static-pie"]):
            with self.subTest(options=options):
                self.assertVerdict(self.program("python3", MAIN, *options), STATIC)

    def test_static_python_of_another_name(self):
        self.assertVerdict(self.program("app", API, "-static"), STATIC)

    def test_other_static_program_is_taken(self):
        self.assertTaken(self.program("app", MAIN, "-static"))

    def test_other_machine(self):
        for name in ("python3", "app"):
            with self.subTest(name=name):
                self.assertVerdict(self.patched(name, 18, struct.pack("<H", 247)), OTHER_MACHINE)

    def test_other_word_size(self):
        size = open(support.COMMAND, "rb").read(5)[4]
        self.assertVerdict(self.patched("app", 4, bytes([3 - size])), OTHER_MACHINE)

    def test_other_c_library(self):
        path = self.program("app", MAIN, "-Wl,--dynamic-linker=/lib/ld-musl-any.so.1")
        self.assertVerdict(path, OTHER_LIBC)

    def test_dynamic_loader_missing(self):
        loader = os.path.basename(subprocess.run(["readelf", "-l", support.COMMAND], stdout=subprocess.PIPE, text=True)
                                  .stdout.split("interpreter: ")[1].split("]")[0])
        path = self.program("app", MAIN, "-Wl,--dynamic-linker=/nope/" + loader)
        self.assertRefused(127, "%s: needs the dynamic loader /nope/%s: not found; check the name" % (path, loader), "run", path)

    def test_privileged(self):
        if os.geteuid() != 0:
            self.skipTest("only root can give a file to another user")
        path = self.program("app")
        os.chown(path, 65534, 65534)
        for mode in (0o4755, 0o2755):
            os.chmod(path, mode)
            self.assertVerdict(path, PRIVILEGED)
        os.chmod(path, 0o2745)  # without the group's execute bit it means something else
        self.assertTaken(path)

    def test_privileged_program_of_the_system(self):
        su = shutil.which("su", path="/usr/bin:/bin")
        if not su or not os.stat(su).st_mode & 0o4000:
            self.skipTest("no set-user-ID su here")
        self.assertRefused(125, "%s: is %s" % (su, PRIVILEGED), "run", su, **support.AS_USER)

    def test_own_set_user_id_gains_nothing(self):
        path = self.program("app")
        os.chmod(path, 0o6755)
        self.assertTaken(path)

    def test_privileged_without_effect(self):
        if os.geteuid() != 0 or not shutil.which("setpriv"):
            self.skipTest("needs root and setpriv")
        path = self.program("app")
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o4755)
        done = subprocess.run(["setpriv", "--no-new-privs", self.command, "run", path], env=self.environment,
                              stdout=subprocess.PIPE)
        self.assertEqual((0, b"ran\n"), (done.returncode, done.stdout))

    def test_may_be_executed_but_not_read(self):
        path = self.program("python3")
        os.chmod(path, 0o111)
        self.assertTaken(path, **support.AS_USER)


class Interpreters(ProgramTest):
    def test_script_of_a_refused_python(self):
        python = self.program("python3.13t", API, EXPORT)
        self.environment["PATH"] = self.work + ":/usr/bin:/bin"
        for first in ("#!" + python, "#!/usr/bin/env python3.13t", "#!/usr/bin/env -S A=1 python3.13t -u"):
            with self.subTest(first=first):
                path = self.write("script", first + "\n")
                self.assertRefused(125, "%s: its interpreter %s is %s" % (path, python, FREE_THREADED), "run", path)

    def test_python_file_with_a_refused_python3(self):
        self.write("hello.py", "")
        python = self.program("python3")
        self.environment["PATH"] = self.work
        self.assertRefused(125, "hello.py: its interpreter %s is %s" % (python, NO_API), "run", "hello.py")

    def test_through_a_script_that_is_an_interpreter(self):
        python = self.program("pypy3")
        one = self.write("one", "#!%s\n" % python)
        two = self.write("two", "#!%s\n" % one)
        self.assertRefused(125, "%s: its interpreter %s is %s" % (one, python, PYPY), "run", two)


class Damage(ProgramTest):
    def test_damaged_files_do_not_crash_info(self):
        """Hundreds of damaged interpreters, judged by one process: it comes to its end with a line for each."""
        good = open(self.program("good", API + "const unsigned long Py_Version = 0x030c01f0;", EXPORT), "rb").read()
        seed = 20240611
        source = random.Random(seed)
        folder = os.path.join(self.work, "damaged")
        os.mkdir(folder)
        count = 400
        for number in range(count):
            data = bytearray(good)
            for _ in range(source.choice((1, 3, 30))):
                # Mostly where the structure is: the headers at both ends.
                place = source.choice((source.randrange(1024), -source.randrange(1, 2500), source.randrange(len(data))))
                data[place] = source.choice((0, 1, 0x7f, 0x80, 0xff, source.randrange(256)))
            if number % 4 == 0:
                del data[source.randrange(len(data)):]
            data[:4] = good[:4]
            with open(os.path.join(folder, "python3.%d" % number), "wb") as file:
                file.write(data)
            os.chmod(file.name, 0o755)
        result = self.pymm("info", environment={"PATH": folder})
        self.assertEqual((0, ""), (result.status, result.err), "seed %d" % seed)
        self.assertEqual(count, result.out.count(folder))


if __name__ == "__main__":
    unittest.main()
