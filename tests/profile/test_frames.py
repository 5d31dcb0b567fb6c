"""Python frames in a profile, on each interpreter found: the same that the program itself sees, to the line."""
import glob
import json
import os
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "cpython"))
from harness import BARE, TIER, Case, per_interpreter  # noqa: E402,F401
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
        stacks = {}
        for sample in profile.samples:
            if sample.size - 1 in range(20000, 60000):
                stacks.setdefault(str(sample.size - 1), []).append(sample)
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


if __name__ == "__main__":
    unittest.main()
