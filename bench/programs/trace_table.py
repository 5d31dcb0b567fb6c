"""Trace: table processing: CSV written and parsed, rows as dicts and tuples, grouped, joined, through sqlite3 and back."""
import collections
import csv
import io
import random
import sqlite3
import sys

FIELDS = ("order", "customer", "region", "product", "count", "price", "comment")


def make_csv(rng, count):
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    regions = ("north", "south", "east", "west")
    for number in range(count):
        writer.writerow((number, f"C{rng.randrange(count // 8):06d}", rng.choice(regions), f"P{rng.randrange(400):04d}",
                         rng.randrange(1, 30), f"{rng.uniform(1, 900):.2f}", "late, again" if rng.random() < 0.1 else ""))
    return out.getvalue()


def main(scale=1.0):
    rng = random.Random(4)
    count = int(45000 * scale)
    rows = list(csv.DictReader(io.StringIO(make_csv(rng, count))))
    for row in rows:
        row["count"] = int(row["count"])
        row["total"] = row["count"] * float(row["price"])
    groups = collections.defaultdict(list)
    for row in rows:
        groups[row["customer"], row["region"]].append(row)
    sums = {key: sum(row["total"] for row in group) for key, group in groups.items()}
    rows = [row for row in rows if row["comment"] or rng.random() < 0.5]
    groups.clear()

    base = sqlite3.connect(":memory:")
    base.execute("create table orders (id integer, customer text, region text, product text, n integer, total real)")
    base.executemany("insert into orders values (?, ?, ?, ?, ?, ?)",
                     ((int(r["order"]), r["customer"], r["region"], r["product"], r["count"], r["total"]) for r in rows))
    base.execute("create index by_customer on orders (customer)")
    report = []
    for region in ("north", "south", "east", "west"):
        for product, n, total in base.execute(
                "select product, sum(n), sum(total) from orders where region = ? group by product", (region,)):
            report.append({"region": region, "product": product, "n": n, "total": round(total, 2)})
    found = 0
    for customer in rng.sample(sorted({row["customer"] for row in rows}), min(2500, count // 10)):
        found += len(base.execute("select * from orders where customer = ? order by total", (customer,)).fetchall())
    everything = base.execute("select * from orders order by total desc").fetchall()
    everything.sort(key=lambda row: (row[2], row[3], -row[5]))
    report.sort(key=lambda line: -line["total"])
    print(len(rows), len(sums), len(report), found, len(everything), round(sum(sums.values()), 2))


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
