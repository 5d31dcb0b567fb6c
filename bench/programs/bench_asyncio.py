"""asyncio: trees of tasks that wait for one another, queues between producers and consumers, futures and timeouts."""
import asyncio


async def tree(depth):
    if depth == 0:
        await asyncio.sleep(0)
        return 1
    return sum(await asyncio.gather(*(tree(depth - 1) for _ in range(4)))) + 1


async def producer(queue, count):
    for number in range(count):
        await queue.put({"number": number, "text": str(number)})
    await queue.put(None)


async def consumer(queue):
    total = 0
    while (item := await queue.get()) is not None:
        total += len(item["text"])
        if item["number"] % 50 == 0:
            await asyncio.wait_for(asyncio.sleep(0, result=1), 5)
    return total


async def work(rounds):
    total = 0
    for _ in range(rounds):
        total += await tree(6)
        queues = [asyncio.Queue(20) for _ in range(10)]
        makers = [asyncio.create_task(producer(queue, 400)) for queue in queues]
        total += sum(await asyncio.gather(*map(consumer, queues)))
        await asyncio.gather(*makers)
    return total


def main(rounds=12):
    return asyncio.run(work(rounds))


if __name__ == "__main__":
    print(main())
