"""Packages of npm for the tests, by the lock file of the page, installed in the build."""
import os
import shutil
import subprocess
import unittest

from support import HERE

CHROMIUM = os.environ.get("PYMM_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
PAGE = os.path.join(os.path.dirname(os.path.dirname(HERE)), "front", "report", "page")
PACKAGES = os.path.join(os.path.abspath(os.environ.get("PYMM_BUILD_DIR", ".")), "tests", "report", "browser")


def install(*tools):
    """Skip the test when one of the tools is not here or npm cannot install; else PACKAGES has them and our scripts."""
    for name in tools:
        if not (CHROMIUM if name == "chromium" else shutil.which(name)):
            raise unittest.SkipTest("no %s (script/bootstrap --report)" % name)
    os.makedirs(PACKAGES, exist_ok=True)
    lock = os.path.join(PAGE, "package-lock.json")
    stamp = os.path.join(PACKAGES, "installed-lock.json")
    for name in os.listdir(HERE):
        if name.endswith(".mjs"):
            shutil.copy(os.path.join(HERE, name), PACKAGES)
    if os.path.exists(stamp) and open(stamp).read() == open(lock).read():
        return
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(os.path.join(PAGE, name), PACKAGES)
    done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], cwd=PACKAGES,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    if done.returncode != 0:
        raise unittest.SkipTest("npm cannot install the packages of the tests")
    shutil.copy(lock, stamp)


def run(script, *arguments, home):
    """Run a script of node there: (status, output)."""
    done = subprocess.run(["node", script, *arguments], cwd=PACKAGES, timeout=600, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, PYMM_TEST_CHROMIUM=CHROMIUM or "", HOME=home))
    return done.returncode, done.stdout.decode()
