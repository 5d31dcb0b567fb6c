"""Other programs read what `pymm report` writes: go tool pprof (Debian: golang-go), speedscope's schema, speedscope itself.

Each is skipped by name where its program is missing: script/bootstrap --report installs them.
"""
import re
import shutil
import subprocess
import unittest

import node_packages
import profile_writer
from support import ReportTest


class Readers(ReportTest):
    def setUp(self):
        super().setUp()
        self.write("p", profile_writer.small())
        self.write("old", profile_writer.Writer().bytes())

    def go(self, *arguments):
        if not shutil.which("go"):
            self.skipTest("no go (script/bootstrap --report)")
        done = subprocess.run(["go", "tool", "pprof", *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=dict(self.environment, PPROF_TMPDIR=self.folder, GOFLAGS="-mod=mod"))
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        return done.stdout.decode()

    def test_pprof_totals(self):
        for arguments, index, total, tops in (
                ((), "inuse_space", 2101248, {"Cache.store": 1310720, "Parser.parse": 786432, "<no frame>": 4096}),
                ((), "inuse_objects", 84, {"Cache.store": 80, "Parser.parse": 3, "<no frame>": 1}),
                ((), "alloc_space", 6557696, {"work": 4194304, "Cache.store": 1310720, "Parser.parse": 1048576}),
                (("--peak",), "inuse_space", 5935104, {"work": 4194304, "Parser.parse": 1048576, "Cache.store": 688128})):
            self.shown("--format=pprof", "-o", "p.pb.gz", *arguments, "p")
            is_bytes = "space" in index
            out = self.go("-top", "-nodefraction=0", "-unit=" + ("B" if is_bytes else "count"), "-sample_index=" + index, "p.pb.gz")
            self.assertRegex(out, r"Total samples = %d%s\b" % (total, "B" if is_bytes else ""))
            rows = re.findall(r"^ +(\d+)B? +[\d.]+% +[\d.]+% +\d+B? +[\d.]+% +(.+)$", out, re.M)
            flat = {name: int(value) for value, name in rows}
            self.assertEqual({name: flat[name] for name in tops}, tops)
            self.assertEqual((sum(flat.values()), flat["<module>"]), (total, 0))

    def test_pprof_by_thread(self):
        self.shown("--format=pprof", "-o", "p.pb.gz", "p")
        out = self.go("-top", "-unit=B", "-tagfocus=thread=worker", "p.pb.gz")
        self.assertRegex(out, "Showing nodes accounting for 1310720B")

    def test_pprof_difference(self):
        self.shown("--format=pprof", "-o", "p.pb.gz", "--base=old", "p")
        self.assertRegex(self.go("-top", "-unit=B", "p.pb.gz"), "Total samples = 2101248B")

    def test_speedscope_schema(self):
        node_packages.install("node", "npm")
        self.shown("--format=speedscope", "-o", "a.json", "p")
        self.shown("--format=speedscope", "-o", "b.json", "--base=p", "old")
        status, out = node_packages.run("readers.mjs", "schema", self.path("a.json"), self.path("b.json"), home=self.folder)
        self.assertEqual((status, out), (0, ""))

    def test_the_schema_is_looked_at(self):
        node_packages.install("node", "npm")
        self.write("bad.json", self.shown("--format=speedscope", "p").replace('"weights"', '"weight"').encode())
        self.assertNotEqual(node_packages.run("readers.mjs", "schema", self.path("bad.json"), home=self.folder)[0], 0)

    def test_speedscope_opens_its_format_and_collapsed_stacks(self):
        node_packages.install("chromium", "node", "npm")
        self.shown("--format=speedscope", "-o", "a.speedscope.json", "p")
        self.shown("--format=collapsed", "-o", "a.collapsed.txt", "p")
        status, out = node_packages.run("readers.mjs", "import", self.path("a.speedscope.json"), self.path("a.collapsed.txt"),
                                        home=self.folder)
        self.assertEqual(status, 0, out)
        self.assertIn("a.collapsed.txt", out)


if __name__ == "__main__":
    unittest.main()
