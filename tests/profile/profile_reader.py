"""A small reader of profile files, for tests: it checks all that docs/profile-format.md promises and fails on anything else."""
import collections
import struct

KINDS = {1: "info", 2: "string", 3: "code", 4: "stack", 5: "thread", 6: "sample", 7: "free", 8: "memory", 9: "mapping",
         10: "fold", 11: "site", 12: "end", 14: "account"}
HEADER = struct.Struct("<8sHHIIIQIIQQQQII")
LAYOUTS = {"info": "<II", "string": "<II", "code": "<IIII", "stack": "<IIIIIIQ", "thread": "<IIQ", "sample": "<qQQdIIHHI",
           "free": "<QQII", "memory": "<6Q", "mapping": "<QQQII", "fold": "<QQqd", "site": "<IIH6xQ6d", "end": "<QII",
           "account": "<20Q"}
EXACT, FOLDED, FORKED, NATIVE, NO_FRAMES = 1, 2, 4, 8, 16
KEPT = 1
PYTHON_FRAME, NATIVE_FRAME, GAP = 1, 2, 3

Sample = collections.namedtuple("Sample", "time block size weight stack thread domain flags")
Memory = collections.namedtuple("Memory", "time resident resident_file heap_resident heap_live mapped")
Account = collections.namedtuple("Account", "time resident most absent_live absent_free parts")
Site = collections.namedtuple("Site", "stack thread domain samples allocated_count allocated_bytes freed_count freed_bytes "
                                      "peak_count peak_bytes")


class Damaged(Exception):
    pass


class Profile:
    """All of a file. `live`: samples by block; `samples`: all of them; `ended`: the reason, None when it was cut short."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.strings, self.codes, self.stacks, self.threads = {0: b""}, {}, {}, {}
        self.facts, self.samples, self.live, self.frees = collections.defaultdict(list), [], {}, 0
        self.memory, self.mappings, self.sites, self.fold, self.ended = [], [], [], None, None
        self.accounts = []
        self.last_time = 0
        self.read_header()
        at = self.header_bytes
        while at + 8 <= len(self.data):
            size, kind, fixed = struct.unpack_from("<IHH", self.data, at)
            if size == 0:
                break
            self.require(self.ended is None, at, "nothing stands behind the end")
            self.require(size % 8 == 0 and fixed <= size and at + size <= len(self.data), at, "a record has a sound length")
            self.record(at, KINDS.get(kind), fixed)
            at += size
        self.used_bytes = at

    def require(self, condition, at, claim):
        if not condition:
            raise Damaged("at %d of %d: does not hold: %s" % (at, len(self.data), claim))

    def read_header(self):
        self.require(len(self.data) >= HEADER.size, 0, "there is a header")
        (magic, self.major, self.minor, self.header_bytes, order, self.flags, self.start_ns, self.pid, self.parent,
         self.interval, self.asked_interval, self.seed, self.limit, self.python, self.page) = HEADER.unpack_from(self.data)
        self.require(magic == b"pymmprof" and order == 0x01020304 and self.major == 1, 0, "it is a profile")

    def record(self, at, kind, fixed):
        if kind is None:
            return
        values = struct.unpack_from(LAYOUTS[kind], self.data, at + 8)
        getattr(self, "on_" + kind)(at, at + fixed, *values)

    def text(self, start, size):
        return self.data[start:start + size]

    def define(self, at, table, number, value):
        self.require(number not in table and (number == 1 or number - 1 in table), at, "numbers count from 1")
        table[number] = value

    def on_info(self, at, text, fact, size):
        self.facts[fact].append(self.text(text, size))

    def on_string(self, at, text, number, size):
        self.define(at, self.strings, number, self.text(text, size))

    def on_code(self, at, text, number, file, function, first_line):
        self.require(file in self.strings and function in self.strings, at, "strings are defined before their use")
        self.define(at, self.codes, number, (self.strings[file].decode(errors="replace"),
                                             self.strings[function].decode(errors="replace"), first_line))

    def on_stack(self, at, text, number, caller, frame, code, line, unused, address):
        self.require(caller == 0 or caller in self.stacks, at, "callers are defined before their use")
        self.require(frame != PYTHON_FRAME or code in self.codes, at, "codes are defined before their use")
        self.define(at, self.stacks, number, (caller, frame, code, line, address))

    def on_thread(self, at, text, number, size, system_id):
        self.threads[number] = (system_id, self.text(text, size).decode(errors="replace"))

    def pass_time(self, at, time):
        self.require(time >= self.last_time, at, "times do not go back")
        self.last_time = time

    def on_sample(self, at, text, time, block, size, weight, stack, thread, domain, flags, unused):
        self.require(stack == 0 or stack in self.stacks, at, "stacks are defined before their use")
        self.require(thread in self.threads and domain <= 2 and weight >= 1 - 1e-9, at, "a sample is sound")
        self.require(block not in self.live, at, "a block that is alive is not given out")
        sample = Sample(time, block, size, weight, stack, thread, domain, flags)
        self.samples.append(sample)
        self.live[block] = sample
        if not flags & KEPT:
            self.pass_time(at, time)

    def on_free(self, at, text, time, block, thread, unused):
        self.pass_time(at, time)
        self.require(self.live.pop(block, None) is not None, at, "what is freed was alive")
        self.frees += 1

    def on_memory(self, at, text, *values):
        self.memory.append(Memory(*values))

    def on_account(self, at, text, *values):
        self.accounts.append(Account(*values[:5], values[5:]))

    def on_mapping(self, at, text, start, end, offset, size, unused):
        self.mappings.append((start, end, offset, self.text(text, size)))

    def on_fold(self, at, text, time, count, peak_time, peak_bytes):
        self.require(self.fold is None, at, "it is folded once")
        self.fold = (time, count, peak_time, peak_bytes)

    def on_site(self, at, text, *values):
        self.require(self.fold is not None, at, "sites follow the fold")
        self.sites.append(Site(*values))

    def on_end(self, at, text, time, reason, unused):
        self.ended = reason

    # What tests ask for.

    def frames(self, stack):
        """Innermost first: (file, function, line), or "gap", or an address."""
        frames = []
        while stack:
            stack, frame, code, line, address = self.stacks[stack]
            if frame == PYTHON_FRAME:
                file, function, first_line = self.codes[code]
                frames.append((file, function, line))
            else:
                frames.append("gap" if frame == GAP else address)
        return frames

    def functions(self, stack):
        return [frame[1] if isinstance(frame, tuple) else frame for frame in self.frames(stack)]

    def live_bytes(self, key=lambda profile, sample: None):
        sums = collections.Counter()
        for sample in self.live.values():
            sums[key(self, sample)] += sample.weight * sample.size
        return sums

    def allocated_bytes(self, key=lambda profile, stack: None):
        sums = collections.Counter()
        for site in self.sites:
            sums[key(self, site.stack)] += site.allocated_bytes
        for sample in self.samples:
            if not sample.flags & KEPT:
                sums[key(self, sample.stack)] += sample.weight * sample.size
        return sums
