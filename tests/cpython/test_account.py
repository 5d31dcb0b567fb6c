"""Where resident memory is: the account adds up to what the kernel says of the stopped process, and each kind is where it belongs."""
import json
import os
import signal
import subprocess
import time
import unittest

from harness import BARE, COMMAND, PROGRAMS, Case, environment, per_interpreter, start

MIB = 1 << 20
PARTS = ("live_raw live_mem live_obj slot magazine kept metadata malloc stack main_stack code data file shared anonymous").split()
OFF_MOST = 0.02


def wait_stopped(pid):
    """Until the process has stopped; its resident bytes then, by the kernel's count."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with open("/proc/%d/stat" % pid) as file:
            state = file.read().rpartition(")")[2].split()[0]
        if state == "T":
            with open("/proc/%d/status" % pid) as file:
                return next(int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS:"))
        time.sleep(0.002)
    raise AssertionError("process %d does not stop" % pid)


def stages(python, program="account.py"):
    """{stage: (what the process says, what the kernel says)}"""
    process = subprocess.Popen([python.path, "-B", os.path.join(PROGRAMS, program)], env=environment(BARE), start_new_session=True,
                               stdout=subprocess.PIPE, universal_newlines=True)
    found = {}
    try:
        for line in process.stdout:
            said = json.loads(line)
            found[said["stage"]] = said, wait_stopped(said["pid"])
            os.kill(said["pid"], signal.SIGCONT)
        if process.wait(60) != 0:
            raise AssertionError("exit status %d" % process.returncode)
    finally:
        process.stdout.close()
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return found


def off(said, resident):
    return (sum(said[part] for part in PARTS) - resident) / resident


@per_interpreter
class Account(Case):
    def check_kinds(self, found):
        """How much more, in MiB, a stage has of a kind than the one before it."""
        def more(stage, before, part):
            return (found[stage][0][part] - found[before][0][part]) / MIB
        for stage, before, part, least, most in (
                ("objects", "start", "live_obj", 10, 30), ("large", "objects", "live_mem", -0.1, 20.2),
                ("never written", "large", "live_obj", -0.1, 0.3), ("never written", "large", "absent_obj", 39.5, 40.5),
                ("read, never written", "never written", "live_obj", -0.3, 0.3), ("small malloc", "freed", "malloc", 15.7, 16.2),
                ("large malloc", "small malloc", "malloc", 20, 20.3), ("mapped file", "large malloc", "file", 11.9, 12.2),
                ("shared memory", "mapped file", "shared", 14, 14.1), ("private mapping", "shared memory", "anonymous", 17.9, 18.3),
                ("threads", "private mapping", "stack", 3, 100), ("after threads", "private mapping", "malloc", 7.9, 8.7),
                ("libraries", "after threads", "code", 0.5, 30), ("libraries", "after threads", "data", 0, 4),
                ("libraries", "after threads", "malloc", -0.1, 2), ("child", "parent", "shared", -14.1, 0.1)):
            self.assertTrue(least <= more(stage, before, part) <= most, "%s: %s: %s: %.2f MiB, not %s to %s" % (
                self.python.name, stage, part, more(stage, before, part), least, most))
        live = [found[stage][0]["live_mem"] + found[stage][0]["live_obj"] for stage in ("objects", "large", "freed")]
        self.assertTrue(19.9 * MIB < live[1] - live[0] < 20.2 * MIB, live)
        self.assertLess(live[2], live[0])

    def test_sum_and_kinds(self):
        found = stages(self.python)
        self.assertEqual(len(found), 18)
        for stage, (said, resident) in found.items():
            self.assertLess(abs(off(said, resident)), OFF_MOST, "%s: %s: %s, the kernel says %d" % (self.python.name, stage, said, resident))
            self.assertGreaterEqual(said["most"], said["resident"])
        self.check_kinds(found)

    def test_statistics(self):
        program = "import ctypes; kept = [bytes(1000) for _ in range(30000)]"
        result = start([COMMAND, "run", "--stats=json", "--", self.python.path, "-c", program])
        self.assertEqual(result.code, 0, result)
        found = json.loads(result.err)
        for account, least_live in ((found["account"], 0), (found["peak"]["account"], 20 * MIB)):
            known = sum(account["live_bytes"].values()) + sum(account[name] for name in account if name.endswith("_bytes") and name not in (
                "resident_bytes", "resident_most_bytes", "live_bytes", "absent_live_bytes", "absent_free_bytes", "unknown_bytes"))
            self.assertEqual(known + account["unknown_bytes"], account["resident_bytes"], account)
            self.assertLess(abs(account["unknown_bytes"]), OFF_MOST * account["resident_bytes"], account)
            # At exit nothing may be left: 3.14 and newer free all.
            self.assertGreaterEqual(account["live_bytes"]["obj"], least_live)
            self.assertLess(account["live_bytes"]["obj"], found["peak"]["block_bytes"]["obj"] + 4096)


if __name__ == "__main__":
    unittest.main()
