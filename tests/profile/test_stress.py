"""CPython's own tests under a profile of every block: they pass as they do without, and the profile is whole.

Modules that make much use of frames, generators, threads, collections and destructors; the full tier runs more of them, on all
interpreters. What fails on stock Python as well does not count."""
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cpython"))
import harness  # noqa: E402
import interpreters  # noqa: E402
from profile_reader import EXACT, Profile  # noqa: E402

QUICK = ["test_generators", "test_gc", "test_frame"]
FULL = QUICK + ["test_coroutines", "test_asyncgen", "test_exceptions", "test_weakref", "test_descr", "test_threading", "test_dict",
                "test_list", "test_unicode", "test_code", "test_sys_settrace", "test_fork1", "test_finalization", "test_io",
                "test_contextlib", "test_functools", "test_json", "test_pickle", "test_subprocess", "test_scope", "test_super"]
IGNORED = {"test_subprocess": "test_pass_fds_redirected"}  # lists a child's descriptors: a profile has two of its own
MODULES = FULL if harness.TIER == "full" else QUICK
SECONDS = 3000 if harness.IS_SLOW_BUILD else 900


def chosen():
    usable = [python for python in interpreters.chosen("full") if python.has_tests]
    return usable if harness.TIER == "full" else usable[-1:]


class Stress(unittest.TestCase):
    def run_module(self, python, module, mode, env):
        with tempfile.TemporaryDirectory() as folder:
            ignored = "-i " + IGNORED[module] if module in IGNORED else ""
            command = 'cd "%s" && exec "%s" -m test -q %s %s' % (folder, python.path, ignored, module)
            return harness.start(["/bin/sh", "-c", command], mode, env, timeout=SECONDS)

    def check(self, python, module):
        with tempfile.TemporaryDirectory() as folder:
            # With PYMM_RUN naming another process nothing is said at the end, which tests that look at stderr would see.
            env = {"PYMM_PROFILE": folder + "/%p.pymm", "PYMM_SAMPLE_INTERVAL": "1", "PYMM_PROFILE_LIMIT": "16M", "PYMM_RUN": "1"}
            result = self.run_module(python, module, harness.BARE, env)
            if result.code != 0 and self.run_module(python, module, harness.STOCK, {}).code != 0:
                self.skipTest("%s: fails on stock too" % module)
            self.assertEqual(result.code, 0, "%s: %s" % (module, result))
            profiles = [Profile(os.path.join(folder, name)) for name in os.listdir(folder) if name.endswith(".pymm")
                        and os.path.getsize(os.path.join(folder, name)) > 0]
            self.assertTrue(any(profile.asked_interval == 1 and len(profile.samples) > 1000 for profile in profiles))


def add_tests():
    for python in chosen():
        for module in MODULES:
            def test(self, python=python, module=module):
                self.check(python, module)
            setattr(Stress, "test_%s_%s" % (python.identifier, module), test)


add_tests()

if __name__ == "__main__":
    unittest.main()
