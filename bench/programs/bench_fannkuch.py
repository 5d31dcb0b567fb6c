"""fannkuch: flips of permutations: small lists of small integers, slices and reversals."""


def fannkuch(n):
    count, best, perm, r = list(range(1, n + 1)), 0, list(range(n)), n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        if perm[0] and perm[-1] != n - 1:
            flips, work = 0, perm[:]
            k = work[0]
            while k:
                work[:k + 1] = reversed(work[:k + 1])
                flips += 1
                k = work[0]
            best = max(best, flips)
        while r != n:
            perm.insert(r, perm.pop(0))
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1
        else:
            return best


def main():
    return fannkuch(9)


if __name__ == "__main__":
    print(main())
