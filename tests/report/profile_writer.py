"""Writes profile files by the letter of docs/profile-format.md, also wrong ones: what the tests of `pymm report` read.

Owns: the layout of records, written down a second time, independent of the C header. Does not own: any check.
"""
import struct

MAGIC = b"pymmprof"
EXACT, FOLDED, FORKED, NATIVE, NO_FRAMES = 1, 2, 4, 8, 16
(INFO, STRING, CODE, STACK, THREAD, SAMPLE, FREE, MEMORY, MAPPING, FOLD, SITE, END, LEAVE, ACCOUNT) = range(1, 15)
PROGRAM, COMMAND, PYTHON_VERSION, PYMM_VERSION, NOTE = range(1, 6)
PYTHON_FRAME, NATIVE_FRAME, GAP_FRAME = 1, 2, 3
KEPT = 1
MS = 1000000
PARTS = ("live_raw", "live_mem", "live_obj", "free_slots", "magazines", "kept_pages", "metadata", "malloc", "thread_stacks",
         "main_stack", "code", "data", "mapped_files", "shared_memory", "other_mappings")


class Writer:
    """Numbers strings, codes, stacks and threads as they come; a sample is given with its stack as frames, outermost first."""

    def __init__(self, flags=EXACT, interval=1, pid=4321, major=1, minor=0, start=1_700_000_000 * 10**9, byte_order=0x01020304):
        self.records = []
        self.numbers = {}
        self.header = struct.pack("<8sHHIIIQIIQQQQII", MAGIC, major, minor, 96, byte_order, flags, start, pid, 1, interval,
                                  interval, 0, 1 << 28, 0x030B02F0, 4096).ljust(96, b"\0")

    def record(self, kind, fixed, text=b"", fixed_extra=b""):
        size = 8 + len(fixed) + len(fixed_extra) + len(text)
        padded = (size + 7) // 8 * 8
        head = struct.pack("<IHH", padded, kind, 8 + len(fixed) + len(fixed_extra))
        self.records.append((head + fixed + fixed_extra + text).ljust(padded, b"\0"))

    def number(self, kind, key):
        """The number of a definition, and whether it is new."""
        known = self.numbers.setdefault(kind, {})
        is_new = key not in known
        return known.setdefault(key, len(known) + 1), is_new

    def info(self, fact, text):
        self.record(INFO, struct.pack("<II", fact, len(text)), text)

    def string(self, text):
        text = text if isinstance(text, bytes) else text.encode()
        number, is_new = self.number(STRING, text)
        if is_new:
            self.record(STRING, struct.pack("<II", number, len(text)), text)
        return number

    def code(self, function, file, first_line=1):
        strings = self.string(file), self.string(function)
        number, is_new = self.number(CODE, strings + (first_line,))
        if is_new:
            self.record(CODE, struct.pack("<IIII", number, *strings, first_line))
        return number

    def stack(self, frames):
        """frames: (function, file, line), with the function's first line behind it or 1, an address, or None for frames left out; outermost first."""
        caller = 0
        for frame in frames:
            if frame is None:
                fields = GAP_FRAME, 0, 0, 0, 0
            elif isinstance(frame, int):
                fields = NATIVE_FRAME, 0, 0, 0, frame
            else:
                fields = PYTHON_FRAME, self.code(frame[0], frame[1], *frame[3:]), frame[2], 0, 0
            number, is_new = self.number(STACK, (caller, fields))
            if is_new:
                self.record(STACK, struct.pack("<IIIIIIQ", number, caller, *fields))
            caller = number
        return caller

    def thread(self, system_id, name=b""):
        number, is_new = self.number(THREAD, system_id)
        if is_new or name:
            self.record(THREAD, struct.pack("<IIQ", number, len(name), system_id), name)
        return number

    def sample(self, time, block, size, frames, thread=4321, domain=2, weight=1.0, flags=0):
        number = self.thread(thread)
        self.record(SAMPLE, struct.pack("<qQQdIIHHI", time, block, size, weight, self.stack(frames), number, domain, flags, 0))

    def free(self, time, block, thread=4321):
        self.record(FREE, struct.pack("<QQII", time, block, self.thread(thread), 0))

    def memory(self, time, resident, heap, live=0):
        self.record(MEMORY, struct.pack("<QQQQQQ", time, resident, resident // 4, heap, live or heap, resident * 2))

    def account(self, time, resident, absent=(0, 0), fixed_extra=b"", **parts):
        """Bytes of each part by its name; since format 1.1."""
        self.record(ACCOUNT, struct.pack("<5Q15Q", time, resident, resident, *absent, *[parts.get(part, 0) for part in PARTS]),
                    fixed_extra=fixed_extra)

    def mapping(self, start, end, offset, path):
        self.record(MAPPING, struct.pack("<QQQII", start, end, offset, len(path), 0), path)

    def fold(self, time, peak_time, peak_bytes):
        self.record(FOLD, struct.pack("<QQQd", time, 1, peak_time, peak_bytes))

    def site(self, frames, allocated, freed=(0, 0), peak=(0, 0), thread=4321, domain=2):
        """allocated, freed, peak: (blocks, bytes)."""
        self.record(SITE, struct.pack("<IIHHHHQdddddd", self.stack(frames), self.thread(thread), domain, 0, 0, 0, 1,
                                      *allocated, *freed, *peak))

    def leave(self, time):
        self.record(LEAVE, struct.pack("<Q", time))

    def end(self, time, reason=1):
        self.record(END, struct.pack("<QII", time, reason, 0))

    def bytes(self, zeros=64):
        return self.header + b"".join(self.records) + b"\0" * zeros

    def write(self, path, zeros=64):
        with open(path, "wb") as file:
            file.write(self.bytes(zeros))
        return path


MAIN = ("<module>", "/app/main.py", 10)
LOAD = ("load", "/app/load.py", 7)
PARSE = ("Parser.parse", "/app/load.py", 21)
CACHE = ("Cache.store", "/app/cache.py", 42)
WORK = ("work", "/app/work.py", 5)


def small(flags=EXACT, end=True, **options):
    """A run of 8 s: 1 MiB loaded at the start and kept; a cache that grows by 16 KiB every 0.1 s in thread worker; work of 4 MiB
    that comes and goes: the peak is in the middle; a raw buffer without frames."""
    writer = Writer(flags, **options)
    writer.info(PROGRAM, b"/usr/bin/python3")
    writer.info(COMMAND, b"python3\0main.py\0--fast\0")
    writer.info(PYTHON_VERSION, b"3.11.2 (main)")
    writer.info(PYMM_VERSION, b"0.1.0")
    writer.thread(4321, b"python3")
    writer.thread(4400, b"worker")
    for index in range(4):
        writer.sample(index * 10 * MS, 0x1000 + index * 0x100000, 256 << 10, [MAIN, LOAD, PARSE], domain=1 + index % 2)
    writer.sample(50 * MS, 0x900000, 4096, [], domain=0)
    for step in range(80):
        time = (step * 100 + 60) * MS
        writer.memory(time, (20 << 20) + (step << 16), (8 << 20) + (step << 16))
        writer.sample(time, 0x10000000 + step * 0x10000, 16 << 10, [MAIN, CACHE], thread=4400)
        if step == 39:
            writer.sample(time + MS, 0x50000000, 4 << 20, [MAIN, WORK], domain=1)
        if step == 41:
            writer.free(time + MS, 0x50000000)
    writer.free(7990 * MS, 0x1000)
    if end:
        writer.end(8000 * MS)
    return writer


def accounts():
    """A run whose resident memory is accounted for three times, once after Python took itself down: that does not count."""
    writer = Writer(minor=1)
    writer.thread(4321, b"python3")
    for thread in (4400, 4401):
        writer.thread(thread, b"python3")
        writer.sample(MS, thread, 1000, [MAIN, WORK], thread=thread)
    writer.sample(MS, 0x1000, 60 << 20, [MAIN, LOAD])
    writer.account(100 * MS, 100 << 20, (1 << 20, 5 << 20), live_obj=60 << 20, live_mem=512 << 10, malloc=20 << 20, code=8 << 20,
                   thread_stacks=6 << 20, main_stack=100 << 10, data=2 << 20, other_mappings=3 << 20)
    writer.free(200 * MS, 0x1000)
    writer.account(900 * MS, 40 << 20, (0, 65 << 20), live_mem=512 << 10, malloc=28 << 20, code=8 << 20, data=2 << 20,
                   metadata=2 << 20)
    writer.memory(940 * MS, 40 << 20, 2 << 20)
    writer.leave(950 * MS)
    writer.account(990 * MS, 200 << 20, live_obj=200 << 20)
    writer.memory(995 * MS, 300 << 20, 200 << 20)
    writer.end(1000 * MS)
    return writer


def damage():
    """One record or more of every kind, in few bytes."""
    writer = Writer(flags=FOLDED | NATIVE, interval=1 << 19, minor=1)
    writer.info(PROGRAM, b"/usr/bin/python3")
    writer.info(COMMAND, b"python3\0-c\0\0")
    writer.info(NOTE, b"a note")
    writer.thread(4321, b"python3")
    writer.mapping(0x7f0000000000, 0x7f0000010000, 0x1000, b"/usr/lib/libz.so.1")
    writer.fold(900 * MS, 400 * MS, 3e6)
    writer.site([MAIN, LOAD], (10, 5e6), (5, 2e6), (4, 3e6))
    writer.memory(500 * MS, 30 << 20, 20 << 20)
    writer.sample(100 * MS, 0x1000, 3000, [MAIN, LOAD], weight=175.2, flags=KEPT)
    writer.sample(-5 * MS, 0x2000, 3000, [MAIN, LOAD], weight=175.2, flags=KEPT)
    writer.sample(1000 * MS, 0x3000, 64, [MAIN, None, CACHE, 0x7f0000000123], thread=4400, weight=8192.5)
    writer.sample(1100 * MS, 0x4000, 1 << 20, [], thread=4400, domain=0, weight=1.156)
    writer.thread(4400, b"worker")
    writer.free(1200 * MS, 0x3000)
    writer.memory(1300 * MS, 31 << 20, 21 << 20)
    writer.account(1340 * MS, 31 << 20, (1, 2), live_obj=20 << 20, code=10 << 20)
    writer.leave(1350 * MS)
    writer.end(1400 * MS)
    return writer


PROFILES = {"small": small, "damage": damage}
