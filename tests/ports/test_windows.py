"""The build for Windows by mingw-w64, without warnings, and its tests under Wine: on the system's pages (VirtualAlloc), and
with memory from the C library alone. Skipped by name where the compiler or Wine is missing (script/bootstrap --ports).
"""
import os
import shutil
import subprocess
import tempfile
import unittest

SOURCE = os.environ["PYMM_SOURCE_DIR"]
COMPILERS = ("x86_64-w64-mingw32-gcc-win32", "x86_64-w64-mingw32-gcc")
WINES = ("wine64", "wine", "/usr/lib/wine/wine64")
SYSTEM_LIBRARIES = ("kernel32.dll", "msvcrt.dll", "api-ms-win-")


def missing():
    """What cannot be found, as a sentence, or None."""
    for what, names in (("mingw-w64's gcc", COMPILERS), ("Wine", WINES)):
        if not any(shutil.which(name) for name in names):
            return "%s is missing; script/bootstrap --ports installs it" % what
    return None


@unittest.skipIf(missing(), missing())
class Windows(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = folder.name
        cls.environment = dict(os.environ, WINEPREFIX=os.path.join(cls.folder, "prefix"), WINEDEBUG="-all")

    @classmethod
    def tearDownClass(cls):
        """Wine's server of this prefix ends before the prefix is removed."""
        server = shutil.which("wineserver") or "/usr/lib/wine/wineserver"
        subprocess.run([server, "-k", "-w"], env=cls.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def run_checked(self, *command):
        done = subprocess.run(command, cwd=SOURCE, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              universal_newlines=True, errors="replace")
        self.assertEqual(done.returncode, 0, "%s\n%s" % (" ".join(command), done.stdout))
        return done.stdout

    def build_and_run(self, name, *options):
        build = os.path.join(self.folder, name)
        self.run_checked("cmake", "--preset", "windows", "-B", build, *options)
        self.assertNotIn("warning:", self.run_checked("cmake", "--build", build))
        output = self.run_checked("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error")
        self.assertIn("100% tests passed", output)
        return build

    def test_system_pages(self):
        build = self.build_and_run("pages")
        names = self.run_checked("x86_64-w64-mingw32-objdump", "-p", os.path.join(build, "libpymm.dll"))
        needed = [line.split()[-1].lower() for line in names.splitlines() if "DLL Name:" in line]
        self.assertTrue(needed)
        exported = [line.split()[-1] for line in names.partition("[Ordinal/Name Pointer] Table")[2].partition("\n\n")[0].splitlines()[1:]]
        listed = []
        for name in ("exports-libpymm.txt", "exports-libpymm-objects.txt"):
            with open(os.path.join(SOURCE, "tests/check", name), encoding="utf-8") as file:
                listed += file.read().split()
        self.assertEqual(sorted(exported), sorted(listed))
        self.assertEqual([name for name in needed if not name.startswith(SYSTEM_LIBRARIES)], [])

    def test_release(self):
        self.build_and_run("release", "-DCMAKE_BUILD_TYPE=Release", "-DPYMM_ASSERT_LEVEL=0")

    def test_hostile(self):
        self.build_and_run("hostile", "-DPYMM_HOSTILE=ON", "-DPYMM_FAULTS=ON", "-DPYMM_ASSERT_LEVEL=3")

    def test_memory_of_the_c_library(self):
        self.build_and_run("malloc", "-DPYMM_MALLOC_ONLY=ON", "-DPYMM_FAULTS=ON")


if __name__ == "__main__":
    unittest.main()
