"""The fault page, docs/faults.md: made from the rows and the tests marked with their numbers."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.campaign.marked import ROOT
from tests.campaign.row import Row

PAGE: Path = ROOT / "docs" / "faults.md"

_HEAD = """\
# Faults

What can go wrong at a machine, and what holds. Two promises stand above everything: **R1, right or flagged**
(a number shown as good is within its tolerance, else its rep says why not) and **R2, nothing confirmed is
lost, and nothing stops the count**. Each row's tests pass, and at least one of them fails when the row's
protection is taken out as the last column says; where several ways are named, each was tried by itself.

This page is made by `python -m tests.campaign`, which tries it all in a copy of the checkout; the tests
hold it to the rows in `tests/campaign` and to the marks `@pytest.mark.fault(number)` at the tests.
"""


def page(rows: Sequence[Row], tests: Mapping[int, Sequence[str]], date: str) -> str:
    """Write the page; `date` is the day on which every row was tried and held."""
    tried = sum(len(row.taken_out) for row in rows)
    missing = sorted(set(range(1, 53)) - {row.number for row in rows})
    lines = [
        _HEAD,
        f"Tried on {date}: {len(rows)} of 52 rows hold, and each of {tried} protections was missed without.",
        *([f"Not tried yet: {', '.join(map(str, missing))}."] if missing else ()),
        "",
        "| # | fault | wanted | promise | tests | fails without |",
        "|--:|---|---|---|---|---|",
    ]
    lines += [_line(row, tests[row.number]) for row in rows]
    return "\n".join(lines) + "\n"


def without_date(text: str) -> str:
    """The page but for the day on which it was tried."""
    return re.sub(r"^Tried on [^:]*:", "Tried:", text, flags=re.MULTILINE)


def _line(row: Row, tests: Sequence[str]) -> str:
    names = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in tests)
    ways = "<br>".join(f"{each.how} (`{each.path}`)" for each in row.taken_out)
    wanted = row.wanted if row.instead is None else f"{row.wanted}<br>*Here:* {row.instead}"
    return f"| {row.number} | {row.fault} | {wanted} | {row.promise} | {names} | {ways} |"
