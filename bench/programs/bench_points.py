"""points: objects of three floats made, normalised and compared by the hundred thousand."""
import math


class Point:
    __slots__ = ("x", "y", "z")

    def __init__(self, i):
        self.x = math.sin(i)
        self.y = math.cos(i) * 3
        self.z = self.x * self.x / 2

    def normalise(self):
        length = math.sqrt(self.x * self.x + self.y * self.y + self.z * self.z)
        self.x /= length
        self.y /= length
        self.z /= length
        return self

    def larger(self, other):
        self.x = max(self.x, other.x)
        self.y = max(self.y, other.y)
        self.z = max(self.z, other.z)
        return self


def main(rounds=14):
    total = 0.0
    for _ in range(rounds):
        points = [Point(i) for i in range(80000)]
        for point in points:
            point.normalise()
        most = points[0]
        for point in points[1:]:
            most = most.larger(point)
        total += most.x + most.y + most.z
    return round(total, 6)


if __name__ == "__main__":
    print(main())
