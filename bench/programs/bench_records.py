"""records: named tuples and dataclasses sorted, grouped and aggregated by several keys."""
import dataclasses
import itertools
import operator
import typing


class Sale(typing.NamedTuple):
    shop: str
    day: int
    amount: float
    code: str


@dataclasses.dataclass(order=True)
class Summary:
    total: float
    shop: str
    days: list = dataclasses.field(default_factory=list, compare=False)


def main(rounds=5):
    total = 0
    for number in range(rounds):
        sales = [Sale(f"shop{i * 17 % 83}", i * 13 % 365, i * 0.77 % 500, f"{i * 2654435761 % 2**32:08x}")
                 for i in range(40000)]
        sales.sort(key=operator.attrgetter("code"))
        sales.sort(key=lambda sale: (sale.shop, -sale.amount))
        summaries = []
        for shop, group in itertools.groupby(sales, key=operator.attrgetter("shop")):
            summary = Summary(0.0, shop)
            for sale in group:
                summary.total += sale.amount
                summary.days.append((sale.day, sale.amount))
            summary.days.sort()
            summaries.append(summary)
        summaries.sort()
        best = sorted((sale._replace(amount=sale.amount * 1.1) for sale in sales[::4]), key=lambda sale: sale[2])
        total += int(summaries[0].total) + best[0].day + len(set(map(operator.itemgetter(3), sales)))
    return total


if __name__ == "__main__":
    print(main())
