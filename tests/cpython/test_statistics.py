"""PYMM_STATS and PYMM_STATS_FILE at the end of each Python process of a tree; names and values that pymm does not know."""
import glob
import json
import os
import re
import tempfile
import unittest

from harness import BARE, COMMAND, PRELOAD, PROGRAMS, RUN, Case, per_interpreter, start

# Members of the one JSON object: those of pymm_stats (include/pymm.h).
NUMBERS = ("live_bytes", "free_bytes", "metadata_bytes", "returned_bytes", "reserved_bytes", "committed_bytes", "resident_bytes",
           "segment_count", "slab_count", "large_count", "thread_count", "page_bytes", "unit_bytes",
           "segment_bytes")
TREE = """
import os, subprocess, sys
kept = [bytes(number) for number in range(3000)]
if len(sys.argv) == 2:
    for _ in range(3):
        subprocess.check_call([sys.executable, '-B', '-c', sys.argv[1], sys.argv[1], 'leaf'])
    subprocess.check_call(['/bin/sh', '-c', 'ls / | sort > /dev/null'])
    subprocess.check_call(['/bin/sh', '-c', '%s -B -c pass' % sys.executable])
print('ok')
"""


@per_interpreter
class Statistics(Case):
    def parse(self, line):
        found = json.loads(line)
        for name in NUMBERS:
            self.assertIsInstance(found.get(name), int, "%s in %s" % (name, line[:2000]))
            self.assertGreaterEqual(found[name], 0, name)
        for name in ("block_count", "block_bytes"):
            self.assertEqual(sorted(found[name]), ["mem", "obj", "raw"])
        self.assertEqual(found["live_bytes"], sum(found["block_bytes"].values()))
        self.assertEqual(found["version"].count("."), 2)
        self.assertIsInstance(found["largest"], list)
        # At exit a build that keeps no empty slab has few classes left; at the peak there are many.
        self.assertGreater(len(found["peak"]["classes"]), 20)
        self.assertEqual(found["peak"]["live_bytes"], sum(found["peak"]["block_bytes"].values()))
        for one in found["classes"] + found["peak"]["classes"]:
            self.assertEqual(sorted(one), ["block_count", "cached_count", "free_count", "slab_count", "slot_bytes"])
        self.assertGreaterEqual(found["reserved_bytes"], found["committed_bytes"])
        self.assertGreaterEqual(found["committed_bytes"], found["live_bytes"])
        return found

    def test_json_on_stderr(self):
        result = self.start(["-c", "x = [bytes(n) for n in range(2000)]"], env={"PYMM_STATS": "json"})
        self.assertEqual((result.code, result.out), (0, ""), result)
        self.assertEqual(result.err.count("\n"), 1, result)
        self.parse(result.err)

    def test_text_on_stderr(self):
        for value in ("1", "text"):
            result = self.start(["-c", "x = [bytes(n) for n in range(2000)]; print('ok')"], env={"PYMM_STATS": value})
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)
            self.assertGreater(result.err.count("\n"), 5, result)
            self.assertIn("live", result.err)

    def test_off(self):
        for value in ("", "0"):
            self.succeed(["-c", "pass"], env={"PYMM_STATS": value}, out="")
            with tempfile.TemporaryDirectory() as folder:
                self.succeed(["-c", "pass"], env={"PYMM_STATS": value, "PYMM_STATS_FILE": folder + "/%p"}, out="")
                self.assertEqual(os.listdir(folder), [])

    def test_command_options(self):
        argv = [self.python.path, "-c", "x = [bytes(n) for n in range(2000)]"]
        result = start([COMMAND, "run", "--stats=json", "--"] + argv)
        self.assertEqual((result.code, result.out), (0, ""), result)
        self.parse(result.err)
        with tempfile.TemporaryDirectory() as folder:
            result = start([COMMAND, "run", "--stats=json", "--stats-file=%s/of-%%p.json" % folder, "--"] + argv)
            self.assertEqual((result.code, result.out, result.err), (0, "", ""), result)
            self.assertEqual(os.listdir(folder), ["of-%d.json" % result.pid])
            with open("%s/of-%d.json" % (folder, result.pid)) as lines:
                self.parse(lines.read())

    def test_file_for_each_process_of_a_tree(self):
        """Five Python processes, each with its own file; the shells and ls leave none."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"PYMM_STATS": "json", "PYMM_STATS_FILE": os.path.join(folder, "stats-%p.json")}
            self.succeed(["-c", TREE, TREE], out="ok\n" * 4, env=env)
            paths = glob.glob(os.path.join(folder, "*"))
            self.assertEqual(len(paths), 5, paths)
            for path in paths:
                self.assertRegex(os.path.basename(path), r"^stats-\d+\.json$")
                with open(path) as lines:
                    text = lines.read()
                self.assertEqual(text.count("\n"), 1)
                json.loads(text)

    def test_line_for_each_process_of_a_tree(self):
        result = self.start(["-c", TREE, TREE], env={"PYMM_STATS": "json"})
        self.assertEqual((result.code, result.out.count("ok\n")), (0, 4), result)
        lines = result.err.splitlines()
        self.assertEqual(len(lines), 5, result)
        for line in lines:
            json.loads(line)

    def test_forked_child(self):
        """A child that ends by itself writes its own; one that leaves by os._exit writes none."""
        code = ("import os, sys\nkept = [bytes(n) for n in range(3000)]\n"
                "for leave in (sys.exit, os._exit):\n"
                "    pid = os.fork()\n"
                "    if pid == 0: leave(0)\n"
                "    assert os.waitpid(pid, 0)[1] == 0\n")
        with tempfile.TemporaryDirectory() as folder:
            self.succeed(["-c", code], env={"PYMM_STATS": "json", "PYMM_STATS_FILE": folder + "/%p"}, out="")
            self.assertEqual(len(os.listdir(folder)), 2)

    def test_file_that_cannot_be_written(self):
        """One line, and the program's own status; also of a pipe that nobody reads."""
        with tempfile.TemporaryDirectory() as folder:
            pipe = os.path.join(folder, "pipe")
            os.mkfifo(pipe)
            for path in ("/no/such/folder/stats", pipe):
                env = {"PYMM_STATS": "json", "PYMM_STATS_FILE": path}
                result = self.start(["-c", "print('ok'); raise SystemExit(4)"], env=env)
                self.assertEqual((result.code, result.out), (4, "ok\n"), result)
                self.assertRegex(result.err, r"\Apymm: [^\n]*%s[^\n]*\n\Z" % re.escape(path))

    def test_file_that_is_a_link_or_a_pipe_stays_one(self):
        with tempfile.TemporaryDirectory() as folder:
            link, pipe = os.path.join(folder, "link"), os.path.join(folder, "pipe")
            os.symlink("target", link)
            os.mkfifo(pipe)
            reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            for path in (link, pipe):
                self.succeed(["-c", "pass"], env={"PYMM_STATS": "json", "PYMM_STATS_FILE": path}, out="")
            self.assertEqual(os.readlink(link), "target")
            with open(os.path.join(folder, "target")) as target, open(reader) as read:
                for lines in (target, read):
                    self.assertIn("peak", self.parse(lines.read()))
            self.assertEqual(sorted(os.listdir(folder)), ["link", "pipe", "target"])

    def test_tracing_and_threads_at_the_end(self):
        code = ("import tracemalloc, threading, time; tracemalloc.start()\n"
                "threading.Thread(target=lambda: [[bytes(n) for n in range(1000)] for _ in iter(int, 1)], daemon=True).start()\n"
                "time.sleep(0.1)")
        result = self.start(["-c", code], env={"PYMM_STATS": "json"})
        self.assertEqual(result.code, 0, result)
        self.assertEqual(result.err.count("\n"), 1, result)
        self.parse(result.err)

    def test_figures_are_the_heaps(self):
        """What is alive at the end is in the figures: 64 MiB and some thousand blocks."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "stats")
            # os._exit would skip it; the objects are kept alive past finalization by a reference nobody drops.
            code = ("import sys, ctypes; kept = [bytes(1000) for n in range(5000)] + [bytearray(64 << 20)]\n"
                    "ctypes.pythonapi.Py_IncRef(ctypes.py_object(kept))")
            self.succeed(["-c", code], env={"PYMM_STATS": "json", "PYMM_STATS_FILE": path}, out="")
            with open(path) as lines:
                self.assertGreater(self.parse(lines.read())["live_bytes"], (64 << 20) + 5000 * 1000)


@per_interpreter
class Unknown(Case):
    """One warning, and nothing else changes."""
    WORK = "import sys; sys.path.insert(0, %r); import probe; probe.finish()" % PROGRAMS

    def warned(self, env, name):
        for mode in (BARE, RUN):
            result = self.start(["-c", self.WORK], mode, env=env)
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)
            self.assertRegex(result.err, r"\Apymm: [^\n]*%s[^\n]*\n\Z" % name)

    def test_unknown_name(self):
        self.warned({"PYMM_NO_SUCH_NAME": "1"}, "PYMM_NO_SUCH_NAME")

    def test_unknown_value(self):
        self.warned({"PYMM_STATS": "nonsense"}, "PYMM_STATS")
        self.warned({"PYMM_DISABLE": "nonsense"}, "PYMM_DISABLE")

    def test_two_names(self):
        for mode in (BARE,):
            result = self.start(["-c", self.WORK], mode, env={"PYMM_ONE": "1", "PYMM_TWO": "1"})
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)
            self.assertLessEqual(len(result.err.splitlines()), 2, result)
            self.assertIn("PYMM_ONE", result.err)
            self.assertIn("PYMM_TWO", result.err)

    def test_names_that_are_not_pymms(self):
        self.succeed(["-c", self.WORK], out="ok\n", env={"PYMM": "1", "XPYMM_STATS": "json", "pymm_stats": "json"})

    def test_preload_beside_others(self):
        """Other preloads in the list, ours first or last, and ours twice."""
        for value in (PRELOAD + ":" + PRELOAD, PRELOAD + ":libm.so.6", "libm.so.6:" + PRELOAD, PRELOAD + " libm.so.6"):
            self.succeed(["-c", self.WORK], env={"LD_PRELOAD": value}, out="ok\n")


if __name__ == "__main__":
    unittest.main()
