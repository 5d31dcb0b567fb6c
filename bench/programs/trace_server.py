"""Trace: a server: asyncio tasks that parse requests, keep sessions and a cache that expires, and answer through queues."""
import asyncio
import hashlib
import json
import random
import sys
import urllib.parse

PATHS = ("/", "/login", "/search", "/item/17", "/cart", "/static/site.css")


def make_request(rng):
    query = urllib.parse.urlencode({"q": "w" * rng.randrange(1, 30), "page": rng.randrange(9)})
    body = json.dumps({"user": rng.randrange(4000), "items": [rng.randrange(99) for _ in range(rng.randrange(8))]})
    return (f"POST {rng.choice(PATHS)}?{query} HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\nUser-Agent: bench/1.0\r\n"
            f"Cookie: session={rng.randrange(3000):08x}\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode()


class Server:
    def __init__(self):
        self.sessions = {}
        self.cache = {}
        self.answered = 0

    def parse(self, data):
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        url = urllib.parse.urlsplit(target)
        headers = {}
        for line in lines:
            name, _, value = line.partition(": ")
            headers[name.lower()] = value
        return method, url.path, urllib.parse.parse_qs(url.query), headers, body

    async def answer(self, data):
        method, path, query, headers, body = self.parse(data)
        session = self.sessions.setdefault(headers["cookie"], {"seen": [], "cart": []})
        session["seen"].append(path)
        order = json.loads(body)
        session["cart"] = (session["cart"] + order["items"])[-20:]
        key = hashlib.sha1(body).hexdigest()
        await asyncio.sleep(0)
        if key not in self.cache:
            self.cache[key] = json.dumps({"path": path, "query": query, "cart": session["cart"]}).encode() * 4
            while len(self.cache) > 2000:
                del self.cache[next(iter(self.cache))]
        page = self.cache[key]
        self.answered += 1
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(page), page)


async def client(server, incoming, outgoing):
    while (data := await incoming.get()) is not None:
        outgoing.append(await server.answer(data))
        if len(outgoing) > 200:
            del outgoing[:150]


async def serve(count):
    rng = random.Random(5)
    server = Server()
    incoming, outgoing = asyncio.Queue(100), []
    clients = [asyncio.create_task(client(server, incoming, outgoing)) for _ in range(64)]
    for _ in range(count):
        await incoming.put(make_request(rng))
    for _ in clients:
        await incoming.put(None)
    await asyncio.gather(*clients)
    return server


def main(scale=1.0):
    server = asyncio.run(serve(int(30000 * scale)))
    print(server.answered, len(server.sessions), len(server.cache))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
