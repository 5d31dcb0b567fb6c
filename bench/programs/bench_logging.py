"""logging: records made, filtered, formatted and written to a buffer in memory; others below the level."""
import io
import logging


def main(rounds=100000):
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(levelname)s:%(name)s:%(lineno)d:%(message)s"))
    handler.addFilter(lambda record: record.args[0] % 10 != 3)
    logger = logging.getLogger("bench.one")
    logger.handlers[:] = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    for number in range(rounds):
        logger.info("request %d took %.3f s from %s", number, number / 1000, "somewhere")
        logger.debug("not written %d", number)
        if number % 100 == 0:
            logger.warning("late: %d %r", number, [number, str(number)])
        if number % 5000 == 0:
            out.seek(0)
            out.truncate()
    return len(out.getvalue())


if __name__ == "__main__":
    print(main())
