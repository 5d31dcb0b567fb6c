"""The three domains are pymm's from the first allocation on, whatever Python is told that does not concern allocators; the
allocation contract holds; tracemalloc stacks on top."""
import unittest

from harness import BARE, PROGRAMS, RUN, STOCK, Case, per_interpreter

# A program on a line, for interpreters that do not put a script's folder on the path (-I).
IMPORT = "import sys; sys.path.insert(0, %r); import probe; " % PROGRAMS
TINY = IMPORT + "probe.require(); probe.finish()"


@per_interpreter
class Domains(Case):
    def test_domains(self):
        self.program("domains.py")

    def test_domains_under_the_command(self):
        self.program("domains.py", modes=(RUN,))

    def test_contract(self):
        self.program("contract.py")

    def test_isolating_options(self):
        """-I and -E do not shut a preload out, -S and -s change nothing."""
        for flag in ("-I", "-E", "-S", "-s", "-O", "-OO", "-v"):
            for mode in (STOCK, BARE):
                result = self.start([flag, "-c", TINY], mode)
                self.assertEqual((result.code, result.out), (0, "ok\n"), "%s: %s" % (flag, result))
                if flag != "-v":
                    self.assertEqual(result.err, "", flag)

    def test_other_options(self):
        for flags in (["-W", "error"], ["-W", "ignore", "-W", "always::ImportWarning"], ["-X", "faulthandler"],
                      ["-X", "utf8"], ["-q"], ["-u"], ["-b"]):
            self.succeed(flags + ["-c", TINY], out="ok\n")

    def test_no_arena_of_pymalloc(self):
        """PYTHONMALLOCSTATS prints when pymalloc takes an arena, from the first one on: it takes none."""
        stock = self.start(["-c", "pass"], STOCK, env={"PYTHONMALLOCSTATS": "1"})
        self.assertIn("size classes", stock.err)
        self.succeed(["-c", TINY], out="ok\n", env={"PYTHONMALLOCSTATS": "1"})

    def test_program_from_stdin_and_module(self):
        self.succeed(["-"], stdin=(TINY + "\n").encode(), out="ok\n")
        self.succeed(["-m", "platform", "--terse"], out=None)

    def test_site_and_locale(self):
        """The paths through preinitialization, where the raw domain is swapped: coercion, UTF-8 mode, odd locales."""
        for env in ({"LC_ALL": "C"}, {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONUTF8": "1"}, {"PYTHONUTF8": "0"},
                    {"LC_ALL": "C.UTF-8"}, {"PYTHONHASHSEED": "1"}, {"PYTHONWARNINGS": "ignore,always::ImportWarning"},
                    {"PYTHONPATH": "/tmp:/usr:" + ":".join("/no/such/folder%d" % n for n in range(100))}):
            self.succeed(["-c", TINY], out="ok\n", env=env)

    def test_no_environment_at_all(self):
        """`env -i` but for the library itself."""
        result = self.start(["-c", "print(sum(range(10)))"], env={name: "" for name in ("LANG", "HOME", "PATH")})
        self.assertEqual((result.code, result.out, result.err), (0, "45\n", ""), result)

    def test_output_is_the_same(self):
        """A program that prints nothing random prints the same."""
        code = ("import this, json, decimal, re, collections\n"
                "print(json.dumps({str(n): str(decimal.Decimal(n) ** 20 / 7) for n in range(300)}))\n"
                "print(sorted(collections.Counter(re.findall('[a-z]+', decimal.__doc__)).items()))\n")
        stock = self.succeed(["-c", code], STOCK)
        self.succeed(["-c", code], BARE, out=stock.out)


@per_interpreter
class Tracemalloc(Case):
    def test_start_and_stop(self):
        self.program("tracing.py")

    def test_x_tracemalloc(self):
        for value in ("tracemalloc", "tracemalloc=7"):
            self.program("tracing.py", "started", flags=["-X", value])

    def test_environment(self):
        self.program("tracing.py", "started", env={"PYTHONTRACEMALLOC": "3"})

    def test_still_tracing_at_exit(self):
        code = IMPORT + "import tracemalloc; tracemalloc.start(5); x = [bytes(n) for n in range(2000)]; print('ok')"
        for mode in (STOCK, BARE):
            self.succeed(["-c", code], mode, out="ok\n")
            self.succeed(["-X", "tracemalloc", "-c", code], mode, out="ok\n")


if __name__ == "__main__":
    unittest.main()
