"""json: dumps and loads of a document of middling size, pretty and compact."""
import json


def main(rounds=500):
    document = {f"key{i}": {"numbers": list(range(i, i + 12)), "name": f"value {i}", "ratio": i / 7, "on": i % 3 == 0,
                            "nested": {"a": None, "b": [True, False, str(i)]}} for i in range(300)}
    total = 0
    for number in range(rounds):
        text = json.dumps(document, indent=2 if number % 3 == 0 else None)
        total += len(text) + len(json.loads(text))
    return total


if __name__ == "__main__":
    print(main())
