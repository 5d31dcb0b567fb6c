"""trees: binary trees with links to the parent, so that the cyclic collector has to take them apart."""


class Node:
    def __init__(self, parent, depth):
        self.parent = parent
        self.depth = depth
        self.left = self.right = None
        if depth > 0:
            self.left = Node(self, depth - 1)
            self.right = Node(self, depth - 1)

    def count(self):
        return 1 + (self.left.count() + self.right.count() if self.left else 0)


def main(rounds=110):
    long_lived = Node(None, 15)
    total = 0
    for number in range(rounds):
        for depth in range(4, 14, 2):
            total += Node(None, depth).count()
            total += Node(None, depth - 1).depth
    return total + long_lived.count()


if __name__ == "__main__":
    print(main())
