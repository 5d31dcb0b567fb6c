"""What the conformance sources are compiled against: libpymm, and each CPython with headers and a library.

Owns compiler lines, the environment of a run, and what is masked in the text on stderr. Does not own: finding interpreters
(../cpython/interpreters.py), comparing (test_conformance.py). PYMM_BUILD_DIR names the build; programs go below it.
"""
import json
import os
import re
import shlex
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BUILD = os.path.abspath(os.environ.get("PYMM_BUILD_DIR") or os.path.join(ROOT, "build", "release"))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "cpython"))
import interpreters  # noqa: E402  (found through the line above)

# The hostile build checks its whole heap again and again.
TIMEOUT_SECONDS = 600 if os.environ.get("PYMM_PRESET") == "hostile" else 120
FLAGS = ("-std=gnu11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-deprecated-declarations", "-pthread")
# Names that not every header declares: NAME -> a declaration that compiles only where it does; the source then sees -DNAME.
PROBES = {"CHECK_HAVE_PYMEMALLOCATOR": "PyMemAllocator probe;"}
# Addresses and thread identifiers; never what the hooks call 0xfd.
ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
# A frame of a block's traceback: of Python code there, of C code here.
FRAME = re.compile(r"^  File \".*$", re.M)

QUESTION = """
import json, os, sys, sysconfig
get = sysconfig.get_config_var
folders = [get('LIBDIR'), os.path.join(get('LIBDIR') or '', get('MULTIARCH') or ''), get('LIBPL')]
names = [name for name in (get('LIBRARY'), get('LDLIBRARY')) if name and name.endswith('.a')]
static = [os.path.join(folder, name) for folder in folders if folder for name in names]
libraries = ' '.join(get(name) or '' for name in ('MODLIBS', 'LIBS', 'SYSLIBS'))
print(json.dumps({'static': next((path for path in static if os.path.exists(path)), None), 'home': sys.base_prefix,
                  'libraries': libraries, 'export': get('LINKFORSHARED') or ''}))
"""


def compiler():
    """The build's own compiler."""
    try:
        with open(os.path.join(BUILD, "CMakeCache.txt")) as file:
            return re.search(r"^CMAKE_C_COMPILER:\w+=(.+)$", file.read(), re.M).group(1)
    except (OSError, AttributeError):
        return "cc"


class Target:
    """Something to compile against. `missing` says why it cannot be used, or is None."""

    def __init__(self, name, include, link, missing=None, home=None, version=None):
        self.name, self.include, self.link, self.missing, self.home, self.version = name, include, link, missing, home, version
        self.folder = os.path.join(BUILD, "conformance", re.sub(r"\W+", "_", name))
        self.probed = None

    def probe(self):
        """-D for each name of PROBES that the headers declare."""
        if self.probed is None:
            self.probed = []
            for name, declaration in sorted(PROBES.items()):
                done = subprocess.run([compiler(), *self.include, "-fsyntax-only", "-xc", "-"], stderr=subprocess.DEVNULL,
                                      input=("#include <Python.h>\n%s\n" % declaration).encode())
                self.probed += ["-D" + name] if done.returncode == 0 else []
        return self.probed

    def build(self, source, flags=(), more=""):
        """Compile a source of this folder, or one named by its whole path, and return the program's path. `more` is the text
        of another source that is linked with it."""
        os.makedirs(self.folder, exist_ok=True)
        name = os.path.splitext(os.path.basename(source))[0]
        program = os.path.join(self.folder, ("example_" if more else "") + name)
        command = [compiler(), *FLAGS, *self.include, *self.probe(), *flags, "-o", program, os.path.join(HERE, source),
                   *(["-xc", "-", "-xnone"] if more else []), "-Wl,--no-as-needed", *self.link, "-ldl", "-lm"]
        done = subprocess.run(command, input=more.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode:
            raise AssertionError("%s does not compile against %s:\n%s\n%s" % (
                source, self.name, " ".join(map(shlex.quote, command)), done.stdout.decode(errors="replace")))
        return program

    def environment(self, settings=""):
        env = interpreters.clean_environment()
        env.update(PYTHONDONTWRITEBYTECODE="1", PYTHONNOUSERSITE="1", LC_ALL="C.UTF-8")
        if self.home:
            env["PYTHONHOME"] = self.home
        env.update(setting.split("=", 1) for setting in settings.split())
        return env

    def run(self, arguments, settings=""):
        """(exit, stdout, stderr) of a program, as texts; addresses and frames on stderr are masked."""
        try:
            done = subprocess.run(arguments, env=self.environment(settings), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=TIMEOUT_SECONDS)
        except subprocess.TimeoutExpired as late:
            return "no end", (late.stdout or b"").decode(errors="replace"), (late.stderr or b"").decode(errors="replace")
        code = done.returncode
        end = str(code) if code >= 0 else signal.Signals(-code).name
        return end, done.stdout.decode(errors="replace"), mask(done.stderr.decode(errors="replace"))


def mask(text):
    return FRAME.sub("  File *", ADDRESS.sub("0x*", text))


def pymm():
    library = os.path.join(BUILD, "libpymm.so")
    headers = [os.path.join(ROOT, "include", "python"), os.path.join(ROOT, "include")]
    return Target("pymm", ["-I" + path for path in headers], [library, "-Wl,-rpath," + BUILD],
                  missing=None if os.path.exists(library) else "%s is not built" % library)


def cpython(python, static=False):
    """The target of an interpreters.Interpreter: with its shared library, or else or if told so its static one."""
    done = subprocess.run([python.path, "-I", "-S", "-c", QUESTION], env=interpreters.clean_environment(),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, timeout=60, check=True)
    answer = json.loads(done.stdout.decode())
    missing, link = None, []
    if not python.headers:
        missing = "%s: no headers (Debian: python3-dev)" % python.name
    elif python.libpython and not static:
        link = [python.libpython, "-Wl,-rpath," + os.path.dirname(python.libpython)]
    elif answer["static"]:
        # Not all of them are compiled to lie anywhere.
        link = ["-no-pie", *shlex.split(answer["export"]), answer["static"], *shlex.split(answer["libraries"])]
    else:
        missing = "%s: no %slibrary (Debian: python3-dev)" % (python.name, "static " if static else "")
    return Target(python.identifier + ("_static" if static else ""), ["-isystem", python.headers or ""], link, missing,
                  answer["home"], python.version)
