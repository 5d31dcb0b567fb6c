"""multiprocessing by the start method named in the argument: a pool, a queue, objects large and small, a child's own check."""
import multiprocessing
import os
import sys
import warnings

import probe


def square(number):
    probe.require()
    return number * number, "x" * (number % 1000)


def report(queue, data):
    probe.require()
    probe.check("in a child")
    queue.put((os.getpid(), len(data), [str(number) for number in range(1000)]))


def main(method):
    warnings.simplefilter("ignore")
    probe.require()
    context = multiprocessing.get_context(method)
    with context.Pool(3) as pool:
        results = pool.map(square, range(3000), chunksize=50)
        if [number for number, _ in results] != [number * number for number in range(3000)]:
            sys.exit("wrong results")
        pool.close()
        pool.join()
    queue = context.Queue()
    children = [context.Process(target=report, args=(queue, bytes(1 << 20))) for _ in range(3)]
    for child in children:
        child.start()
    answers = [queue.get(timeout=60) for _ in children]
    for child in children:
        child.join()
    if [child.exitcode for child in children] != [0, 0, 0] or {size for _, size, _ in answers} != {1 << 20}:
        sys.exit("children: %r" % [child.exitcode for child in children])
    if sys.version_info >= (3, 8):
        share()
    probe.finish()


def share():
    from multiprocessing import shared_memory
    block = shared_memory.SharedMemory(create=True, size=1 << 20)
    block.buf[:5] = b"hello"
    other = shared_memory.SharedMemory(block.name)
    if bytes(other.buf[:5]) != b"hello":
        sys.exit("shared memory")
    other.close()
    block.close()
    block.unlink()


if __name__ == "__main__":
    main(sys.argv[1])
