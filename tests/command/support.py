"""What the tests of the command share: a copy of it beside a library that does nothing, a clean environment, a compiler.

Owns: the room a test works in. Does not own: any check. Read first: docs/man/pymm-run.1 for what is promised.
The command under test is $PYMM_COMMAND. It is copied, so that each test decides what lies beside it.
"""
import os
import shutil
import subprocess
import tempfile
import unittest

COMMAND = os.environ.get("PYMM_COMMAND") or os.path.join(os.environ.get("PYMM_BUILD_DIR", "."), "pymm")
LIBRARY = "libpymm-cpython.so"
PYTHON = "/usr/bin/python3"
# Root may read and write everything: what depends on permissions is then tried as nobody.
AS_USER = dict(user=65534, group=65534, extra_groups=[]) if os.geteuid() == 0 else {}
COMPILER = next((path for path in map(shutil.which, ("cc", "gcc", "clang")) if path), None)


def clean_environment():
    """This process's environment without what would change a Python, the loader or pymm."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(("PYTHON", "PYMM_", "LD_"))}
    environment["PATH"] = "/usr/local/bin:/usr/bin:/bin"
    # A command built with AddressSanitizer otherwise refuses to start where LD_PRELOAD is set already.
    environment["ASAN_OPTIONS"] = "verify_asan_link_order=0"
    return environment


class Result:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out, err

    def __repr__(self):
        return "status %r, stdout %r, stderr %r" % (self.status, self.out, self.err)


class CommandTest(unittest.TestCase):
    """Each test has a directory of its own: bin/ with the command and the library, work/ to be in."""
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        if not os.access(COMMAND, os.X_OK):
            raise unittest.SkipTest("the command is not built: %s" % COMMAND)
        if not COMPILER:
            raise unittest.SkipTest("no C compiler found: cc, gcc, clang")

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="pymm-command-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        self.bin = os.path.join(self.folder, "bin")
        self.work = os.path.join(self.folder, "work")
        os.chmod(self.folder, 0o755)
        os.mkdir(self.bin)
        os.mkdir(self.work)
        self.command = shutil.copy(COMMAND, os.path.join(self.bin, "pymm"))
        self.library = os.path.join(self.bin, LIBRARY)
        self.compile("int pymm_is_here;", self.library, "-shared", "-fPIC")
        self.environment = clean_environment()

    def compile(self, source, path, *options):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run([COMPILER, "-w", "-x", "c", "-", "-x", "none", "-o", path, *options], input=source.encode(), check=True)
        return path

    def write(self, name, text, mode=0o755):
        path = os.path.join(self.work, name)
        with open(path, "w") as file:
            file.write(text)
        os.chmod(path, mode)
        return path

    def pymm(self, *arguments, **options):
        """Run the command; text in, text out."""
        environment = dict(self.environment, **options.pop("environment", {}))
        done = subprocess.run([options.pop("command", self.command), *arguments], env=environment,
                              cwd=options.pop("cwd", self.work), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              input=options.pop("input", b""), timeout=60, **options)
        return Result(done.returncode, os.fsdecode(done.stdout), os.fsdecode(done.stderr))

    def assertRefused(self, status, line, *arguments, **options):
        """Exactly this one line on standard error, nothing on standard output, this status."""
        result = self.pymm(*arguments, **options)
        self.assertEqual((status, "", "pymm: %s\n" % line), (result.status, result.out, result.err))

    def assertRuns(self, out, *arguments, **options):
        result = self.pymm(*arguments, **options)
        self.assertEqual((0, out, ""), (result.status, result.out, result.err))
