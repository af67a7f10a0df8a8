"""Run the campaign: every row's tests as the product is, then once without each of its protections."""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from tests.campaign.marked import marked_tests
from tests.campaign.page import PAGE, page
from tests.campaign.row import Row
from tests.campaign.rows import ROWS
from tests.campaign.weakened import Copy, Outcome, UnfitError

_AT_ONCE = 2


def trial(copies: "SimpleQueue[Copy]", tests: Sequence[str], row: Row) -> list[str]:
    """Try one row; return what does not hold."""
    copy = copies.get()
    began_s = time.monotonic()
    wrong = []
    try:
        outcome = copy.outcome(tests)
        if outcome is not Outcome.PASSED:
            wrong.append(f"its tests {outcome.value}")
        for protection in row.taken_out:
            with copy.without(protection):
                outcome = copy.outcome(tests)
            if outcome is not Outcome.FAILED:
                wrong.append(f"its tests {outcome.value} although {protection.how}")
    except UnfitError as error:
        wrong.append(str(error))
    finally:
        copies.put(copy)
    verdict = "; ".join(wrong) or f"holds, and {len(row.taken_out)} times not without its protection"
    print(f"{row.number:2} {row.fault}: {verdict} ({time.monotonic() - began_s:.0f} s)", flush=True)
    return wrong


def main() -> int:
    """Return 1 when a row does not hold; write the page only when all were tried and do."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("rows", metavar="NUMBER", nargs="*", type=int, help="only these rows (default: all)")
    parser.add_argument(
        "-o", metavar="FILE", dest="out", type=Path, default=PAGE, help=f"default {PAGE.name}"
    )
    options = parser.parse_args()
    tests = marked_tests()
    rows = [row for row in ROWS if not options.rows or row.number in options.rows]
    with tempfile.TemporaryDirectory() as folder:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(_AT_ONCE):
            copies.put(Copy(Path(folder) / str(number)))
        with ThreadPoolExecutor(_AT_ONCE) as workers:
            tried = [workers.submit(partial(trial, copies, tests[row.number], row)) for row in rows]
            failed = sum(bool(each.result()) for each in tried)
    if failed:
        print(f"{failed} of {len(rows)} rows do not hold")
        return 1
    if not options.rows:
        options.out.write_text(page(ROWS, tests, f"{datetime.now(UTC):%-d %B %Y}"), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
