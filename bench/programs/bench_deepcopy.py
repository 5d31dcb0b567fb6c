"""deepcopy: nested structures and instances copied deep and shallow."""
import copy


class Leaf:
    def __init__(self, number):
        self.number = number
        self.values = [number, str(number), (number, number + 1)]
        self.table = {"a": number, "b": {"c": [number]}}


def main(rounds=900):
    tree = {"leaves": [Leaf(i) for i in range(60)], "matrix": [[i * j for j in range(30)] for i in range(30)],
            "names": {str(i): {"id": i, "tags": ["x", "y", str(i)]} for i in range(60)}}
    tree["loop"] = tree
    total = 0
    for _ in range(rounds):
        again = copy.deepcopy(tree)
        total += len(again["leaves"]) + len([copy.copy(leaf) for leaf in again["leaves"]])
    return total


if __name__ == "__main__":
    print(main())
