"""churn: dicts and sets that grow, shrink, merge and are thrown away, with keys of several kinds."""
import collections


def main(rounds=14):
    total = 0
    for number in range(rounds):
        seen, groups, counts = set(), collections.defaultdict(set), {}
        for i in range(40000):
            key = (i * 7919 + number) % 30011
            seen.add(key)
            groups[key % 501].add(f"k{key}")
            counts[key, key % 3] = counts.get((key, key % 3), 0) + 1
            if i % 5 == 0:
                seen.discard(key // 2)
                counts.pop((key // 2, key // 2 % 3), None)
        small = [{j: j * j for j in range(i % 12)} for i in range(12000)]
        merged = {}
        for item in small:
            merged.update(item)
        total += len(seen & set(range(0, 30011, 3))) + len(seen | set(merged)) + sum(map(len, groups.values()))
        total += len({value: key for key, value in counts.items()}) + len(dict.fromkeys(range(5000)))
        total += sum(len(frozenset(item)) for item in small[::3])
    return total


if __name__ == "__main__":
    print(main())
