"""Processes that are not Python load the library and do not notice: same output, same status, nothing on stderr."""
import os
import resource
import signal
import unittest

from harness import BARE, COMMAND, RUN, STOCK, Case, built, per_interpreter, start

# Nothing in their output changes from one moment to the next.
COMMANDS = (
    ["/bin/true"], ["/bin/false"], ["/bin/ls", "-l", "/usr"], ["/bin/sh", "-c", "echo one; (echo two) | cat; exit 7"],
    ["/bin/bash", "-c", "x=$(ls / | sort -r); echo \"$x\"; for i in 1 2 3; do (exit $i); echo $?; done"],
    ["/bin/ls", "/no/such/file"], ["/usr/bin/awk", "BEGIN { for (i = 0; i < 100000; i++) a[i] = i; print length(a) }"],
    ["/usr/bin/sort", "-S", "10M", "/etc/passwd"], ["/usr/bin/perl", "-e", "print join(',', map { $_ x 3 } 1..1000)"],
    ["/usr/bin/find", "/usr/include", "-maxdepth", "1", "-name", "std*"], ["/bin/sh", "-c", "kill -9 $$"],
    ["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=50M", "count=2", "status=none"], ["/usr/bin/gcc", "--version"],
)
# What a user may have set for the Python programs; others are not to answer to it.
SETTINGS = ({}, {"PYMM_STATS": "json"}, {"PYMM_STATS": "1", "PYMM_NO_SUCH_NAME": "1"}, {"PYMM_STATS": "nonsense"},
            {"PYTHONMALLOC": "debug"}, {"PYMM_DISABLE": "1"})


class Children(unittest.TestCase):
    def same(self, argv, modes=(BARE, RUN), **options):
        stock = start(argv, STOCK, **options)
        for mode in modes:
            result = start(argv, mode, **options)
            self.assertEqual((result.code, result.out, result.err), (stock.code, stock.out, stock.err),
                             "%s: stock %s\n%s: %s" % (argv, stock, mode, result))

    def test_output_unchanged(self):
        for argv in COMMANDS:
            if os.path.exists(argv[0]):
                with self.subTest(argv[0]):
                    self.same(argv)

    def test_settings_are_not_theirs(self):
        for env in SETTINGS:
            for argv in COMMANDS[:5]:
                with self.subTest(argv=argv[0], env=env):
                    self.same(argv, modes=(BARE,), env=env)

    def test_environment(self):
        """`env` shows what was there before, and pymm's own names beside it."""
        ours = ("LD_PRELOAD=", "PYMM_", "CPYTHON_TEST_", "_=")

        def shown(mode):
            result = start(["/usr/bin/env"], mode)
            self.assertEqual((result.code, result.err), (0, ""), result)
            return [line for line in result.out.splitlines() if not line.startswith(ours)]
        self.assertEqual(shown(BARE), shown(STOCK))
        self.assertEqual(shown(RUN), shown(STOCK))

    def test_static_child(self):
        self.same([built("cpython_test_static"), "one", "two"])
        self.same(["/bin/sh", "-c", built("cpython_test_static") + " from a shell"])

    def test_tiny_address_space(self):
        """A child that Python has nothing to do with must not lose the address space that pymm would reserve."""
        for mib in (20, 50, 200):
            self.same(["/bin/ls", "/usr"], limits={resource.RLIMIT_AS: mib << 20})

    def test_signal_passes(self):
        for number in (signal.SIGKILL, signal.SIGTERM):
            result = start([COMMAND, "run", "--", "/bin/sh", "-c", "kill -%d $$" % number], STOCK)
            self.assertEqual(result.code, -number, result)


@per_interpreter
class ChildrenOfPython(Case):
    def test_subprocesses(self):
        """The same program text on stock and under pymm: its children's outputs and statuses are printed."""
        commands = [argv for argv in COMMANDS if os.path.exists(argv[0])] + [[built("cpython_test_static"), "child"]]
        code = ("import subprocess\n"
                "for argv in %r:\n"
                "    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)\n"
                "    print(argv[0], done.returncode, done.stdout.decode(errors='replace'))\n") % commands
        stock = self.succeed(["-c", code], STOCK)
        self.succeed(["-c", code], BARE, out=stock.out)
        self.succeed(["-c", code], RUN, out=stock.out)

    def test_system_and_popen(self):
        code = "import os; print(os.system('exit 3') >> 8, os.popen('echo text').read(), os.spawnl(os.P_WAIT, '/bin/false', 'false'))"
        stock = self.succeed(["-c", code], STOCK)
        self.succeed(["-c", code], BARE, out=stock.out)


if __name__ == "__main__":
    unittest.main()
