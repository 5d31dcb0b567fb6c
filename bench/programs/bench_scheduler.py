"""scheduler: an operating system's task queue simulated with objects, in the manner of Richards."""


class Packet:
    def __init__(self, link, kind, ident):
        self.link, self.kind, self.ident, self.datum, self.data = link, kind, ident, 0, [0] * 4


class Task:
    def __init__(self, ident, priority, system):
        self.ident, self.priority, self.system = ident, priority, system
        self.inbox = []
        self.holding = self.waiting = False
        self.state = {"count": 0, "seed": ident}
        system.tasks[ident] = self

    def take(self, packet):
        self.inbox.append(packet)
        self.waiting = False

    def step(self):
        state = self.state
        state["seed"] = (state["seed"] * 1103515245 + 12345) % 2147483648
        state["count"] += 1
        if not self.inbox:
            self.waiting = True
            return None
        packet = self.inbox.pop(0)
        packet.datum += 1
        packet.data = [value + state["seed"] % 26 for value in packet.data]
        if packet.datum > 12:
            self.system.done += 1
            return Packet(None, packet.kind, state["seed"] % len(self.system.tasks))
        packet.ident = state["seed"] % len(self.system.tasks)
        return packet


class System:
    def __init__(self, count):
        self.tasks = {}
        self.done = 0
        for ident in range(count):
            Task(ident, ident % 4, self)

    def run(self, steps):
        order = sorted(self.tasks.values(), key=lambda task: -task.priority)
        for task in order:
            task.take(Packet(None, task.ident % 2, task.ident))
        for _ in range(steps):
            for task in order:
                if not task.waiting or task.inbox:
                    packet = task.step()
                    if packet is not None:
                        self.tasks[packet.ident].take(packet)
        return self.done


def main(rounds=14):
    return sum(System(12).run(9000) for _ in range(rounds))


if __name__ == "__main__":
    print(main())
