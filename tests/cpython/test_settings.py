"""What a user set wins: PYTHONMALLOC, -X dev, PYTHONDEVMODE. The program works on the allocator asked for; one line says so where
pymm was asked for by `pymm run`, and nothing where the library was only preloaded."""
import os
import unittest

from harness import BARE, COMMAND, PROGRAMS, RUN, STOCK, Case, per_interpreter, start

WORK = ("import sys, threading; sys.path.insert(0, %r); import probe; probe.require()\n"
        "threads = [threading.Thread(target=lambda: [str(n) * 9 for n in range(20000)]) for _ in range(3)]\n"
        "[thread.start() for thread in threads]; [thread.join() for thread in threads]\n"
        "data = [bytes(n) for n in range(3000)]; probe.finish()\n") % PROGRAMS
NAMES = ("default", "debug", "malloc", "malloc_debug", "pymalloc", "pymalloc_debug")


@per_interpreter
class Settings(Case):
    def names(self):
        return NAMES + (("mimalloc", "mimalloc_debug") if self.python.version >= (3, 13) else ())

    def one_line(self, result):
        """Exactly one line on stderr, and it is pymm's."""
        lines = result.err.splitlines()
        self.assertEqual((result.code, result.out), (0, "ok\n"), result)
        self.assertEqual(len(lines), 1, result)
        self.assertTrue(lines[0].startswith("pymm: "), result)

    def test_pythonmalloc(self):
        for name in self.names():
            env = {"PYTHONMALLOC": name}
            with self.subTest(PYTHONMALLOC=name):
                self.succeed(["-c", WORK], STOCK, out="ok\n", env=env)
                self.succeed(["-c", WORK], BARE, out="ok\n", env=env, expect="foreign")
                result = self.start(["-c", WORK], RUN, env=env, expect="foreign")
                self.one_line(result)
                self.assertIn("PYTHONMALLOC", result.err)

    def test_development_mode(self):
        for flags, env in ((["-X", "dev"], {}), (["-Xdev"], {}), ([], {"PYTHONDEVMODE": "1"})):
            with self.subTest(flags=flags, env=env):
                self.succeed(flags + ["-c", WORK], STOCK, out="ok\n", env=env)
                self.succeed(flags + ["-c", WORK], BARE, out="ok\n", env=env, expect="foreign")
                self.one_line(self.start(flags + ["-c", WORK], RUN, env=env, expect="foreign"))

    def test_empty_is_unset(self):
        for env in ({"PYTHONMALLOC": ""}, {"PYTHONDEVMODE": ""}):
            for mode in (BARE, RUN):
                self.succeed(["-c", WORK], mode, out="ok\n", env=env)

    def test_dev_that_is_not_the_option(self):
        """`-X dev` among the program's own arguments, or another -X option, means nothing."""
        for mode in (BARE, RUN):
            self.succeed(["-c", WORK, "-X", "dev"], mode, out="ok\n")
            self.succeed(["-X", "faulthandler", "-c", WORK, "-Xdev"], mode, out="ok\n")
            self.succeed(["-W", "ignore", "-c", WORK], mode, out="ok\n", env={"PYTHONDEVMODE2": "1"})

    def test_ignored_environment(self):
        """Under -E and -I Python does not look at the variables: the program works, and the three domains have one owner."""
        code = ("import sys; sys.path.insert(0, %r); import probe; assert probe.domains_of_pymm() in ([], [0, 1, 2]);"
                "probe.check(); print('ok')" % PROGRAMS)
        for flag in ("-E", "-I"):
            for env in ({"PYTHONMALLOC": "debug"}, {"PYTHONDEVMODE": "1"}, {"PYTHONMALLOC": "nonsense"}):
                self.succeed([flag, "-c", code], BARE, out="ok\n", env=env)

    def test_unknown_name(self):
        """Python's own message and status, nothing else."""
        env = {"PYTHONMALLOC": "nonsense"}
        stock = self.start(["-c", "pass"], STOCK, env=env)
        bare = self.start(["-c", "pass"], BARE, env=env)
        self.assertEqual((bare.code, bare.err, bare.out), (stock.code, stock.err, stock.out), bare)
        self.assertNotEqual(stock.code, 0)

    def test_debug_hooks_still_find_an_overflow(self):
        """The user asked for the debug hooks in order to see this."""
        code = ("import ctypes; a = ctypes.pythonapi; a.PyMem_RawMalloc.restype = ctypes.c_void_p;"
                "p = a.PyMem_RawMalloc(ctypes.c_size_t(16)); ctypes.memset(p, 120, 17);"
                "a.PyMem_RawFree(ctypes.c_void_p(p))")
        for mode in (STOCK, BARE):
            result = self.start(["-c", code], mode, env={"PYTHONMALLOC": "debug"})
            self.assertEqual(result.code, -6, result)
            self.assertIn("bad trailing pad byte", result.err)

    def test_children_do_not_repeat_the_line(self):
        """`pymm run` was asked once; its Python children work on the same setting silently."""
        code = "import subprocess, sys; [subprocess.check_call([sys.executable, '-c', 'pass']) for _ in range(3)]; print('ok')"
        self.one_line(self.start(["-c", code], RUN, env={"PYTHONMALLOC": "malloc"}))

    def test_python_behind_a_shell(self):
        """`pymm run sh -c python`: at most one line, and the program works."""
        command = ["/bin/sh", "-c", '%s -c "print(1)"; %s -c "print(2)"' % ((self.python.path,) * 2)]
        result = start(command, RUN, env={"PYTHONMALLOC": "malloc"})
        self.assertEqual((result.code, result.out), (0, "1\n2\n"), result)
        self.assertLessEqual(len(result.err.splitlines()), 1, result)

    def test_disabled(self):
        """PYMM_DISABLE=1: the library is there and does nothing."""
        for mode in (BARE, RUN):
            result = self.start(["-c", WORK], mode, env={"PYMM_DISABLE": "1"}, expect="foreign")
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)


class Command(unittest.TestCase):
    def test_command_is_built(self):
        self.assertTrue(os.access(COMMAND, os.X_OK), COMMAND)


if __name__ == "__main__":
    unittest.main()
