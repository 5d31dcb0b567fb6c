"""sqlite: rows inserted, joined, aggregated by a Python function and fetched as tuples and as Row objects."""
import sqlite3


class Spread:
    def __init__(self):
        self.low, self.high = 1e99, -1e99

    def step(self, value):
        self.low, self.high = min(self.low, value), max(self.high, value)

    def finalize(self):
        return self.high - self.low


def main(rounds=11):
    total = 0
    for number in range(rounds):
        base = sqlite3.connect(":memory:")
        base.create_aggregate("spread", 1, Spread)
        base.create_function("tag", 1, lambda value: f"t{value % 13}")
        base.execute("create table item (id integer primary key, name text, size real)")
        base.execute("create table link (a integer, b integer)")
        base.executemany("insert into item values (?, ?, ?)", ((i, f"item {i}", i * 0.37 % 101) for i in range(20000)))
        base.executemany("insert into link values (?, ?)", ((i, i * 31 % 20000) for i in range(20000)))
        rows = base.execute("select a.name, b.name, a.size + b.size from link join item a on a.id = link.a "
                            "join item b on b.id = link.b").fetchall()
        total += len(rows) + sum(len(row[0]) for row in rows)
        total += len(base.execute("select tag(id), spread(size), count(*) from item group by 1").fetchall())
        base.row_factory = sqlite3.Row
        for row in base.execute("select * from item where size > 50 order by size, id"):
            total += len(row["name"]) + row["id"] % 3
        base.close()
    return total


if __name__ == "__main__":
    print(main())
