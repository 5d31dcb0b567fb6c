"""Allocates blocks of sizes that nobody else uses, in every kind of frame, and prints which frames there were.

Runs on CPython 3.7 and newer. Output: {size of the block: [[file, function, line], ...]}, innermost first. `hold` and `stack`
stand in one line, so that the block and the answer come from one line."""
import asyncio
import contextlib
import functools
import json
import sys
import threading

expected, kept = {}, []
sizes = iter(range(20011, 60000, 17))


def stack():
    frames, frame = [], sys._getframe(1)
    while frame:
        code = frame.f_code
        frames.append([code.co_filename, getattr(code, "co_qualname", code.co_name), frame.f_lineno])
        frame = frame.f_back
    return frames


def hold(block, frames):
    kept.append(block)
    expected[len(block)] = frames
    return block


def plain():
    def nested():
        def inner():
            return hold(bytearray(captured[0]()), stack())
        return inner()
    captured = [next_size]
    nested()


def direct(size):
    hold(bytearray(size), stack())


def generators():
    def count():
        for i in range(3):
            hold(bytearray(next_size()), stack())
            yield i

    def chain():
        yield from count()
    for _ in chain():
        pass
    sum(len(hold(bytearray(next_size()), stack())) for _ in range(2))


def next_size():
    return next(sizes)


async def coroutines():
    async def inner():
        hold(bytearray(next_size()), stack())
        await asyncio.sleep(0)
        hold(bytearray(next_size()), stack())

    async def numbers():
        for i in range(2):
            await asyncio.sleep(0)
            hold(bytearray(next_size()), stack())
            yield i
    await asyncio.gather(inner(), inner())
    async for _ in numbers():
        hold(bytearray(next_size()), stack())


def classes():
    class Thing:
        attribute = hold(bytearray(next_size()), stack())

        def __init__(self):
            self.block = hold(bytearray(next_size()), stack())

        @property
        def size(self):
            return hold(bytearray(next_size()), stack())

        @functools.lru_cache(maxsize=None)
        def cached(self):
            return hold(bytearray(next_size()), stack())

        def __del__(self):
            hold(bytearray(next_size()), stack())

        def __lt__(self, other):
            hold(bytearray(next_size()), stack())
            return False
    thing = Thing()
    thing.size, thing.cached()
    sorted([thing, thing])
    Thing.cached.cache_clear()
    del thing


@contextlib.contextmanager
def manager():
    hold(bytearray(next_size()), stack())
    yield
    hold(bytearray(next_size()), stack())


def comprehensions():
    [hold(bytearray(next_size()), stack()) for _ in range(2)]
    {i: hold(bytearray(next_size()), stack()) for i in range(2)}
    list(map(lambda i: hold(bytearray(next_size()), stack()), range(2)))
    with manager():
        pass
    try:
        raise ValueError
    except ValueError:
        hold(bytearray(next_size()), stack())
    finally:
        hold(bytearray(next_size()), stack())


def executed():
    """Codes that are made and freed again, so that later ones lie where earlier ones have lain."""
    for turn in range(60):
        source = "\n" * (turn % 7) + "def made(size):\n" + "    pass\n" * (turn * 5 % 11) + "    hold(bytearray(size), stack())\n"
        names = {"hold": hold, "stack": stack}
        exec(compile(source, "<made>" if turn % 2 else "<script>\u00e9\u65e5\U0001f40d.py", "exec"), names)
        names["made"](next_size())
        del names
    for turn in range(40):  # they differ in their lines alone
        names = {"hold": hold, "stack": stack, "next_size": next_size}
        exec(compile("\n" * (turn % 9) + "hold(bytearray(next_size()), stack())\n", "<lines>", "exec"), names)
    exec("def \u00fcber(size):\n  hold(bytearray(size), stack())\n\u00fcber(next_size())", globals())


def long_function():
    lines = ["def long(size):"] + ["    x%d = %d" % (i, i) for i in range(600)]
    lines += ["    for turn in range(2):", "        y = (", "            turn", "        )"] + ["        #"] * 300
    lines += ["        hold(bytearray(size() + turn), stack())"]
    exec("\n".join(lines), globals())
    long(lambda: next_size())  # noqa: F821


def observed():
    """Codes that are run while somebody looks on: their instructions are replaced by others."""
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*arguments, **names):
            return function(*arguments, **names)
        return wrapper

    @decorate
    def run(turns=2):
        for turn in range(turns):
            hold(bytearray(next_size()), stack())
        list(i for i in [next_size()] if hold(bytearray(i), stack()))
        sum(len(block) for block in [hold(bytearray(next_size()), stack())])

    def look(frame, event, argument):
        return look
    for watch in sys.settrace, sys.setprofile:
        watch(look)
        run()
        watch(None)
    run()
    if hasattr(sys, "monitoring"):
        events = sys.monitoring.events
        sys.monitoring.use_tool_id(3, "frames")
        for event in events.LINE, events.INSTRUCTION, events.CALL:
            sys.monitoring.register_callback(3, event, lambda *arguments: None)
            sys.monitoring.set_events(3, event)
            run()
        sys.monitoring.set_events(3, 0)
        run()
        sys.monitoring.free_tool_id(3)


def recursion(depth):
    if depth == 0:
        hold(bytearray(next_size()), stack())
    else:
        recursion(depth - 1)


def in_thread(function, *arguments):
    thread = threading.Thread(target=function, args=arguments)
    thread.start()
    thread.join()


def main():
    plain()
    direct(next_size())
    generators()
    asyncio.run(coroutines())
    classes()
    comprehensions()
    executed()
    long_function()
    observed()
    in_thread(direct, next_size())
    in_thread(generators)
    sys.setrecursionlimit(30000)
    threading.stack_size(512 << 20)
    for depth in (50, 500, 505, 520, 10000):
        in_thread(recursion, depth)


main()
json.dump({size: frames for size, frames in expected.items()}, sys.stdout)
