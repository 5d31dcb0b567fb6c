"""generators: pipelines of generators, closures and partial functions over a stream of numbers."""
import functools
import itertools


def numbers(count):
    seed = 42
    for _ in range(count):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        yield seed


def windows(stream, size):
    window = []
    for value in stream:
        window = (window + [value])[-size:]
        if len(window) == size:
            yield tuple(window)


def scale(factor):
    return lambda values: [value * factor % 1000003 for value in values]


def permutations(items):
    if len(items) < 2:
        yield items
    for at in range(len(items)):
        for rest in permutations(items[:at] + items[at + 1:]):
            yield items[at:at + 1] + rest


def main(rounds=4):
    total = 0
    for number in range(rounds):
        steps = [scale(factor) for factor in (3, 5, 7)]
        for window in windows(numbers(60000), 4):
            total += functools.reduce(lambda values, step: step(values), steps, window)[0]
        total += sum(len(item) for item in permutations(list(range(7))))
        total += sum(a < b for a, b in itertools.pairwise(numbers(60000)))
        total += len(list(map(functools.partial(divmod, 10**9), range(1, 60000))))
    return total


if __name__ == "__main__":
    print(main())
