"""What the tests of `pymm report` share: running it on synthetic profiles, and golden files.

A golden file is what the command is to print, to the byte; PYMM_TEST_GOLDEN=write writes them anew, for a look at the difference.
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import profile_writer  # noqa: E402

COMMAND = os.environ.get("PYMM_COMMAND") or os.path.join(os.environ.get("PYMM_BUILD_DIR", "."), "pymm")
IS_SANITIZED = os.environ.get("PYMM_PRESET") in ("asan", "tsan")


class ReportTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        if not os.access(COMMAND, os.X_OK):
            self.skipTest("the command is not built: %s" % COMMAND)
        self.folder = tempfile.mkdtemp(prefix="pymm-report-")
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": self.folder}

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, content):
        if isinstance(content, profile_writer.Writer):
            content = content.bytes()
        with open(self.path(name), "wb") as file:
            file.write(content)
        return name

    def report(self, *arguments, timeout=120, **options):
        """Run `pymm report` in the test's folder: (status, stdout, stderr)."""
        environment = dict(self.environment, **options.pop("environment", {}))
        done = subprocess.run([COMMAND, "report", *arguments], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=timeout, **options)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def shown(self, *arguments, **options):
        status, out, err = self.report(*arguments, **options)
        self.assertEqual((status, err), (0, ""))
        return out

    def json(self, *arguments):
        return json.loads(self.shown("--format=json", *arguments))

    def assertRefused(self, line, *arguments, status=125):
        self.assertEqual(self.report(*arguments), (status, "", "pymm: %s\n" % line))

    def assertGolden(self, name, text):
        path = os.path.join(HERE, "golden", name)
        if os.environ.get("PYMM_TEST_GOLDEN") == "write":
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
        with open(path, encoding="utf-8") as file:
            self.assertEqual(text, file.read(), "differs from tests/report/golden/%s" % name)
