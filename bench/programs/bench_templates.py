"""templates: pages put together from templates, f-strings, joins, escapes and translations of strings."""
import html
import string

ROW = string.Template("<tr class='$style'><td>$name</td><td>$amount</td><td>$note</td></tr>")
PAGE = "<html><head><title>{title}</title></head><body><table>{rows}</table><p>{footer}</p></body></html>"


def page(number):
    rows = []
    for line in range(120):
        note = html.escape(f'<{line}> & "{number * line}"')
        if line % 2:
            rows.append(ROW.substitute(style="odd", name=f"row {line:05d}", amount=f"{line * 1.17:,.2f}", note=note))
        else:
            rows.append("<tr class='%s'><td>%s</td><td>%.2f</td><td>%s</td></tr>" % ("even", line, line / 3, note))
    text = PAGE.format(title=f"Page {number}".title(), rows="\n".join(rows), footer="-" * (number % 80))
    words = text.replace("</td>", " </td>").upper().split()
    return len(" ".join(words)) + len(text.encode()) + sum(text.count(c) for c in "<&;")


def main(rounds=1900):
    return sum(page(number) for number in range(rounds))


if __name__ == "__main__":
    print(main())
