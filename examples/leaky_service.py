"""A small web service that leaks: what docs/find-a-leak.md looks for with `pymm run --profile` and `pymm report`.

It has what services have: a catalogue that is loaded at the start, workers that answer requests, pages that are kept so that they
need not be made again, a log of the last requests. Memory grows with every request, and nothing here looks wrong.
Requests are made here too, the same ones in each run. Usage: leaky_service.py [--requests N]
"""
import argparse
import collections
import queue
import random
import threading
import time
import urllib.parse

PRODUCTS = 4000
WORKERS = 4
REQUESTS_A_SECOND = 8000


class Catalogue:
    """All products; loaded once and kept, as it should be."""

    def __init__(self):
        words = random.Random(7)
        self.products = {number: self.load(number, words) for number in range(PRODUCTS)}

    def load(self, number, words):
        text = " ".join("word%d" % words.randrange(500) for _ in range(60))
        return {"number": number, "name": "product %d" % number, "price": words.randrange(100, 10000), "text": text}


class Pages:
    """Pages as they were sent, by the address that they were asked for with."""

    def __init__(self, catalogue):
        self.catalogue = catalogue
        self.kept = {}

    def render(self, product):
        lines = ["<h1>%s</h1>" % product["name"], "<p>%s</p>" % product["text"], "<p>%.2f</p>" % (product["price"] / 100)]
        similar = (self.catalogue.products[(product["number"] * 7 + step) % PRODUCTS] for step in range(40))
        lines.extend("<li><a href='/product?number=%d'>%s</a></li>" % (one["number"], one["name"]) for one in similar)
        return "\n".join(lines).encode()

    def page_for(self, address):
        page = self.kept.get(address)
        if page is None:
            query = urllib.parse.parse_qs(urllib.parse.urlsplit(address).query)
            page = self.render(self.catalogue.products[int(query["number"][0])])
            self.kept[address] = page
        return page


class Service:
    def __init__(self):
        self.pages = Pages(Catalogue())
        self.requests = queue.Queue(maxsize=100)
        self.last = collections.deque(maxlen=1000)
        self.sent_bytes = 0

    def answer(self, address):
        page = self.pages.page_for(address)
        self.last.append((address, len(page)))
        self.sent_bytes += len(page)

    def work(self):
        while True:
            address = self.requests.get()
            if address is None:
                return
            self.answer(address)

    def run(self, addresses):
        workers = [threading.Thread(target=self.work, name="worker-%d" % number) for number in range(WORKERS)]
        for worker in workers:
            worker.start()
        for address in addresses:
            self.requests.put(address)
        for _ in workers:
            self.requests.put(None)
        for worker in workers:
            worker.join()


def visitors(request_count):
    """Addresses as they come in: some products are asked for much more than others, and each visitor has a session. They come evenly."""
    chance = random.Random(1)
    start = time.monotonic()
    for number in range(request_count):
        if number % 100 == 0:
            time.sleep(max(0, start + number / REQUESTS_A_SECOND - time.monotonic()))
        product = int(PRODUCTS * chance.random() ** 3)
        yield "/product?number=%d&session=%08x" % (product, chance.getrandbits(32))


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=30000)
    return parser.parse_args()


if __name__ == "__main__":
    arguments = read_arguments()
    service = Service()
    service.run(visitors(arguments.requests))
    print("%d requests answered, %d bytes sent" % (arguments.requests, service.sent_bytes))
