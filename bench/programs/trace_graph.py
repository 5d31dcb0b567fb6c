"""Trace: a graph of class instances: built, searched with a heap queue, partly torn down and built again."""
import heapq
import random
import sys


class Node:
    def __init__(self, name, x, y):
        self.name = name
        self.x = x
        self.y = y
        self.edges = {}
        self.visits = []


class Edge:
    __slots__ = ("start", "end", "weight", "label")

    def __init__(self, start, end, weight):
        self.start = start
        self.end = end
        self.weight = weight
        self.label = f"{start.name}->{end.name}"


def build(rng, count):
    nodes = [Node(f"n{number}", rng.random(), rng.random()) for number in range(count)]
    for node in nodes:
        for other in rng.sample(nodes, 4):
            edge = Edge(node, other, abs(node.x - other.x) + abs(node.y - other.y))
            node.edges[other.name] = edge
    return nodes


def search(start, limit):
    distances = {start.name: 0.0}
    queue = [(0.0, start.name, start)]
    done = set()
    while queue and len(done) < limit:
        distance, name, node = heapq.heappop(queue)
        if name in done:
            continue
        done.add(name)
        node.visits.append((distance, start.name))
        for edge in node.edges.values():
            there = distance + edge.weight
            if there < distances.get(edge.end.name, 1e9):
                distances[edge.end.name] = there
                heapq.heappush(queue, (there, edge.end.name, edge.end))
    return distances


def main(scale=1.0):
    rng = random.Random(3)
    total = 0
    nodes = build(rng, int(40000 * scale))
    for _ in range(3):
        for start in rng.sample(nodes, 12):
            total += len(search(start, 8000))
        doomed = set(rng.sample(range(len(nodes)), len(nodes) // 3))
        nodes = [node for number, node in enumerate(nodes) if number not in doomed]
        names = {node.name for node in nodes}
        for node in nodes:
            node.edges = {name: edge for name, edge in node.edges.items() if name in names}
            del node.visits[:-2]
        nodes += build(rng, int(10000 * scale))
    print(total, len(nodes))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
