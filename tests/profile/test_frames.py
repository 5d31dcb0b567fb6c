"""Python frames in a profile, on each interpreter found: the same that the program itself sees, to the line."""
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cpython"))
from harness import BARE, COMMAND, Case, per_interpreter, start  # noqa: E402
from profile_reader import NO_FRAMES, Profile  # noqa: E402

import unittest  # noqa: E402

PROGRAMS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
INNER, OUTER = 384, 127  # frames of a stack that is kept in two parts


def shown(frames):
    """What a profile has of these frames."""
    frames = [tuple(frame) for frame in frames]
    if len(frames) <= INNER + OUTER:
        return frames
    return frames[:INNER] + ["gap"] + frames[-OUTER:]


@per_interpreter
class Frames(Case):
    def profiled(self, name, **settings):
        with tempfile.TemporaryDirectory() as folder:
            env = {"PYMM_PROFILE": folder + "/file", "PYTHONHASHSEED": "0"}
            env.update({"PYMM_" + key: str(value) for key, value in settings.items()})
            result = self.start([os.path.join(PROGRAMS, name)], env=env)
            self.assertEqual(result.code, 0, result)
            self.assertEqual(result.err, "pymm: profile written; open it with: pymm report %s/file\n" % folder)
            self.assertEqual(glob.glob(folder + "/*"), [folder + "/file"])
            return Profile(folder + "/file"), result.out

    def test_frames_are_those_that_the_program_sees(self):
        # Blocks of 20,000 bytes are all sampled at this interval, others seldom.
        profile, out = self.profiled("frames.py", SAMPLE_INTERVAL=512, PROFILE_LIMIT="1G")
        expected = json.loads(out)
        self.assertGreater(len(expected), 100)
        self.assertFalse(profile.flags & NO_FRAMES)
        extra = 33 if self.python.version >= (3, 15) else 1  # from 3.15 on a bytearray keeps its bytes in an object of theirs
        stacks = {}
        for sample in profile.samples:
            if sample.size - extra in range(20000, 60000):
                stacks.setdefault(str(sample.size - extra), []).append(sample)
        for size, frames in expected.items():
            samples = stacks.get(size, [])
            found = [profile.frames(sample.stack) for sample in samples]
            self.assertIn(shown(frames), found, "%s: %s bytes" % (self.python.name, size))

    def test_native_frames_lie_below_those_of_python(self):
        profile, out = self.profiled("frames.py", SAMPLE_INTERVAL="4K", PROFILE_NATIVE=1)
        kinds = [[isinstance(frame, int) for frame in profile.frames(sample.stack)] for sample in profile.samples]
        self.assertTrue(any(kind[:1] == [True] and kind[-1] is False for kind in kinds))
        for kind in kinds:
            self.assertEqual(kind, sorted(kind, reverse=True))
        addresses = [frame for sample in profile.samples for frame in profile.frames(sample.stack) if isinstance(frame, int)]
        mapped = [any(start <= address < end for start, end, offset, path in profile.mappings) for address in addresses]
        self.assertGreater(sum(mapped), 0.95 * len(mapped))

    def native_stacks(self, program, *arguments):
        """(size, frames as "python", "c" or "gap", innermost first) of each sample of a program run with C frames."""
        with tempfile.TemporaryDirectory() as folder:
            env = {"PYMM_PROFILE": folder + "/file", "PYMM_SAMPLE_INTERVAL": "4K", "PYMM_PROFILE_NATIVE": "1"}
            result = self.start(["-I", "-S", "-c", program, *arguments], env=env)
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)
            profile = Profile(folder + "/file")
        kinds = {int: "c", str: "gap", tuple: "python"}
        return [(sample.size, [kinds[type(frame)] for frame in profile.frames(sample.stack)]) for sample in profile.samples]

    def test_a_way_through_c_that_is_too_long_has_a_gap(self):
        stacks = self.native_stacks("""if True:
            deep = "x" * 25000
            for _ in range(60):
                deep = [deep]
            def shallow(text):
                return [text * 70000]
            kept = [repr(deep), shallow("y")]
            print("ok")""")
        deep = [frames for size, frames in stacks if size in range(25000, 40000) and frames.count("c") > 30 and frames.count("python") == 1]
        cut = [frames for frames in deep if "gap" in frames]
        self.assertTrue(0 < len(cut) < len(deep), (len(cut), len(deep)))
        for frames in deep:
            self.assertEqual(frames, ["c"] * frames.count("c") + ["gap"] * frames.count("gap") + ["python"])
        for size, frames in stacks:  # wherever it is: no gap is said where the way is short
            self.assertTrue("gap" not in frames or frames.count("c") > 50, frames)
        shallow = [frames for size, frames in stacks if size in range(70000, 71000)]
        self.assertGreater(len(shallow), 0)
        for frames in shallow:
            self.assertEqual(frames, ["c"] * (len(frames) - 2) + ["python"] * 2)

    def test_c_code_that_cannot_be_walked_through_leaves_a_gap(self):
        compiler = shutil.which("cc")
        if compiler is None:
            self.skipTest("no C compiler")
        with tempfile.TemporaryDirectory() as folder:
            for name, flags in (("with", ["-fomit-frame-pointer"]),
                                ("without", ["-fno-asynchronous-unwind-tables", "-fno-unwind-tables", "-fomit-frame-pointer"])):
                with open(folder + "/take.c", "w") as file:
                    file.write("void *take(void *(*get)(unsigned long), unsigned long size) "
                               "{ volatile char room[100]; room[0] = 1; void *block = get(size); room[1] = 1; return block; }")
                subprocess.run([compiler, "-O2", "-shared", "-fPIC", *flags, folder + "/take.c", "-o", folder + "/" + name], check=True)
            stacks = self.native_stacks("""if True:
                import ctypes, sys
                get = ctypes.cast(ctypes.pythonapi.PyMem_Malloc, ctypes.c_void_p)
                for name, size in (("with", 80000), ("without", 90000)):
                    take = ctypes.PyDLL(sys.argv[1] + "/" + name).take
                    take.argtypes, take.restype = [ctypes.c_void_p, ctypes.c_size_t], ctypes.c_void_p
                    take(get, size)
                print("ok")""", folder)
        found = dict((size, frames) for size, frames in stacks if size in (80000, 90000))
        self.assertEqual(found[80000], ["c"] * (len(found[80000]) - 1) + ["python"])
        self.assertGreater(len(found[80000]), 3)
        self.assertEqual(found[90000], ["c"] * (len(found[90000]) - 2) + ["gap", "python"])

    def test_codes_made_at_run_time_are_told_apart(self):
        """Each lies where the last one lay, and differs from it in its lines alone, or in its file's name alone, or in both."""
        program = """if True:
            addresses = set()
            for i in range(1000):
                number = i * 7 % 100
                scope = {}
                exec(compile("def f(size):\\n" + "\\n" * (number % LINES) + " return bytearray(size)", NAME, "exec"), scope)
                addresses.add(id(scope["f"].__code__))
                scope["f"](20000 + number)
                del scope
            print(len(addresses))"""
        for name, lines in (("<made>", 100), ("/made/%03d.py", 1), ("/made/%03d.py", 10), ("/made/same.py", 100)):
            text = program.replace("NAME", repr(name) + (" % number" if "%" in name else "")).replace("LINES", str(lines))
            with self.subTest(name=name, lines=lines), tempfile.TemporaryDirectory() as folder:
                result = self.start(["-I", "-S", "-c", text], env={"PYMM_PROFILE": folder + "/file", "PYMM_SAMPLE_INTERVAL": "512"})
                self.assertEqual(result.code, 0, result)
                profile = Profile(folder + "/file")
                self.assertLess(int(result.out), 900)  # of 1000: an address serves again
                extra = 33 if self.python.version >= (3, 15) else 1
                found = {}
                for sample in profile.samples:
                    if sample.size - extra in range(20000, 20100):
                        found.setdefault(sample.size - extra - 20000, set()).add(profile.frames(sample.stack)[0])
                self.assertEqual(sorted(found), list(range(100)))
                for number, frames in found.items():
                    wanted = name % number if "%" in name else name
                    self.assertEqual([frame[:1] + frame[2:] for frame in frames], [(wanted, number % lines + 2)], frames)

    def test_python_whose_frames_are_not_known(self):
        """The same interpreter with another mark before the offsets that it publishes, as a version of the future may have."""
        self.require_version((3, 13))
        with open(os.path.realpath(self.python.path), "rb") as file:
            program = file.read()
        if b"xdebugpy" not in program:
            self.skipTest("%s: lies in a library" % self.python.name)
        prefix = self.start(["-c", "import sys; print(sys.prefix)"]).out.strip()
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "python")
            with open(path, "wb") as file:
                file.write(program.replace(b"xdebugpy", b"futurepy"))
            os.chmod(path, 0o700)
            env = {"PYTHONHOME": prefix, "PYMM_PROFILE": folder + "/file", "PYMM_SAMPLE_INTERVAL": "1"}
            result = start([path, "-B", "-c", "kept = [bytes(1000) for _ in range(1000)]; print('ok')"], BARE, env)
            self.assertEqual((result.code, result.out), (0, "ok\n"), result)
            self.assertEqual(result.err, "pymm: profile: the frames of Python %s cannot be read; it is profiled without them\n"
                                         "pymm: profile written; open it with: pymm report %s/file\n" % (self.python.minor, folder))
            profile = Profile(folder + "/file")
            self.assertTrue(profile.flags & NO_FRAMES)
            self.assertGreaterEqual(sum(sample.size == 1033 for sample in profile.samples), 1000)
            self.assertEqual(profile.codes, {})
            result = start([COMMAND, "report", folder + "/file"])
            self.assertEqual((result.code, result.err), (0, ""), result)
            self.assertIn("the frames of this version of Python cannot be read", result.out)


if __name__ == "__main__":
    unittest.main()
