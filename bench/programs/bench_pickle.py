"""pickle: objects, dicts and tuples there and back, by the C pickler and, less often, the one in Python."""
import io
import pickle


class Item:
    def __init__(self, number):
        self.number = number
        self.name = f"item {number}"
        self.parts = [(number + i, i / 3) for i in range(6)]


def main(rounds=190):
    items = {number: Item(number) for number in range(1500)}
    total = 0
    for number in range(rounds):
        data = pickle.dumps(items, protocol=4)
        total += len(pickle.loads(data)) + len(data)
    few = {number: items[number].__dict__ for number in range(250)}
    for number in range(rounds // 4):
        out = io.BytesIO()
        pickle._Pickler(out).dump(few)
        total += len(pickle._Unpickler(io.BytesIO(out.getvalue())).load())
    return total


if __name__ == "__main__":
    print(main())
