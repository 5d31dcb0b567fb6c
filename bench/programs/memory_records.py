"""memory_records KEEP: 1 M records (an object with slots, a float, a string, a list), of which some are kept.

KEEP is thousandth, hundredth (at random), first (the first 1 %) or all. Prints one JSON line: resident bytes at the peak, after the
others have died and gc.collect has run, and one second later for allocators that give back with delay.
"""
import gc
import json
import random
import sys
import time

COUNT = 1_000_000


class Record:
    __slots__ = ("number", "value", "name", "items")

    def __init__(self, number):
        self.number = number
        self.value = number * 0.5
        self.name = f"record {number}"
        self.items = [number, number + 1, self.value, self.name, None]


def resident_bytes(field="VmRSS"):
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
    return 0


def choose(records, keep):
    chance = random.Random(7)
    if keep == "thousandth":
        return [record for record in records if chance.random() < 0.001]
    if keep == "hundredth":
        return [record for record in records if chance.random() < 0.01]
    if keep == "first":
        return records[: COUNT // 100]
    return records


def main(keep):
    start = resident_bytes()
    records = [Record(number) for number in range(COUNT)]
    peak = resident_bytes()
    records = choose(records, keep)
    gc.collect()
    after = resident_bytes()
    time.sleep(1.0)
    print(json.dumps({"keep": keep, "count": len(records), "start_bytes": start, "peak_bytes": peak,
                      "after_bytes": after, "later_bytes": resident_bytes()}))


if __name__ == "__main__":
    main(sys.argv[1])
