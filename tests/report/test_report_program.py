"""From a program to its report: examples/leaky_service.py under `pymm run --profile`, and the leak that docs/find-a-leak.md finds."""
import os
import subprocess
import unittest

from support import COMMAND, HERE, ReportTest

EXAMPLE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "examples", "leaky_service.py")
PYTHON = "/usr/bin/python3"


class Program(ReportTest):
    def profile(self, program, *options):
        done = subprocess.run([COMMAND, "run", "--profile=" + self.path("p.pymm"), *options, "--", PYTHON, program], cwd=self.folder,
                              env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def suspects(self):
        sites = self.json("p.pymm")["sites"]
        return [name for name, is_suspected in zip(sites["function"], sites["is_suspected"]) if is_suspected]

    def test_the_leak_is_suspected(self):
        self.profile(EXAMPLE)
        self.assertEqual([name.split(".")[-1] for name in self.suspects()], ["render"])  # names are qualified from 3.11 on
        totals = self.json("p.pymm")["totals"]
        self.assertGreater(totals["end"]["bytes"], 0.9 * totals["peak"]["bytes"])
        self.assertGreater(totals["end"]["bytes"], 50 << 20)

    def test_the_leak_mended_is_not(self):
        with open(EXAMPLE) as file:
            text = file.read()
        mended = text.replace("self.kept.get(address)", "self.kept.get(address.split('&')[0])")
        mended = mended.replace("self.kept[address]", "self.kept[address.split('&')[0]]")
        self.assertEqual(mended.count("split('&')"), 2)
        with open(self.path("mended.py"), "w") as file:
            file.write(mended)
        out = self.profile(self.path("mended.py"), "--sample-interval=65536")  # with few samples chance looks like growth
        self.assertEqual(self.suspects(), [])
        self.assertEqual(out, self.profile(EXAMPLE))

    def test_what_python_frees_at_its_end_is_no_news(self):
        with open(self.path("kept.py"), "w") as file:
            file.write("kept = [bytes(1000) for _ in range(20000)]\n")
        self.profile(self.path("kept.py"), "--sample-interval=1")
        report = self.json("p.pymm")
        row = report["sites"]["file"].index(self.path("kept.py"))
        self.assertGreaterEqual(report["sites"]["bytes"][row], 20000 * 1033)
        self.assertTrue(report["profile"]["has_ended"])


if __name__ == "__main__":
    unittest.main()
