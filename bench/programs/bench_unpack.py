"""unpack: tuples and lists made, unpacked, starred, swapped and passed as arguments."""


def spread(*values, scale=1, **named):
    first, *middle, last = values
    return first + last * scale + len(middle) + len(named)


def main(rounds=900000):
    total = 0
    triple = [1, 2, 3]
    for number in range(rounds):
        a, b, c = triple
        (d, e), f = (number, b), c
        a, b = b, a
        head, *rest = (a, b, d, e, f)
        total += head + len(rest) + f
        total += spread(a, b, c, *rest, scale=2, extra=number)
        pairs = list(zip(triple, (a, b, c)))
        merged = {**{"x": a}, "y": pairs}
        total += len([*pairs, *triple]) + len(merged)
    return total


if __name__ == "__main__":
    print(main())
