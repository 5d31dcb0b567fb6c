"""The same traces given to Python's tracemalloc.Snapshot and to pymm: groups, comparisons and filters must be the same.

pymm gets them through ctypes: a walker whose frames this test sets, and pymm_trace_track. Read include/pymm_trace.h first.
"""
import ctypes
import os
import random
import tracemalloc
import unittest

BUILD = os.environ.get("PYMM_BUILD_DIR", os.path.join(os.path.dirname(__file__), "..", "..", "build", "release"))
C_FRAME = ctypes.c_size_t(-1).value
KEYS = {"filename": 0, "lineno": 1, "traceback": 2}


class Frame(ctypes.Structure):
    _fields_ = [("code", ctypes.c_void_p), ("position", ctypes.c_size_t)]


class Place(ctypes.Structure):
    _fields_ = [("file", ctypes.c_char_p), ("function", ctypes.c_char_p), ("line", ctypes.c_uint)]


class Statistic(ctypes.Structure):
    _fields_ = [("bytes", ctypes.c_size_t), ("count", ctypes.c_size_t), ("bytes_diff", ctypes.c_ssize_t),
                ("count_diff", ctypes.c_ssize_t), ("frame_count", ctypes.c_uint), ("places", ctypes.POINTER(Place))]


class Filter(ctypes.Structure):
    _fields_ = [("is_inclusive", ctypes.c_int), ("file", ctypes.c_char_p), ("line", ctypes.c_uint),
                ("is_all_frames", ctypes.c_int), ("has_domain", ctypes.c_int), ("domain", ctypes.c_uint)]


Walk = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_void_p, ctypes.POINTER(Frame), ctypes.c_uint, ctypes.POINTER(ctypes.c_uint))


class Walker(ctypes.Structure):
    _fields_ = [("ctx", ctypes.c_void_p), ("walk", Walk), ("resolve", ctypes.c_void_p)]


class Tracing:
    """pymm's tracing, with the frames that were set last."""

    def __init__(self):
        self.library = ctypes.CDLL(os.path.join(BUILD, "libpymm.so"))
        self.library.pymm_trace_code.restype = ctypes.c_void_p
        self.library.pymm_trace_track.argtypes = [ctypes.c_uint, ctypes.c_size_t, ctypes.c_size_t]
        for name in ("take", "filter"):
            getattr(self.library, "pymm_trace_snapshot_" + name).restype = ctypes.c_int
        self.frames = ()
        self.walk = Walk(self.write_frames)
        self.walker = Walker(None, self.walk, None)

    def write_frames(self, ctx, frames, frame_max, total_count):
        count = min(frame_max, len(self.frames))
        for i in range(count):
            frames[i] = Frame(self.library.pymm_trace_code(self.frames[i][0].encode(), None), self.frames[i][1])
        total_count[0] = len(self.frames)
        return count

    def snapshot_of(self, traces, limit):
        library = self.library
        library.pymm_trace_stop()
        assert library.pymm_trace_walker_set(ctypes.byref(self.walker)) == 0
        assert library.pymm_trace_start(limit) == 0
        for number, (domain, size, frames) in enumerate(traces):
            self.frames = frames
            assert library.pymm_trace_track(domain, 8 * number + 1, size) == 0
        snapshot = ctypes.c_void_p()
        assert library.pymm_trace_snapshot_take(ctypes.byref(snapshot)) == 0
        library.pymm_trace_stop()
        return snapshot

    def rows(self, function, *arguments):
        """(frames outermost first, bytes, count, differences) of a list of statistics."""
        entries, count = ctypes.POINTER(Statistic)(), ctypes.c_size_t()
        assert function(*arguments, ctypes.byref(entries), ctypes.byref(count)) == 0
        rows = []
        for i in range(count.value):
            entry = entries[i]
            frames = [(entry.places[k].file.decode(), entry.places[k].line) for k in range(entry.frame_count)]
            rows.append((frames[::-1], entry.bytes, entry.count, entry.bytes_diff, entry.count_diff))
        self.library.pymm_trace_statistics_free(entries)
        return rows

    def statistics(self, snapshot, key, cumulative=False):
        return self.rows(self.library.pymm_trace_statistics, snapshot, KEYS[key], int(cumulative))

    def compare(self, snapshot, old, key, cumulative=False):
        return self.rows(self.library.pymm_trace_compare, snapshot, old, KEYS[key], int(cumulative))

    def filter(self, snapshot, filters):
        array = (Filter * max(1, len(filters)))(*filters)
        filtered = ctypes.c_void_p()
        assert self.library.pymm_trace_snapshot_filter(snapshot, array, ctypes.c_size_t(len(filters)), ctypes.byref(filtered)) == 0
        return filtered


def python_snapshot(traces, limit):
    return tracemalloc.Snapshot([(domain, size, frames[:limit], len(frames)) for domain, size, frames in traces], limit)


def python_rows(statistics):
    return [([(frame.filename, frame.lineno) for frame in entry.traceback], entry.size, entry.count,
             getattr(entry, "size_diff", 0), getattr(entry, "count_diff", 0)) for entry in statistics]


def random_traces(generator, count):
    files = ["a.py", "b.py", "dir/c.py", "dir/sub/a.py", "[x].py", "\u00e9.py", "<frozen abc>"]
    traces = []
    for _ in range(count):
        depth = generator.randint(1, 6)
        frames = tuple((generator.choice(files), generator.randint(1, 4)) for _ in range(depth))
        traces.append((generator.choice([0, 0, 0, 5, 389047]), generator.choice([0, 10, 10, 16, 500, 10**6]), frames))
    return traces


class Same(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.tracing = Tracing()

    def test_statistics(self):
        for seed in range(30):
            generator = random.Random(seed)
            limit = generator.randint(1, 5)
            traces = random_traces(generator, generator.choice([0, 1, 20, 300]))
            snapshot, expected = self.tracing.snapshot_of(traces, limit), python_snapshot(traces, limit)
            for key, cumulative in [("filename", 0), ("lineno", 0), ("traceback", 0), ("filename", 1), ("lineno", 1)]:
                with self.subTest(seed=seed, key=key, cumulative=cumulative):
                    self.assertEqual(self.tracing.statistics(snapshot, key, cumulative),
                                     python_rows(expected.statistics(key, bool(cumulative))))
            self.tracing.library.pymm_trace_snapshot_free(snapshot)

    def test_compare(self):
        for seed in range(30):
            generator = random.Random(seed)
            limit = generator.randint(1, 3)
            old_traces = random_traces(generator, 100)
            new_traces = generator.sample(old_traces, 60) + random_traces(generator, generator.choice([0, 80]))
            old, new = (self.tracing.snapshot_of(traces, limit) for traces in (old_traces, new_traces))
            expected_old, expected_new = python_snapshot(old_traces, limit), python_snapshot(new_traces, limit)
            for key, cumulative in [("filename", 0), ("lineno", 0), ("traceback", 0), ("lineno", 1)]:
                with self.subTest(seed=seed, key=key, cumulative=cumulative):
                    self.assertEqual(self.tracing.compare(new, old, key, cumulative),
                                     python_rows(expected_new.compare_to(expected_old, key, bool(cumulative))))

    def test_filters(self):
        patterns = ["a.py", "*.py", "*a*", "?.py", "dir*", "dir/*", "*[ab].py", "*[!a].py", "[[]x].py", "[x].py", "[a-c].py", "*", "<*>", "",
                    "dir/[", "[]", "**.p?", "\\a.py"]
        for seed in range(60):
            generator = random.Random(seed)
            limit = generator.randint(1, 5)
            traces = random_traces(generator, 150)
            ours, theirs = [], []
            for _ in range(generator.randint(0, 3)):
                inclusive, pattern = generator.random() < 0.5, generator.choice(patterns)
                line, all_frames = generator.choice([None, None, 2]), generator.random() < 0.5
                domain = generator.choice([None, None, 0, 5])
                if generator.random() < 0.2 and domain is not None:
                    ours.append(Filter(inclusive, None, 0, 0, 1, domain))
                    theirs.append(tracemalloc.DomainFilter(inclusive, domain))
                    continue
                ours.append(Filter(inclusive, pattern.encode(), line or 0, all_frames, domain is not None, domain or 0))
                theirs.append(tracemalloc.Filter(inclusive, pattern, line, all_frames, domain))
            snapshot = self.tracing.snapshot_of(traces, limit)
            filtered = self.tracing.filter(snapshot, ours)
            self.tracing.library.pymm_trace_snapshot_free(snapshot)  # the filtered one keeps the texts
            with self.subTest(seed=seed, filters=theirs):
                self.assertEqual(self.tracing.statistics(filtered, "traceback"),
                                 python_rows(python_snapshot(traces, limit).filter_traces(theirs).statistics("traceback")))
            self.tracing.library.pymm_trace_snapshot_free(filtered)


if __name__ == "__main__":
    unittest.main()
