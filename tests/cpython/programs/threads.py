"""Many threads allocate, hand objects to one another and end; some use the raw domain without the GIL."""
import ctypes
import queue
import sys
import threading

import probe


def producer(out, count):
    for number in range(count):
        out.put([{"number": number, "text": str(number) * (number % 50)} for _ in range(10)])
    out.put(None)


def consumer(source, sums):
    total = 0
    while True:
        item = source.get()
        if item is None:
            break
        total += sum(one["number"] for one in item)
        del item
    sums.append(total)


def hand_over():
    """What one thread makes, another frees."""
    pipes = [queue.Queue(50) for _ in range(4)]
    sums = []
    threads = [threading.Thread(target=producer, args=(pipe, probe.rounds(500))) for pipe in pipes]
    threads += [threading.Thread(target=consumer, args=(pipe, sums)) for pipe in pipes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    count = probe.rounds(500)
    if sums != [10 * count * (count - 1) // 2] * 4:
        sys.exit("sums differ: %r" % sums)


def raw_work(size_step):
    """Blocks of the raw domain, without the GIL, with contents checked."""
    malloc, calloc, realloc, free = probe.allocator_functions(probe.RAW)
    held = []
    for number in range(probe.rounds(1500)):
        size = 8 + number * size_step % 5000
        block = malloc(size)
        ctypes.memset(block, number & 255, size)
        held.append((block, size, number & 255))
        if len(held) > 50:
            block, size, byte = held.pop(number % 50)
            block = realloc(block, size * 2)
            if ctypes.string_at(block, size) != bytes([byte]) * size:
                sys.exit("contents changed")
            free(block)
    for block, _, _ in held:
        free(block)


def short_lives():
    """Threads that end with blocks alive, which the main thread frees."""
    kept = []
    for _ in range(probe.rounds(40)):
        threads = [threading.Thread(target=lambda: kept.append([object() for _ in range(500)])) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        del kept[:-10]
    if probe.is_loaded():
        count = probe.stats().thread_count
        if count > 64:
            sys.exit("%d threads are known to the heap, 1 is alive" % count)


def main():
    probe.require()
    hand_over()
    raw = [threading.Thread(target=raw_work, args=(17 + 2 * index,)) for index in range(6)]
    for thread in raw:
        thread.start()
    probe.check("while threads run")
    for thread in raw:
        thread.join()
    short_lives()
    probe.finish()


main()
