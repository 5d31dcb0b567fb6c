"""Which Pythons the tests of this room can use.

Owns discovery: Debian's python3, the interpreters named in PYMM_TEST_PYTHONS, those of pyenv; and what each of them has
(libpython, headers, the test package). Does not own running them (harness.py).
"""
import functools
import glob
import json
import os
import subprocess
from typing import NamedTuple, Optional, Tuple

SUPPORTED = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "3.15")
DEBIAN = "/usr/bin/python3"

# Asked of each interpreter; must run on every version and on interpreters that turn out not to be CPython.
QUESTION = """
import json, os, platform, sys, sysconfig
get = sysconfig.get_config_var
libraries = []
for folder in (get('LIBDIR'), os.path.join(get('LIBDIR') or '', get('MULTIARCH') or ''), get('LIBPL')):
    for name in (get('INSTSONAME'), get('LDLIBRARY')):
        if folder and name and '.so' in name:
            libraries.append(os.path.join(folder, name))
headers = sysconfig.get_path('include')
tests = os.path.join(sysconfig.get_path('stdlib'), 'test')
print(json.dumps({
    'implementation': platform.python_implementation(),
    'version': list(sys.version_info[:3]),
    'libpython': next((path for path in libraries if os.path.exists(path)), None),
    'headers': headers if os.path.exists(os.path.join(headers, 'Python.h')) else None,
    'free_threaded': bool(get('Py_GIL_DISABLED')),
    'has_tests': os.path.exists(os.path.join(tests, 'test_gc.py')),
    'tests': tests,
}))
"""


class Interpreter(NamedTuple):
    path: str
    version: Tuple[int, ...]
    libpython: Optional[str]   # the shared library to embed, or None
    headers: Optional[str]     # folder of Python.h, or None
    free_threaded: bool
    has_tests: bool            # the package `test` with CPython's own tests
    tests: str                 # its folder

    @property
    def minor(self):
        return "%d.%d" % self.version[:2]

    @property
    def name(self):
        return "%s (%s)" % (".".join(map(str, self.version)), self.path)

    @property
    def identifier(self):
        """The version as part of a Python name; Debian's is marked, so that a pyenv of the same version differs."""
        return "_".join(map(str, self.version)) + ("_debian" if self.path == DEBIAN else "")


def clean_environment():
    """The environment without anything that would change a Python or pymm."""
    return {name: value for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "PYMM_", "CPYTHON_TEST_", "LD_PRELOAD", "MALLOC_"))}


def ask(path):
    """The Interpreter at path, or the reason why it cannot be used, as a string."""
    try:
        done = subprocess.run([path, "-I", "-S", "-c", QUESTION], env=clean_environment(), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        answer = json.loads(done.stdout.decode())
    except (OSError, ValueError, subprocess.TimeoutExpired) as problem:
        return "%s: does not answer: %s" % (path, problem)
    if answer.pop("implementation") != "CPython":
        return "%s: not CPython" % path
    version = tuple(answer.pop("version"))
    if version < (3, 7):
        return "%s: %s is not supported" % (path, ".".join(map(str, version)))
    return Interpreter(path=path, version=version, **answer)


def candidates():
    yield DEBIAN
    for path in os.environ.get("PYMM_TEST_PYTHONS", "").split(":"):
        if path:
            yield path
    root = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    for minor in SUPPORTED:
        yield from sorted(glob.glob(os.path.join(glob.escape(root), "versions", minor + ".*", "bin", "python" + minor)))


@functools.lru_cache(maxsize=None)
def survey():
    """(interpreters found, oldest first with Debian's in front; reasons for those that were named and cannot be used)."""
    found, refused, seen = [], [], set()
    for path in candidates():
        real = os.path.realpath(path)
        if real in seen:
            continue
        seen.add(real)
        answer = ask(path)
        (refused if isinstance(answer, str) else found).append(answer)
    found.sort(key=lambda python: (python.path != DEBIAN, python.version))
    return tuple(found), tuple(refused)


def missing():
    """Supported versions of which there is no interpreter here."""
    present = {python.minor for python in survey()[0]}
    return [minor for minor in SUPPORTED if minor not in present]


def chosen(tier):
    """The interpreters of a tier: quick has Debian's and the newest other one, full has all. Free-threaded ones are never among
    them: there the library does nothing, which test_discovery checks."""
    usable = [python for python in survey()[0] if not python.free_threaded]
    if tier == "full" or len(usable) <= 2:
        return usable
    return [usable[0], usable[-1]]
