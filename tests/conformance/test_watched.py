"""Every case of the sources on objects, on libpymm alone, while a sanitizer or valgrind watches its memory.

What a case prints is test_conformance.py's; here it may print and end as it likes, but not touch what it should not. Objects
are the C library's blocks, of which alone these tools know the bounds: PYTHONMALLOC=malloc, unless the case has a setting of
its own. Read first: targets.py.
"""
import glob
import os
import re
import shutil
import unittest

import targets

WATCHED = re.compile(r"^(arguments|attributes|builtin_\w+|containers|contents|exceptions|extension_types|gc_\w+|object_\w+|program_\w+)\.c$")
SOURCES = sorted(name for name in map(os.path.basename, glob.glob(os.path.join(targets.HERE, "*.c"))) if WATCHED.match(name))
HAS_SANITIZER = os.environ.get("PYMM_PRESET") == "asan"
FLAGS = ["-fsanitize=address,undefined", "-fno-omit-frame-pointer"] if HAS_SANITIZER else []
BEFORE = [] if HAS_SANITIZER else ["valgrind", "--quiet", "--error-exitcode=99"]
# Leaks: a case ends in the middle of things. Sizes that no allocator has are asked for on purpose.
SETTINGS = "PYTHONMALLOC=malloc ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1:detect_odr_violation=0"
COMPLAINT = re.compile(r"AddressSanitizer(?!: SEGV on unknown address 0x0+ )|runtime error:|^==\d+== ", re.M)
HUGE = re.compile(r"^==\d+== .*(?:fishy|large range|Argument 'size' of function).*$|WARNING: AddressSanitizer failed to allocate.*$", re.M)


class Watched(unittest.TestCase):
    """A test for each source; made below."""

    def check(self, source):
        target = targets.pymm()
        if not HAS_SANITIZER and not shutil.which("valgrind"):
            self.skipTest("valgrind: not found (Debian: valgrind)")
        target.folder += "_watched"
        program = target.build(source, FLAGS)
        listing = target.run([program, "--list"], SETTINGS)[1].splitlines()
        self.assertGreater(len(listing), 0)
        for line in listing:
            case, _, settings = line.partition("\t")
            with self.subTest(case=case):
                end, _, err = target.run([*BEFORE, program, case], "%s %s" % (SETTINGS, settings))
                self.assertNotRegex(HUGE.sub("", err), COMPLAINT)
                self.assertNotEqual(end, "99")


for name in SOURCES:
    setattr(Watched, "test_" + name[:-2], lambda self, name=name: self.check(name))

if __name__ == "__main__":
    unittest.main()
