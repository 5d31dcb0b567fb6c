"""Python frames in a profile, on each interpreter found: the same that the program itself sees, to the line."""
import glob
import json
import os
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
