"""regex: matching, splitting and replacing over a log file made up in memory."""
import re

LINE = re.compile(r'^(\S+) - (\S+) \[([^\]]+)\] "(GET|POST) ([^ "]+) HTTP/[\d.]+" (\d{3}) (\d+)$')


def main(rounds=12):
    log = [f'10.0.{i % 256}.{i * 7 % 256} - user{i % 97} [{i % 28 + 1:02d}/Mar/2024:{i % 24:02d}:00:00] '
           f'"{"GET" if i % 3 else "POST"} /path/{i % 211}/page?id={i} HTTP/1.1" {200 if i % 11 else 404} {i * 37 % 90000}'
           for i in range(20000)]
    text = "\n".join(log)
    total = 0
    for _ in range(rounds):
        for line in log:
            match = LINE.match(line)
            total += int(match.group(7)) + len(match.groups()[4])
        total += len(re.findall(r"/path/\d+/page\?id=\d*7\b", text))
        total += len(re.sub(r"user(\d+)", r"<\1>", text))
        total += len(re.split(r'[ \[\]"]+', text))
    return total


if __name__ == "__main__":
    print(main())
