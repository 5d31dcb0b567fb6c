"""Trace: text analysis: regular expressions, Counter, an inverted index of postings, n-grams, formatted output."""
import collections
import random
import re
import sys

TOKEN = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:\.\d+)?|[A-Z][a-z]+")


def make_lines(rng, count):
    syllables = ["ba", "co", "di", "fu", "ge", "ha", "li", "mo", "nu", "pe", "ra", "si", "to", "vu", "zy"]
    words = ["".join(rng.choices(syllables, k=rng.randrange(1, 6))) for _ in range(20000)]
    for number in range(count):
        line = " ".join(words[min(int(rng.paretovariate(0.7)), 19999)] for _ in range(rng.randrange(4, 18)))
        yield f"{line.capitalize()} {number} {rng.random():.3f}.\n"


def main(scale=1.0):
    rng = random.Random(2)
    text = "".join(make_lines(rng, int(28000 * scale)))
    counts = collections.Counter()
    index = collections.defaultdict(list)
    bigrams = collections.Counter()
    for number, line in enumerate(text.splitlines()):
        tokens = TOKEN.findall(line)
        counts.update(tokens)
        for position, token in enumerate(tokens):
            index[token.lower()].append((number, position))
        bigrams.update(zip(tokens, tokens[1:]))
    for word in [word for word, count in counts.items() if count == 1]:
        del counts[word]
    common = [f"{word:>20} {count:8d} {len(index[word.lower()]):8d}" for word, count in counts.most_common(5000)]
    upper = re.sub(r"\b([a-z])(\w+)", lambda match: match.group(1).upper() + match.group(2), text[: len(text) // 3])
    pairs = sorted(bigrams.items(), key=lambda item: (-item[1], item[0]))
    print(len(common), len(upper), len(index), pairs[0][1], len(pairs))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
