"""C hosts: one that initialises, finalises and initialises again, one that opens libpython late (locally or globally, with and
without pymm_install), one that configures the allocator; for every libpython found."""
import os
import subprocess
import tempfile
import unittest

from harness import BARE, BUILD, HERE, PROGRAMS, STOCK, Case, built, per_interpreter, start

WORK = "run", "import json, sys; kept = [json.dumps({'n': n}) for n in range(5000)]; del kept"
HELD = "run", "import sys; sys.held = [bytes(n) for n in range(3000)]; sys.cycle = [sys.held]; sys.cycle.append(sys.cycle)"


def compiled(output, source, *arguments):
    """Compile a C program of this folder with a libpython of the machine's; the compiler is the build's, or cc."""
    folder = os.path.join(BUILD, "cpython_hosts")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, output)
    compiler = os.environ.get("CC") or "cc"
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = os.path.join(scratch, "host")
        done = subprocess.run([compiler, "-O1", "-Wall", "-o", made, os.path.join(HERE, source)] + list(arguments),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            raise AssertionError("%s: %s" % (source, done.stdout.decode(errors="replace")))
        os.replace(made, path)      # tests of both tiers may compile at the same time
    return path


@per_interpreter
class Embedding(Case):
    @classmethod
    def setUpClass(cls):
        if not cls.python.libpython:
            raise unittest.SkipTest("%s: no shared libpython" % cls.python.name)
        cls.folder = os.path.dirname(cls.python.libpython)

    def home(self):
        """Where this libpython has its modules; the program's own place says nothing about it."""
        return {"PYTHONHOME": os.path.dirname(os.path.dirname(os.path.dirname(self.python.tests)))}

    def host(self, library, words, modes=(STOCK, BARE), out="ok\n", env=None, expect=None):
        for mode in modes:
            argv = [built("cpython_test_host"), self.python.libpython] if library == "late" else [library, "-"]
            result = start(argv + list(words), mode, env=dict(self.home(), **(env or {})), expect=expect)
            what = "%s, %s, %s: %s" % (self.python.name, mode, " ".join(words)[:500], result)
            self.assertEqual((result.code, result.err), (0, ""), what)
            self.assertEqual(result.out, out, what)

    def linked(self):
        return compiled("linked_%s" % self.python.identifier, "host.c", "-pthread", "-Wl,--no-as-needed",
                        self.python.libpython, "-Wl,-rpath," + self.folder, "-ldl")

    # Linked with libpython: pymm's constructor finds it.

    def test_one_life(self):
        self.host(self.linked(), ["pymm", "init", "pymm", *WORK, "alloc", "resize", "free", "pymm", "check", "final", "check"])

    def test_lives_in_a_row(self):
        """3.12 and newer put their own allocators back at the second start: whole or not at all, and nothing crashes."""
        words = ["pymm", "init", "pymm", *WORK, *HELD, "final", "check"]
        for _ in range(4):
            words += ["init", "one-owner", *WORK, *HELD, "threads", "final", "check"]
        self.host(self.linked(), words)

    def test_leftovers_of_the_first_life(self):
        """Blocks of every domain, made in the first life, resized and freed in the second."""
        self.host(self.linked(), ["init", "alloc", "final", "init", "check", "free", "check", "final", "check"], modes=(BARE,))
        self.host(self.linked(), ["init", "alloc", "final", "init", "resize", "free", "check", "final"], modes=(BARE,))
        self.host(self.linked(), ["init", "raw-alloc", "final", "init", "raw-free", "check", "final", "check"])

    def test_leftovers_of_the_second_life(self):
        self.host(self.linked(), ["init", "final", "init", "raw-alloc", "final", "init", "raw-free", "final", "check"])
        self.host(self.linked(), ["init", "final", "init", "raw-alloc", "final", "raw-free", "check"])

    def test_raw_domain_outside_a_life(self):
        self.host(self.linked(), ["raw-alloc", "init", "raw-free", "raw-alloc", "final", "raw-free", "check"])

    def test_free_in_exit_handler(self):
        self.host(self.linked(), ["init", "atexit", *WORK, "final"], out="ok\natexit\n")
        self.host(self.linked(), ["init", "atexit", *WORK], out="ok\natexit\n")

    def test_threads_of_the_host(self):
        self.host(self.linked(), ["init", "threads", "threads", "pymm", "check", "final"])

    def test_user_setting(self):
        for env in ({"PYTHONMALLOC": "debug"}, {"PYTHONMALLOC": "malloc"}, {"PYTHONDEVMODE": "1"}):
            self.host(self.linked(), ["init", "foreign", *WORK, "alloc", "free", "final", "init", *WORK, "final", "check"], env=env)

    # libpython opened while the program runs.

    def test_closed_after_its_life(self):
        """pymm is used on, and may call no function that has gone with the library; nor may a profile read frames there."""
        for is_profiled in (False, True):
            with self.subTest(is_profiled=is_profiled), tempfile.TemporaryDirectory() as folder:
                env = {"PYMM_PROFILE": os.path.join(folder, "file"), "PYMM_RUN": "1"} if is_profiled else {}
                for opened in ("open-local", "open-global"):
                    self.host("late", [opened, "install", "init", *WORK, "final", "close", "use"], env=env)

    def test_late_without_install(self):
        """pymm cannot know of it: Python works on its own allocator."""
        for scope in ("open-local", "open-global"):
            self.host("late", [scope, "init", "foreign", *WORK, "threads", "alloc", "resize", "free", "final", "check"])
            self.host("late", [scope, "init", *WORK, "final", "init", "foreign", *WORK, "final", "check"])

    def test_late_with_install(self):
        for scope in ("open-local", "open-global"):
            self.host("late", [scope, "install", "pymm", "init", "pymm", *WORK, "threads", "alloc", "resize", "free", "pymm",
                               "final", "check"])
            self.host("late", [scope, "install", "init", "alloc", *HELD, "final", "init", "one-owner", "free", "final", "check"],
                      modes=(BARE,))

    def test_install_twice(self):
        self.host("late", ["open-local", "install", "install", "init", "pymm", *WORK, "final", "check"])

    def test_install_again_for_each_life(self):
        """Calling it before each start is harmless; from 3.12 on the start itself then puts Python's own allocators back."""
        again = ["install", "init", "one-owner", *WORK, *HELD, "final", "check"]
        self.host("late", ["open-local"] + again * 3)

    def test_install_after_each_preinitialisation(self):
        """What 3.12 and newer reset, they reset there: a host that installs after it has pymm in each life."""
        if self.python.version < (3, 8):
            self.skipTest("%s: no PyPreConfig" % self.python.minor)
        life = ["preinit", "install", "init", "pymm", *WORK, *HELD, "threads", "final", "check"]
        self.host("late", ["open-local"] + life * 3)

    def test_install_without_a_python(self):
        self.host("late", ["install-null-fails", "open-local", "install-null-fails", "install", "init", "pymm", "final"])

    def test_install_against_a_setting(self):
        for env in ({"PYTHONMALLOC": "debug"}, {"PYTHONDEVMODE": "1"}):
            self.host("late", ["open-global", "install-fails", "init", "foreign", *WORK, "final", "check"], env=env)

    # The host's own configuration.

    def test_configuration(self):
        if self.python.version < (3, 8):
            self.skipTest("%s: no PyPreConfig" % self.python.minor)
        if not self.python.headers:
            self.skipTest("%s: no headers" % self.python.name)
        host = compiled("config_%s" % self.python.identifier, "host_config.c", "-I" + self.python.headers, "-Wno-cpp",
                        "-Wl,--no-as-needed", self.python.libpython, "-Wl,-rpath," + self.folder)
        code = "import sys; sys.path.insert(0, %r); sys.dont_write_bytecode = True; import probe; probe.require(); probe.check()"
        for choice in ("default", "isolated", "debug", "malloc"):
            for mode in (STOCK, BARE):
                expect = None if mode == STOCK or choice in ("default", "isolated") else "foreign"
                result = start([host, choice, self.python.path, code % PROGRAMS], mode, expect=expect)
                self.assertEqual((result.code, result.out, result.err), (0, "ok\n", ""), "%s %s: %s" % (choice, mode, result))


if __name__ == "__main__":
    unittest.main()
