"""Profile files survive: SIGKILL at any moment, forks, full disks, limits; and trouble costs one line, never the program."""
import glob
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cpython"))
from harness import BARE, COMMAND, TIER, environment, start  # noqa: E402
from profile_reader import EXACT, FOLDED, FORKED, KEPT, Profile  # noqa: E402

CHURN = os.path.join(HERE, "programs", "churn.py")
PYTHON = sys.executable
KILLED_COUNT = 25 if TIER == "full" else 8


class Files(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def run_churn(self, rounds=200, way="end", status=0, limits=None, **settings):
        """Run it in the folder; the lines on stderr."""
        env = {"PYMM_" + name: str(value) for name, value in settings.items()}
        env.setdefault("PYMM_PROFILE", "1")
        command = "cd '%s' && exec '%s' -B '%s' %d %s" % (self.folder, PYTHON, CHURN, rounds, way)
        result = start(["/bin/sh", "-c", command], BARE, env, limits=limits)
        self.assertEqual(result.code, status, result)
        return result.err

    def files(self, pattern="*"):
        return sorted(glob.glob(os.path.join(self.folder, pattern)))

    def only_profile(self):
        paths = self.files()
        self.assertEqual(len(paths), 1, paths)
        return Profile(paths[0])


class Names(Files):
    def test_name_and_the_line_that_opens_it(self):
        err = self.run_churn()
        path, = self.files("pymm-churn.*.pymm")
        self.assertEqual(err, "pymm: profile written; open it with: pymm report %s\n" % os.path.basename(path))
        profile = Profile(path)
        self.assertEqual(path, "%s/pymm-churn.%d.pymm" % (self.folder, profile.pid))
        self.assertEqual((profile.ended, profile.flags, profile.interval), (1, 0, 512 << 10))
        self.assertEqual(len(profile.data), profile.used_bytes)
        self.assertIn(b"churn.py\0" b"200\0" b"end\0", profile.facts[2][0])
        self.assertEqual(profile.python >> 16, sys.version_info[0] << 8 | sys.version_info[1])
        self.assertGreater(len(profile.memory), 1)

    def test_given_name_with_and_without_the_pid(self):
        self.run_churn(PROFILE=self.folder + "/a.%p.x")
        self.assertEqual(len(self.files("a.[0-9]*.x")), 1)
        self.run_churn(PROFILE="b")  # relative: to the folder at the start
        self.run_churn(PROFILE="b")  # a profile that nobody is writing any more is replaced
        self.assertEqual(len(self.files("b*")), 1)

    def test_by_the_command(self):
        env = environment(BARE)
        del env["LD_PRELOAD"]
        done = subprocess.run([COMMAND, "run", "--profile", "--sample-interval=1K", "--profile-seed=7", "--profile-limit=5M",
                               "--", PYTHON, "-B", CHURN, "50", "end"], cwd=self.folder, env=env, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0)
        profile = self.only_profile()
        self.assertEqual((profile.interval, profile.seed, profile.limit), (1024, 7, 5 << 20))

    def test_bad_settings_are_said_and_change_nothing(self):
        err = self.run_churn(SAMPLE_INTERVAL="often", PROFILE_LIMIT="3M", PROFILE_SEED="x", PROFILE_NATIVE="maybe")
        for name, value in (("SAMPLE_INTERVAL", "often"), ("PROFILE_LIMIT", "3M"), ("PROFILE_SEED", "x"), ("PROFILE_NATIVE", "maybe")):
            self.assertIn("pymm: PYMM_%s: no such value: '%s'; it is ignored, see 'pymm info'\n" % (name, value), err)
        profile = self.only_profile()
        self.assertEqual((profile.interval, profile.limit, profile.ended), (512 << 10, 64 << 20, 1))

    def test_allocators_of_the_users_own_are_said(self):
        line = "pymm: PYTHONMALLOC is set and takes precedence: Python runs on the allocators it names, not on pymm's"
        for settings, expected in (({"PYMM_PROFILE": self.folder + "/x"}, line + "; nothing is profiled\n"), ({}, ""),
                                   ({"PYMM_PROFILE": self.folder + "/x", "PYMM_DISABLE": "1", "PYTHONMALLOC": ""}, ""),
                                   ({"PYMM_PROFILE": self.folder + "/x", "PYMM_RUN": "1"}, "")):  # the child of `pymm run`
            result = start([PYTHON, "-c", "pass"], BARE, dict({"PYTHONMALLOC": "malloc"}, **settings))
            self.assertEqual((result.code, result.err), (0, expected), settings)
        self.assertEqual(self.files(), [])

    def test_off(self):
        for value in ("", "0"):
            self.assertEqual(self.run_churn(PROFILE=value, SAMPLE_INTERVAL=1), "")
            self.assertEqual(self.files(), [])

    def test_a_seed_makes_the_same_samples(self):
        shown = []
        for name in ("a", "b"):
            self.run_churn(PROFILE=name, PROFILE_SEED=3, SAMPLE_INTERVAL="8K")
            profile = Profile(self.folder + "/" + name)
            shown.append([(sample.size, profile.functions(sample.stack)) for sample in profile.samples
                          if "work" in profile.functions(sample.stack)])
        self.assertGreater(len(shown[0]), 20)
        self.assertEqual(shown[0], shown[1])


class Accounts(Files):
    PROGRAM = """if True:
        import os, sys
        kept = [bytes(2000) for _ in range(30000)]
        if sys.argv[1] == "fork" and os.fork() == 0:
            kept += [bytes(2000) for _ in range(5000)]
            os._exit(0)
        if sys.argv[1] == "fork":
            os.wait()
        del kept[1000:]
        kept += [bytes(1000) for _ in range(10000)]
    """

    def run_program(self, way="", **settings):
        env = dict({"PYMM_PROFILE": self.folder + "/x"}, **{"PYMM_" + name: str(value) for name, value in settings.items()})
        result = start([PYTHON, "-c", self.PROGRAM, way], BARE, env)
        self.assertEqual(result.code, 0, result)

    def check(self, account):
        self.assertLess(abs(sum(account.parts) - account.resident), 0.02 * account.resident, account)
        self.assertGreaterEqual(account.most, account.resident)

    def with_a_peak(self, **settings):
        """A profile with an account from near the peak, and that account."""
        for turn in range(8):  # where others use the processor, an account may cost so much that the next one has to wait
            self.run_program(PROFILE_SEED=turn, **settings)
            profile = self.only_profile()
            for account in profile.accounts:
                self.check(account)
            largest = max(profile.accounts, key=lambda account: account.resident)
            if largest.resident > 0.7 * max(memory.resident for memory in profile.memory):
                return profile, largest
        self.fail("%s of %s" % (largest, profile.memory))

    def test_at_the_peak_and_at_the_end(self):
        profile, largest = self.with_a_peak()
        self.assertGreater(largest.parts[2], 0.5 * 30000 * 2000)
        last = profile.accounts[-1]
        self.assertTrue(12e6 < last.parts[2] < 30e6, last)
        self.assertGreater(last.time, largest.time)

    def test_survive_a_fold(self):
        profile, largest = self.with_a_peak(SAMPLE_INTERVAL=1, PROFILE_LIMIT="4M")
        self.assertTrue(profile.flags & FOLDED)
        self.assertGreater(largest.parts[2], 0.5 * 30000 * 2000)

    def test_of_a_forked_process(self):
        self.run_program("fork", SAMPLE_INTERVAL="1K")
        profiles = [Profile(path) for path in self.files()]
        child, = [profile for profile in profiles if profile.flags & FORKED]
        for account in child.accounts:
            self.check(account)
            self.assertGreater(account.parts[2], 50e6)


class Processes(Files):
    def test_each_forked_process_has_its_own_file(self):
        self.run_churn(300, "fork", SAMPLE_INTERVAL="1K")
        profiles = [Profile(path) for path in self.files()]
        parents = [profile for profile in profiles if not profile.flags & FORKED]
        children = [profile for profile in profiles if profile.flags & FORKED]
        self.assertEqual((len(parents), len(children)), (1, 3))
        self.assertEqual(len({profile.pid for profile in profiles}), 4)
        inherited = {block for block, sample in parents[0].live.items()}
        for child in children:
            self.assertEqual(child.parent, parents[0].pid)
            self.assertEqual(child.ended, 1)
            kept = {sample.block for sample in child.samples if sample.flags & KEPT}
            self.assertLessEqual(len(kept ^ inherited), 20)
            self.assertIn("keeps", [name for sample in child.samples if sample.flags & KEPT
                                    for name in child.functions(sample.stack)])
            self.assertGreater(len(child.samples), len(kept) + 50)
            own = {child.threads[sample.thread][0] for sample in child.samples if not sample.flags & KEPT}
            self.assertEqual(own, {child.pid})

    def test_forked_processes_of_one_given_name(self):
        self.run_churn(300, "fork", SAMPLE_INTERVAL="1K", PROFILE="x")
        children = [path for path in self.files("x.*") if Profile(path).flags & FORKED]
        self.assertEqual((len(self.files("x")), len(children), len(self.files())), (1, 3, 4))

    def test_programs_that_are_started(self):
        err = self.run_churn(100, "spawn", SAMPLE_INTERVAL="1K")
        self.assertEqual(len([Profile(path).ended for path in self.files()]), 3)
        self.assertEqual(err.count("open it with"), 3)

    def test_started_programs_of_one_given_name_do_not_write_over_their_parents(self):
        self.run_churn(100, "spawn", SAMPLE_INTERVAL="1K", PROFILE="x")
        self.assertEqual(len(self.files("x")), 1)
        self.assertEqual(len(self.files("x.*")), 2)
        self.assertEqual({Profile(path).ended for path in self.files()}, {1})

    def test_a_process_that_becomes_another_program(self):
        self.run_churn(100, "exec", SAMPLE_INTERVAL="1K")
        first, second = sorted((Profile(path) for path in self.files()), key=lambda profile: profile.start_ns)
        self.assertEqual((first.pid, first.ended), (second.pid, None))
        self.assertEqual(second.ended, 1)

    def test_threads(self):
        """Side by side; and each when the one before has ended, whose cache of the heap it gets."""
        for way in ("threads", "threads-in-turn"):
            self.run_churn(100, way, SAMPLE_INTERVAL="1K", PROFILE=way)
            profile = Profile(os.path.join(self.folder, way))
            self.assertEqual(len(profile.threads), 5)
            self.assertEqual(len({sample.thread for sample in profile.samples if "keeps" in profile.functions(sample.stack)}), 4)


class Killed(Files):
    def has_folded(self):
        for path in self.files("*.pymm"):
            with open(path, "rb") as file:
                flags = file.read(24)[20:]
            if flags and flags[0] & FOLDED:
                return True
        return False

    def killed(self, seconds, way="end", is_folding=False, **settings):
        env = environment(BARE, dict({"PYMM_" + name: str(value) for name, value in settings.items()}, PYMM_PROFILE="1"))
        process = subprocess.Popen([PYTHON, "-B", CHURN, "1000000", way], cwd=self.folder, env=env, stderr=subprocess.DEVNULL)
        for turn in range(6000):
            if not is_folding or self.has_folded():
                break
            time.sleep(0.01)
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        self.assertEqual(process.wait(), -signal.SIGKILL)

    def read_all(self):
        for path in self.files("*.pymm"):
            with open(path, "rb") as file:
                has_begun = file.read(1) not in (b"", b"\0")
            if has_begun:
                profile = Profile(path)
                self.assertIsNone(profile.ended)
                yield profile
            os.unlink(path)

    def test_at_any_moment(self):
        randoms, samples = random.Random(1), 0
        for turn in range(KILLED_COUNT):
            self.killed(0.05 + randoms.random() * 0.6, randoms.choice(("end", "threads")),
                        SAMPLE_INTERVAL=randoms.choice((1, 100, 10000)))
            samples += sum(len(profile.samples) for profile in self.read_all())
        self.assertGreater(samples, 40 * KILLED_COUNT)

    def test_while_it_folds(self):
        randoms, folded = random.Random(2), 0
        for turn in range(KILLED_COUNT):
            self.killed(randoms.random() * 0.3, is_folding=True, SAMPLE_INTERVAL=1, PROFILE_LIMIT="4M")
            folded += sum(bool(profile.flags & FOLDED) for profile in self.read_all())
            for path in self.files("*.new"):  # half of a file that was to take the place of the other one
                os.unlink(path)
        self.assertEqual(folded, KILLED_COUNT)


class Limits(Files):
    def sums(self, profile):
        live, allocated = profile.live_bytes(lambda p, s: tuple(p.functions(s.stack)[:2])), \
            profile.allocated_bytes(lambda p, stack: tuple(p.functions(stack)[:2]))
        return [sum(value for names, value in table.items() if name in names)
                for table in (live, allocated) for name in ("keeps", "passes")]

    def test_a_fold_keeps_the_sums(self):
        self.run_churn(2000, PROFILE="whole", SAMPLE_INTERVAL="256", PROFILE_SEED=1, PROFILE_LIMIT="1G")
        self.run_churn(2000, PROFILE="folded", SAMPLE_INTERVAL="256", PROFILE_SEED=1, PROFILE_LIMIT="4M")
        whole, folded = Profile(self.folder + "/whole"), Profile(self.folder + "/folded")
        self.assertFalse(whole.flags & FOLDED)
        self.assertTrue(folded.flags & FOLDED)
        self.assertGreater(whole.used_bytes, 5 << 20)
        self.assertLessEqual(len(folded.data), 4 << 20)
        self.assertEqual(self.files("*.new"), [])
        for first, second in zip(self.sums(whole), self.sums(folded)):
            self.assertAlmostEqual(first, second, delta=0.02 * first + 3000)
        peak = sum(site.peak_bytes for site in folded.sites)
        self.assertAlmostEqual(peak, folded.fold[3], delta=1)
        self.assertGreater(peak, 0.5 * sum(self.sums(whole)[:1]))

    def test_so_much_alive_that_samples_are_thinned(self):
        self.run_churn(15000, "pile", SAMPLE_INTERVAL=1, PROFILE_LIMIT="6M")
        profile = self.only_profile()
        self.assertLessEqual(len(profile.data), 6 << 20)
        self.assertGreater(profile.interval, 1)
        self.assertEqual((profile.asked_interval, profile.flags & EXACT, profile.ended), (1, 0, None))
        size = 933 if sys.version_info >= (3, 15) else 901  # from 3.15 on a bytearray keeps its bytes in an object of theirs
        live = profile.live_bytes(lambda p, s: s.size == size and "keeps" in p.functions(s.stack))[True]
        self.assertAlmostEqual(live, 15000 * 3 * size, delta=0.05 * live)

    def test_limit_on_the_size_of_files(self):
        limit = 1 << 20
        err = self.run_churn(2000, SAMPLE_INTERVAL=1, limits={resource.RLIMIT_FSIZE: limit})
        self.assertEqual(err.count("\n"), 2, err)
        self.assertRegex(err, r"^pymm: profile: cannot write '.*\.pymm': File too large; the program runs on and is not profiled "
                              r"any longer\n")
        profile = self.only_profile()
        self.assertLessEqual(len(profile.data), limit)
        self.assertEqual(profile.ended, 2)
        self.assertGreater(len(profile.samples), 100)

    def test_full_disk(self):
        small = os.path.join(self.folder, "disk")
        os.mkdir(small)
        if os.getuid() != 0 or subprocess.call(["mount", "-t", "tmpfs", "-o", "size=1m", "pymm-test", small],
                                               stderr=subprocess.DEVNULL) != 0:
            self.skipTest("no file system can be mounted here")
        self.addCleanup(subprocess.call, ["umount", small])
        err = self.run_churn(2000, SAMPLE_INTERVAL=1, PROFILE=small + "/x")
        self.assertRegex(err, r"^pymm: profile: cannot write '.*/disk/x': No space left on device; the program runs on and is not "
                              r"profiled any longer\n")
        self.assertEqual(Profile(small + "/x").ended, 2)

    def test_unwritable(self):
        for path, why in (("/nope/x", "No such file or directory"), (self.folder, "Is a directory"), ("/dev/null", "Invalid argument"),
                          (self.folder + "/" + "n" * 300, "File name too long"), ("x" * 5000, "File name too long")):
            err = self.run_churn(PROFILE=path)
            self.assertRegex(err, r"^pymm: profile: cannot write '.*': %s; nothing is profiled\n$" % why)
        self.assertEqual(self.files(), [])

    def closed(self, after):
        """A program that closes all files, as daemons do, then does `after`, and allocates."""
        program = "import os; os.closerange(3, 10000); %s; x = [bytearray(i %% 5000) for i in range(100000)]" % after
        result = start([PYTHON, "-c", program], BARE, {"PYMM_PROFILE": self.folder + "/x", "PYMM_SAMPLE_INTERVAL": "256"})
        self.assertEqual(result.code, 0, result)
        return result.err

    def test_files_that_the_program_closes(self):
        self.assertEqual(self.closed("pass"), "pymm: profile written; open it with: pymm report %s/x\n" % self.folder)
        profile = Profile(self.folder + "/x")
        self.assertGreater(len(profile.samples), 90000)
        self.assertEqual(profile.ended, 1)

    def test_file_that_is_closed_and_gone_from_its_path(self):
        path = self.folder + "/x"
        for after in ("os.rename('%s', '%s.old')", "os.rename('%s', '%s.old'); open('%s', 'w').write('mine')"):
            err = self.closed(after.replace("%s", path))
            self.assertRegex(err, r"^pymm: profile: cannot write '%s': Bad file descriptor; the program runs on" % path)
            self.assertGreater(len(Profile(path + ".old").samples), 10)
        with open(path) as file:
            self.assertEqual(file.read(), "mine")


if __name__ == "__main__":
    unittest.main()
