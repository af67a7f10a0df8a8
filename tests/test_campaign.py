"""The fault campaign says what it tries, tries what there is, and its page says the same."""

from tests.campaign.marked import ROOT, marked_tests
from tests.campaign.page import PAGE, page, without_date
from tests.campaign.rows import ROWS
from tests.campaign.weakened import occurs_once


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
