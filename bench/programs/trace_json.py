"""Trace: a service that keeps parsed JSON documents: dumps, loads, walks, replaces some of them."""
import json
import random
import sys


def make_document(rng, number):
    return {
        "id": number,
        "name": f"customer-{rng.randrange(10**9):09d}",
        "active": rng.random() < 0.7,
        "balance": round(rng.uniform(-1000, 50000), 2),
        "tags": [rng.choice(("new", "vip", "late", "export", "review")) for _ in range(rng.randrange(5))],
        "address": {"street": f"{rng.randrange(900)} Long Lane", "city": rng.choice(("Oslo", "Lima", "Pune")), "zip": None},
        "orders": [
            {"sku": f"{rng.randrange(16**6):06x}", "count": rng.randrange(1, 9), "price": rng.random() * 100,
             "note": "x" * rng.randrange(0, 120, 7)}
            for _ in range(rng.randrange(1, 12))
        ],
    }


def walk(value):
    if isinstance(value, dict):
        return sum(walk(item) for item in value.values())
    if isinstance(value, list):
        return sum(map(walk, value))
    return 1


def main(scale=1.0):
    rng = random.Random(1)
    texts = [json.dumps(make_document(rng, number)) for number in range(int(7000 * scale))]
    store = {}
    total = 0
    for round_number in range(4):
        for text in texts:
            if rng.random() < 0.6:
                document = json.loads(text)
                store[document["id"]] = document
        total += sum(walk(document) for document in store.values())
        for number in list(store):
            if rng.random() < 0.3:
                del store[number]
        batch = json.dumps(list(store.values()), indent=1 if round_number % 2 else None, sort_keys=True)
        total += len(batch) + len(json.loads(batch))
    print(total)


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
