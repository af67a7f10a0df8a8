"""The fault campaign says what it tries, tries what there is, and its page says the same."""

import os
import select
from pathlib import Path

import pytest

from tests.campaign.marked import ROOT, marked_tests
from tests.campaign.page import PAGE, page, without_date
from tests.campaign.row import Row, TakenOut
from tests.campaign.rows import ROWS
from tests.campaign.weakened import Outcome, UnfitError, occurs_once, outcome_in


def test_every_fault_has_its_row_and_every_row_its_tests() -> None:
    assert [row.number for row in ROWS] == sorted(marked_tests())


def test_every_protection_is_where_the_campaign_takes_it_out() -> None:
    for row in ROWS:
        assert row.taken_out, row.number
        for protection in row.taken_out:
            source = (ROOT / protection.path).read_text(encoding="utf-8")
            assert occurs_once(protection, source), (row.number, protection.before)


def test_the_page_is_that_of_these_rows_and_tests() -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert without_date(shown) == without_date(page(ROWS, marked_tests(), ""))


def test_the_counts_on_the_page_are_held_too() -> None:
    row = Row(1, "a fault", "what is wanted", "R1", (TakenOut("a way", "a.py", "a", "b"),))
    tried = page((row,), {1: ("tests/a.py::test_a",)}, "27 November 2026")
    assert without_date(tried) == without_date(page((row,), {1: ("tests/a.py::test_a",)}, ""))
    assert without_date(tried.replace("1 of 52 rows hold", "2 of 52 rows hold")) != without_date(tried)


PASSES = "def test_it() -> None:\n    pass\n"
FAILS = "def test_it() -> None:\n    assert False\n"
SKIPPED = "import pytest\n@pytest.mark.skip(reason='as root')\n" + PASSES
ENDLESS = """
import pathlib, subprocess
def test_it() -> None:
    child = subprocess.Popen(["sleep", "600"])
    pathlib.Path("child").write_text(str(child.pid))
    child.wait()
"""


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ((PASSES, PASSES), Outcome.PASSED),
        ((PASSES, FAILS), Outcome.FAILED),
        ((PASSES, SKIPPED), Outcome.SKIPPED),
        ((SKIPPED,), Outcome.SKIPPED),
    ],
    ids=["all pass", "one fails", "one is skipped", "all are skipped"],
)
def test_a_row_holds_only_when_all_its_tests_ran_and_passed(
    files: tuple[str, ...], outcome: Outcome, tmp_path: Path
) -> None:
    for number, file in enumerate(files):
        (tmp_path / f"test_{number}.py").write_text(file)
    tests = [f"test_{number}.py::test_it" for number in range(len(files))]
    assert outcome_in(tmp_path, tests) is outcome


def ends(pid: int, within_s: float = 10.0) -> bool:
    """Whether a process that was killed is over in time, though nobody may have asked how it ended."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([process], [], [], within_s)[0])
    finally:
        os.close(process)


def test_a_test_that_does_not_end_is_no_verdict_and_leaves_nothing_running(tmp_path: Path) -> None:
    (tmp_path / "test_0.py").write_text(ENDLESS)
    assert outcome_in(tmp_path, ["test_0.py::test_it"], longest_s=8.0) is Outcome.ENDLESS
    assert ends(int((tmp_path / "child").read_text()))


def test_a_test_that_is_not_there_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(UnfitError):
        outcome_in(tmp_path, ["test_0.py::test_it"])
