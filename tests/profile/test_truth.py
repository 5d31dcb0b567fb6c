"""What a sampled profile estimates, against a recording of every block: each site with over 1 % of the heap within 10 %.

The program does the same on every run; only the seed of the sampling differs. The estimate of a site is compared in the median
over the seeds."""
import os
import statistics
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "cpython"))
from harness import BARE, TIER, start  # noqa: E402
from profile_reader import Profile  # noqa: E402

PROGRAM = os.path.join(HERE, "programs", "sites.py")
SEEDS = range(1, 22 if TIER == "full" else 10)


def site(profile, sample):
    frames = profile.frames(sample.stack)
    return frames[0] if frames else None


class Truth(unittest.TestCase):
    def live(self, **settings):
        with tempfile.TemporaryDirectory() as folder:
            env = {"PYMM_" + name: str(value) for name, value in settings.items()}
            env.update(PYMM_PROFILE=folder + "/x", PYMM_PROFILE_LIMIT="1G", PYTHONHASHSEED="0")
            result = start([sys.executable, "-B", "-S", PROGRAM], BARE, env)
            self.assertEqual(result.code, 0, result)
            return Profile(folder + "/x").live_bytes(site)

    def test_sites_over_a_hundredth_of_the_heap(self):
        exact = self.live(SAMPLE_INTERVAL=1)
        whole = sum(exact.values())
        large = {place: size for place, size in exact.items() if size > whole / 100}
        self.assertGreater(len(large), 8)
        runs = [self.live(SAMPLE_INTERVAL="16K", PROFILE_SEED=seed) for seed in SEEDS]
        self.assertAlmostEqual(statistics.median(sum(run.values()) for run in runs) / whole, 1, delta=0.02)
        for place, size in large.items():
            ratio = statistics.median(run[place] for run in runs) / size
            self.assertAlmostEqual(ratio, 1, delta=0.1, msg="%s holds %d of %d bytes" % (place, size, whole))


if __name__ == "__main__":
    unittest.main()
