"""nbody: planets under gravity: floating point in local variables and lists."""


def bodies():
    return [([0.0, 0.0, 0.0], [0.0, 0.0, 0.0], 39.47), ([4.84, -1.16, -0.10], [0.6, 2.8, -0.02], 0.037),
            ([8.34, 4.12, -0.4], [-1.01, 1.82, 0.008], 0.011), ([12.89, -15.11, -0.22], [1.08, 0.86, -0.01], 0.0017),
            ([15.37, -25.9, 0.179], [0.97, 0.59, -0.03], 0.002)]


def advance(system, steps, dt=0.01):
    pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1:]]
    for _ in range(steps):
        for (p, v, m), (q, w, n) in pairs:
            dx, dy, dz = p[0] - q[0], p[1] - q[1], p[2] - q[2]
            force = dt / ((dx * dx + dy * dy + dz * dz) ** 1.5)
            push, pull = n * force, m * force
            v[0] -= dx * push
            v[1] -= dy * push
            v[2] -= dz * push
            w[0] += dx * pull
            w[1] += dy * pull
            w[2] += dz * pull
        for p, v, _ in system:
            p[0] += dt * v[0]
            p[1] += dt * v[1]
            p[2] += dt * v[2]


def main(steps=200000):
    system = bodies()
    advance(system, steps)
    return round(sum(sum(v) for _, v, _ in system), 6)


if __name__ == "__main__":
    print(main())
