"""Trace: numbers: lists of floats and large integers, bytes and arrays that grow, matrices, Decimal and Fraction sums."""
import array
import decimal
import fractions
import random
import sys


def matrix_product(left, right):
    columns = list(zip(*right))
    return [[sum(a * b for a, b in zip(row, column)) for column in columns] for row in left]


def main(scale=1.0):
    rng = random.Random(6)
    count = int(500000 * scale)
    samples = [rng.gauss(0, 1) for _ in range(count)]
    smooth = [sum(samples[at:at + 8]) / 8 for at in range(0, count - 8, 2)]
    ranked = sorted(range(count), key=samples.__getitem__)
    squares = [value * value for value in samples]
    packed = array.array("d", squares)
    grown = bytearray()
    for at in range(0, count, 50):
        grown += packed[at:at + 20].tobytes()
        if len(grown) > 6 << 20:
            del grown[: 4 << 20]
    pieces = [bytes(grown[at:at + 700]) for at in range(0, len(grown) - 700, 350)]
    del squares, smooth
    chunks = []
    for size in range(1000, int(260000 * scale), 3700):
        chunks.append([0.5] * size)
        if len(chunks) > 24:
            chunks.pop(rng.randrange(len(chunks)))
    big = 1
    powers = []
    for number in range(1, int(2500 * scale)):
        big = big * number % (1 << 4096) + 1
        powers.append(big >> (number % 600))
    decimal.getcontext().prec = 40
    money = [decimal.Decimal(rng.randrange(10**9)) / 100 for _ in range(int(60000 * scale))]
    interest = sum(amount * decimal.Decimal("1.0375") ** 3 for amount in money)
    total = fractions.Fraction(0)
    for number in range(1, int(1500 * scale)):
        total += fractions.Fraction(1, number * number)
    side = int(90 * scale ** 0.5)
    product = matrix_product([[rng.random() for _ in range(side)] for _ in range(side)],
                             [[rng.random() for _ in range(side)] for _ in range(side)])
    print(ranked[0], len(pieces), len(chunks), big % 1000003, interest.quantize(decimal.Decimal(1)),
          total.denominator % 1000003, len(product), sum(powers) % 1000003)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
