"""A recording's way: a Python program under the preload, trace_pack, and the replay that verifies every block of it."""
import json
import os
import struct
import subprocess
import sys
import tempfile
import unittest

BUILD = os.environ.get("PYMM_BUILD_DIR", os.path.join(os.path.dirname(__file__), "..", "..", "build", "release"))
PRELOAD = os.path.join(BUILD, "libpymm-cpython.so")
PROGRAM = """
import os, sys, threading
kept = []
def work(number):
    for i in range(600):
        kept.append([str(i) * (i % 40), {i: number}, bytearray(i * 11)])
        kept[-1][2] += b"x" * (i * 7)
        if i % 3 == 0:
            kept.pop(i % len(kept))
threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if hasattr(os, "fork"):
    child = os.fork()
    if child == 0:
        kept.clear()
        sys.exit(0)
    assert os.waitpid(child, 0)[1] == 0
del kept[::2]
print(len(kept))
"""


def tool(name, *arguments):
    return subprocess.run([os.path.join(BUILD, name), *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          universal_newlines=True)


class Trace(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for name in ("libpymm-cpython.so", "trace_pack", "replay"):
            if not os.path.exists(os.path.join(BUILD, name)):
                raise unittest.SkipTest("%s was not built" % name)
        cls.folder = tempfile.TemporaryDirectory(prefix="pymm-test-trace-")
        cls.recording, cls.trace = (os.path.join(cls.folder.name, name) for name in ("recording", "trace"))
        environment = {"PATH": os.environ.get("PATH", ""), "LD_PRELOAD": PRELOAD, "PYMM_RECORD": cls.recording}
        cls.done = subprocess.run([sys.executable, "-I", "-c", PROGRAM], env=environment, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, universal_newlines=True)
        cls.packed = tool("trace_pack", cls.recording, cls.trace)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_the_program_does_not_notice(self):
        self.assertEqual((self.done.returncode, self.done.stderr), (0, ""))
        self.assertTrue(int(self.done.stdout) > 0)

    def test_the_recording_explains_itself(self):
        self.assertEqual((self.packed.returncode, self.packed.stderr), (0, ""))
        summary = json.loads(self.packed.stdout)
        self.assertEqual((summary["truncated"], summary["unseen_frees"]), (0, 0), summary)
        self.assertGreaterEqual(summary["threads"], 5)
        for operation in ("malloc", "calloc", "realloc", "free", "raw", "mem", "obj"):
            self.assertGreater(summary[operation], 0)
        births = summary["malloc"] + summary["calloc"]
        self.assertLessEqual(births, summary["free"] + summary["tail"])

    def test_every_block_is_right_on_every_heap(self):
        for backend in ("pymm", "glibc"):
            done = tool("replay", "--backend", backend, "--mode", "check", self.trace)
            self.assertEqual((done.returncode, done.stderr), (0, ""), backend)
            self.assertTrue(json.loads(done.stdout)["ok"])

    def test_the_figures_have_sense(self):
        done = json.loads(tool("replay", "--backend", "glibc", "--mode", "memory", self.trace).stdout)
        self.assertGreater(done["peak_resident_bytes"], done["peak_live_bytes"] // 2)
        done = json.loads(tool("replay", "--backend", "null", "--mode", "time", self.trace).stdout)
        self.assertGreater(done["ns_per_event"], 0)

    def test_a_part_of_a_trace_is_a_trace(self):
        part = os.path.join(self.folder.name, "part")
        summary = json.loads(tool("trace_pack", "--max-events", "3000", self.recording, part).stdout)
        self.assertEqual((summary["truncated"], summary["events"] - summary["tail"]), (1, 3000))
        done = tool("replay", "--backend", "pymm", "--mode", "check", part)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def refused(self, *command):
        done = tool(*command)
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
        self.assertEqual(done.returncode, 1, done.stderr)
        return done.stderr

    def test_what_is_no_recording_is_refused(self):
        out = os.path.join(self.folder.name, "out")
        self.assertIn("not a recording", self.refused("trace_pack", os.path.abspath(__file__), out))
        self.assertIn("No such file", self.refused("trace_pack", "/nonexistent", out))
        other = os.path.join(self.folder.name, "other")
        with open(self.recording, "rb") as file:
            data = bytearray(file.read())
        struct.pack_into("=I", data, 8, 99)
        with open(other, "wb") as file:
            file.write(data)
        self.assertIn("version 99", self.refused("trace_pack", other, out))

    def test_what_is_no_trace_is_refused(self):
        self.assertIn("not a trace", self.refused("replay", "--backend", "null", self.recording))
        self.assertIn("No such file", self.refused("replay", "--backend", "null", "/nonexistent"))
        self.assertEqual(tool("replay", "--backend", "nobody", self.trace).returncode, 2)
        self.assertEqual(tool("replay").returncode, 2)


if __name__ == "__main__":
    unittest.main()
