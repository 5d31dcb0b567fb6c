"""Holds some 30 MB by a dozen of sites: small objects, strings, lists that grow, dicts, large buffers; ends while it holds them."""
import os

kept = []


class Point:
    def __init__(self, x):
        self.x = x
        self.name = "point %d" % x


def tuples():
    return [(i, str(i)) for i in range(30000)]


def points():
    return [Point(i) for i in range(20000)]


def growing():
    lists = [[] for _ in range(60)]
    for turn in range(4000):
        for one in lists:
            one.append(None)
    return lists


def strings():
    text = ""
    for i in range(30000):
        text += "0123456789abcdefghijklmnop" * 2
    return text, [text[:i * 40] for i in range(400)]


def buffers():
    return [bytearray(50000 + i * 1000) for i in range(60)], [bytes(3000 + i) for i in range(600)]


def tables():
    return [{"a": i, "b": [i]} for i in range(9000)], {i: i * 1.5 for i in range(40000)}


def passing():
    for size in range(1, 60000, 37):
        bytearray(size)


for function in (tuples, points, growing, strings, buffers, tables):
    kept.append(function())
    passing()
os._exit(0)
