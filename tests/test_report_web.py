"""The report for a browser: one file that needs nothing else, with real tables and drawings that say what
they show."""

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from PIL import ImageFont

from firmware.cli import main
from firmware.report import draw_report
from firmware.report.figures import rep_numbers, said_of
from firmware.report.web.page import page
from firmware.report.web.svg import LETTERS
from tests.made_events import rejected, rep, set_summary
from tests.made_recordings import cable_session
from tests.test_report import at, recorded, three_sets, unfinished
from tracker.messages import Event, RepKind
from tracker.setup import SessionSetup


def both_legs() -> list[Event]:
    """A set on the left, its match on the right, and everything that can stand in a table."""
    left = [at(i, 1, 10.0 + 7.0 * i, eccentric_s=3.0 - 0.1 * i, mean_force_n=90.0 + i) for i in range(1, 7)]
    right: list[Event] = [
        at(i, 2, 80.0 + 7.0 * i, leg="right", diagonal_deg=40.0, tempo_breaks=("eccentric_short",),
           on_tempo=False, faults=("fast_return", "direction_wide"), cue="return_slower")
        for i in range(1, 5)
    ]  # fmt: skip
    return [
        *left,
        set_summary(set=1, leg="left", tempo_breaks={}, faults={}, reps_full=6, reps_partial=0),
        *right,
        set_summary(
            set=2, leg="right", vs_last_session=None, vs_last_set=None, vs_last_reps=None,
            vs_other_leg_session="monday", vs_other_leg_set=1, vs_other_leg_reps=-2,
            vs_other_leg_rom_m=-0.034,
            vs_other_leg_diagonal_deg=3.6, faults={"fast_return": (1, 2, 3, 4), "direction_wide": (1, 3)},
            tempo_breaks={"eccentric_short": (1, 2, 4)},
        ),
    ]  # fmt: skip


SESSIONS: dict[str, list[Event]] = {
    "three sets": three_sets(),
    "both legs": both_legs(),
    "one unfinished rep": [
        unfinished(1, 1, 10.0),
        set_summary(reps_full=0, reps_partial=0, reps_unfinished=1, target_reps=None),
    ],
    "all off": [
        at(i, 1, 10.0 * i, on_tempo=False, kind=RepKind.PARTIAL, quality="suspect",
           quality_reasons=("gap_in_cable",), faults=("momentum",), diagonal_deg=-20.0, in_zone=False,
           tempo_breaks=("eccentric_short", "pause_stretched_long", "concentric_short",
                         "pause_contracted_short"))
        for i in range(1, 9)
    ],
    "no direction": [at(1, 1, 10.0, diagonal_deg=None, diagonal_sd_deg=None, in_zone=None, target=None,
                        on_tempo=None, rom_m=None, mean_force_n=None, diagonal_reason="no ankle IMU"),
                     rejected(start_s=17.0, end_s=18.0)],
}  # fmt: skip


class Page(HTMLParser):
    """The tables' cells by row, the tags in use, and whether every tag was closed."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self._open: list[str] = []
        self._cell = False
        self.feed(content.decode())
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        self._cell = tag in ("td", "th")
        if self._cell:
            self.rows[-1].append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag
        self._cell = False

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def drawings(content: bytes) -> list[ElementTree.Element]:
    text = content.decode()
    found = []
    for piece in text.split("<svg")[1:]:
        found.append(ElementTree.fromstring(f"<svg{piece.split('</svg>')[0]}</svg>"))
    return found


@pytest.mark.parametrize("name", SESSIONS)
def test_it_needs_nothing_from_outside_and_every_drawing_says_what_it_shows(name: str) -> None:
    content = page(recorded(400.0), SESSIONS[name])
    found = Page(content)
    assert content.startswith(b"<!DOCTYPE html>")
    for address in (b"http", b"//", b"url(", b"@import"):
        assert address not in content
    assert not {"script", "link", "img", "iframe", "object"} & set(found.tags)
    assert not {"src", "href", "xlink:href"} & {name for name, _ in found.attributes}
    assert ("name", "viewport") in found.attributes
    for drawing in drawings(content):
        assert drawing.get("role") == "img"
        said = drawing.get("aria-label") or ""
        assert len(said.split()) > 4
        assert said == drawing.findtext("title")


@cache
def letters(points: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 10 * points)


def boxes(drawing: ElementTree.Element) -> Iterator[tuple[str, tuple[float, float, float, float]]]:
    """Where each text of a drawing stands, set in letters wider than a phone's."""
    for each in drawing.iter("text"):
        size = float(each.get("font-size") or LETTERS)
        content = each.text or ""
        wide = letters(size).getlength(content) / 10.0
        x, y = float(each.get("x") or 0.0), float(each.get("y") or 0.0)
        left = x - {"middle": 0.5, "end": 1.0}.get(each.get("text-anchor") or "", 0.0) * wide
        yield content, (left, y - 0.73 * size, left + wide, y)


@pytest.mark.parametrize("name", SESSIONS)
def test_in_no_drawing_two_texts_overlap_or_leave_it(name: str) -> None:
    for drawing in drawings(page(recorded(400.0), SESSIONS[name])):
        _, _, width, height = map(float, (drawing.get("viewBox") or "").split())
        placed = list(boxes(drawing))
        for content, (left, top, right, bottom) in placed:
            assert min(left, top) >= -0.5, (content, left, top)
            assert right <= width + 0.5, (content, right, width)
            assert bottom <= height, content
        for (one, a), (other, b) in combinations(placed, 2):
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, (one, other)


def test_the_tables_have_every_number() -> None:
    rows = Page(page(recorded(120.0), both_legs())).rows
    by_heading = {row[0]: row[1:] for row in reversed(rows)}
    assert by_heading["return, s"][:2] == ["3.0", "3.0"]
    reps = [row for row in rows if row[:2] == ["2", "1"]]
    assert reps == [
        ["2", "1", "full", "1.9", "1.0", "2.9", "–", "40.0 ± 1.2", "0.412", "28.3", "0.22", "98", "40",
         "fast return, direction wide", "good"]
    ]  # fmt: skip
    assert ["leg", "left", "right"] in rows
    assert ["range, cm", "−3.0", "−3.0"] in rows, "drift"
    assert ["reps", "+1", "–"] in rows, "against last time"


def test_left_stands_beside_right_with_the_difference() -> None:
    rows = Page(page(recorded(120.0), both_legs())).rows
    assert ["", "left, set 1", "right, set 2", "right less left"] in [[c.strip() for c in r] for r in rows]
    assert ["range, m", "0.410", "0.410", "−3.4 cm"] in rows
    assert ["direction, °", "36.1 ± 1.1", "36.1 ± 1.1", "+3.6"] in rows
    assert ["kick, s", "2.0", "2.0", "–"] in rows


def test_faults_and_cues_are_said_with_the_reps() -> None:
    content = page(recorded(120.0), both_legs()).decode()
    for said in (
        "<li>Return too short: reps 1, 2, 4</li>",
        "<li>Fast return: reps 1 to 4</li>",
        "<li>Direction wide: reps 1, 3</li>",
        "after rep 1: return slower; after rep 2: return slower",
        "Nothing to find fault with.",
        "aimed at: kick 2 s, hold 1 s, return 3 s, pause 1 s",
        "set 1: −0.5 s",
    ):
        assert said in content


@pytest.mark.parametrize(
    ("reps", "said"),
    [((4,), "rep 4"), ((2, 3), "reps 2, 3"), ((1, 2, 3, 7), "reps 1 to 3, 7"), ((1, 3, 5), "reps 1, 3, 5")],
)
def test_rep_numbers_in_words(reps: tuple[int, ...], said: str) -> None:
    assert rep_numbers(reps) == said


def test_a_set_of_which_a_part_went_unseen_says_that_reps_may_be_missing() -> None:
    whole = set_summary(tempo_breaks={}, faults={})
    assert said_of(whole) == []
    unseen = set_summary(tempo_breaks={}, faults={}, unseen_s=12.04)
    assert said_of(unseen) == ["12.0 s unseen: reps may be missing"]


def test_a_session_without_a_rep_and_with_a_strange_name() -> None:
    content = page(recorded(notes=("<b>a & b</b>",)), [])
    assert b"No rep was found." in content
    assert b"&lt;b&gt;a &amp; b&lt;/b&gt;" in content
    assert Page(content).rows == []


def test_the_command_writes_it_without_matplotlib(tmp_path: Path) -> None:
    session, out = cable_session(tmp_path / "session"), tmp_path / "a.html"
    program = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "from firmware.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    call: list[Any] = [sys.executable, "-c", program, "report", session, "-o", out, "--target", "2-1-1-1"]
    assert subprocess.run(call, check=False, capture_output=True).returncode == 0
    first = out.read_bytes()
    assert main(["report", str(session), "-o", str(out), "--target", "2-1-1-1"]) == 0
    assert out.read_bytes() == first
    assert sum(1 for row in Page(first).rows if row[2:3] == ["full"]) == 4


def test_the_drawing_is_for_the_recording_it_is_given(tmp_path: Path) -> None:
    draw_report(recorded(30.0, setup=SessionSetup(leg="right")), [rep(1)], tmp_path / "a.html")
    assert "Cable kickback, left leg, 1 rep" in (tmp_path / "a.html").read_text(), "the reps tell the leg"
