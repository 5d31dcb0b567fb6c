"""Daemon threads that allocate, with and without the GIL, while the interpreter is taken down around them."""
import random
import sys
import threading
import time

import probe


def python_work():
    kept = []
    while True:
        kept.append({str(number): [number] for number in range(random.randrange(1, 200))})
        del kept[:-30]


def raw_work():
    malloc, _, realloc, free = probe.allocator_functions(probe.RAW)
    while True:
        free(realloc(malloc(random.randrange(2000)), random.randrange(4000)))


def sleepy_work():
    """Wakes up when the interpreter is already going down."""
    kept = []
    while True:
        time.sleep(0.0005)
        kept.append(bytes(1000))


def main():
    probe.require()
    sys.setswitchinterval(0.0005)
    for index in range(12):
        threading.Thread(target=(python_work, raw_work, sleepy_work)[index % 3], daemon=True).start()
    time.sleep(0.05)
    probe.check("while threads run")
    probe.require()
    print("ok", flush=True)


main()
