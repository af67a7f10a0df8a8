"""The drawing: golden texts for every state, never wider than the console, legible without colour."""

import io
import re
from dataclasses import replace

import pytest
from rich.console import Console

from firmware.panel.digits import HEIGHT, block_digits
from firmware.panel.lines import PlainLines
from firmware.panel.terminal import TerminalPanel, draw
from firmware.panel.view import PanelView
from firmware.panel.words import END_WORDS, REJECTION_WORDS
from tests.made_events import numbered, phase, rejected, rep, set_summary
from tests.test_panel_view import REFUSED, START, after
from tracker.messages import Phase, Rejection, RepKind

PENDING = after(rep(3), phase(Phase.CONCENTRIC, 4), phase(Phase.PAUSE_CONTRACTED, 4))
RETURNING = PENDING.fold(phase(Phase.ECCENTRIC, 4))
SUSPECT = after(
    rep(
        12,
        kind=RepKind.PARTIAL,
        diagonal_deg=None,
        diagonal_sd_deg=None,
        diagonal_reason="no_midline",
        in_zone=None,
        on_tempo=False,
        tempo_breaks=("concentric_short", "eccentric_long"),
        faults=("momentum", "slack"),
        quality="suspect",
        quality_reasons=("gap_ankle", "saturated"),
    )
)
DONE = replace(
    SUSPECT.fold(set_summary()).fold(rejected()),
    labels=("REPLAY", "SIMULATED"),
    broker="127.0.0.1:1883 connection lost (Keep alive timeout), 12 waiting",
    trouble="recorder failed: OSError: no space left on device",
    faults=("ankle: i2c-1 address 0x6a: nothing answers (errno 121, tried 3 times)", "load: b", "cable: c"),
)
EVERYTHING = {
    "start": START,
    "kicking": after(phase(Phase.CONCENTRIC)),
    "pending": PENDING,
    "returning": RETURNING,
    "confirmed": RETURNING.fold(rep(4)),
    "rejected": RETURNING.fold(REFUSED),
    "suspect": SUSPECT,
    "done": DONE,
    "unknown": PanelView(session="s", exercise="free", leg=None, target=None),
    "empty rep": after(rep(1, tempo=None, rom_m=None, rom_deg=None, leg=None, leg_source=None)),
    "many": after(rep(188)),
}


def text(view: PanelView, width: int, encoding: str = "utf-8") -> str:
    file = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    console = Console(width=width, file=file, record=True, force_terminal=False, legacy_windows=False)
    console.print(draw(view))
    return "\n".join(line.rstrip() for line in console.export_text().splitlines())


RULE_80 = "─" * 80


def test_the_first_screen() -> None:
    assert (
        text(START, 80)
        == f"""\
KICKBACK  cable-kickback, left leg
{RULE_80}
  ██████              set not begun
  ██  ██
  ██  ██              READY
  ██  ██
  ██████              no rep yet
{RULE_80}
Last rep    none yet
Target      kick 2 s, hold 1 s, return 3 s, pause 1 s"""
    )


def test_a_pending_rep() -> None:
    assert (
        text(PENDING, 80)
        == f"""\
KICKBACK  cable-kickback, left leg
{RULE_80}
  ██  ██              set 1
  ██  ██
  ██████              HOLD  1 s left of 1
      ██
      ██              pending: counts when the leg is back
{RULE_80}
Last rep    3, full
  tempo     kick 1.9/2, hold 1.0/1, return 2.9/3, pause ?/1 s
            on tempo
  diagonal  36.4 ±1.2°, in the zone
  range     0.412 m / 28.3°
Set         1 full"""
    )


def test_the_end_of_a_set_with_everything_wrong() -> None:
    assert (
        text(DONE, 80)
        == f"""\
[REPLAY] [SIMULATED] KICKBACK  cable-kickback, left leg
{RULE_80}
    ██    ██████      set 1
  ████        ██
    ██    ██████      REST  0:00
    ██    ██
  ██████  ██████      confirmed
{RULE_80}
Last rep    12, partial
  tempo     kick 1.9/2, hold 1.0/1, return 2.9/3, pause ?/1 s
            off tempo: kick too short, return too long
  diagonal  not known: no midline
  range     0.412 m / 28.3°
  form      momentum, slack
  suspect   gap ankle, saturated
Set done    set 1: 8 full, 1 partial, 2 movements not counted
Not counted a twitch, too short for a rep
Broker      127.0.0.1:1883 connection lost (Keep alive timeout), 12 waiting
3 faults    ankle: i2c-1 address 0x6a: nothing answers (errno 121, tried 3 time…
Trouble     recorder failed: OSError: no space left on device"""
    )


def test_the_time_of_rest_is_told_until_the_lifter_has_gone() -> None:
    told = [draw(DONE, s).rested for s in (70.0, 153.2, 3669.9, 3670.0)]
    assert told == ["0:00", "1:23", "59:59", None]
    assert draw(PENDING, 100.0).rested is None


def test_a_narrow_terminal() -> None:
    assert (
        text(RETURNING, 40)
        == f"""\
KICKBACK  cable-kickback, left leg
{"─" * 40}
 ██  ██
 ██  ██
 ██████
     ██
     ██
set 1
RETURN  3 s left of 3
pending: counts when the leg is back
{"─" * 40}
Last rep    3, full
  tempo     kick 1.9/2, hold 1.0/1, ret…
            on tempo
  diagonal  36.4 ±1.2°, in the zone
  range     0.412 m / 28.3°
Set         1 full"""
    )


@pytest.mark.parametrize("name", EVERYTHING)
@pytest.mark.parametrize("width", [10, 20, 40, 59, 60, 80, 120, 200])
def test_nothing_is_wider_than_the_console_nor_higher_than_24_lines(name: str, width: int) -> None:
    lines = text(EVERYTHING[name], width).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) <= 24


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_terminal_without_unicode(name: str) -> None:
    drawn = text(EVERYTHING[name], 80, encoding="ascii")
    assert "█" not in drawn
    assert "#" in drawn
    drawn.encode("ascii")


def test_a_leg_found_from_the_kicks_is_said_to_be() -> None:
    assert "right leg, found from the kicks" in text(after(rep(1, leg="right", leg_source="kicks")), 80)


def test_a_rejected_movement_shows_its_reason_and_takes_the_count_back() -> None:
    drawn = text(EVERYTHING["rejected"], 80)
    assert "a twitch, too short for a rep" in drawn
    assert "pending" not in drawn


def test_there_are_words_for_everything_the_core_can_say() -> None:
    assert set(REJECTION_WORDS) == set(Rejection)
    assert set(END_WORDS) == {"inactivity", "tension_released", "announced", "session_end"}


@pytest.mark.parametrize("number", [0, 7, 10, 123])
def test_digits_are_rectangles(number: int) -> None:
    rows = block_digits(number, "#")
    assert len(rows) == HEIGHT
    assert len({len(row) for row in rows}) == 1


def test_no_two_digits_look_alike() -> None:
    assert len({tuple(block_digits(digit, "#")) for digit in range(10)}) == 10


def shown(view: PanelView, clock_s: list[float]) -> tuple[TerminalPanel, io.StringIO]:
    file = io.StringIO()
    console = Console(file=file, width=80, height=24, force_terminal=True)
    return TerminalPanel(console, view, lambda: "gone", clock=lambda: clock_s[0]), file


def test_the_panel_draws_a_change_once_the_last_drawing_is_old_enough() -> None:
    clock_s = [0.0]
    panel, file = shown(START, clock_s)
    panel.open()
    panel.phase(phase(Phase.CONCENTRIC))
    panel.at(1.0)
    assert "KICK\n" not in file.getvalue().replace("\r", "").replace(" ", "")
    clock_s[0] += 0.06
    panel.at(1.02)
    drawn = file.getvalue()
    assert "KICK" in drawn.replace("KICKBACK", "")
    assert "gone" in drawn
    clock_s[0] += 10.0
    panel.at(2.0)
    assert file.getvalue() == drawn, "nothing changed, so nothing is drawn"
    panel.close()


def test_the_panel_ends_with_the_last_state_and_shows_trouble() -> None:
    panel, file = shown(START, [0.0])
    panel.open()
    panel.result(numbered(rep(7))[0])
    panel.trouble("mqtt failed: OSError")
    panel.end(1.0)
    panel.close()
    assert "mqtt failed" in file.getvalue()
    assert "\x1b[?25h" in file.getvalue(), "the cursor is back"


def test_the_panel_shows_faults_while_they_last() -> None:
    clock_s = [0.0]
    panel, file = shown(START, clock_s)
    panel.open()
    shows = {
        (): "",
        ("ankle: a",): "Fault       ankle: a",
        ("ankle: a", "load: b"): "2 faults    ankle: a; load: b",
    }
    for faults in (("ankle: a",), ("ankle: a", "load: b"), ()):
        before = len(file.getvalue())
        panel.faults(faults)
        clock_s[0] += 1.0
        panel.at(clock_s[0])
        drawn = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", file.getvalue()[before:])
        assert shows[faults] in drawn
        assert ("ault" in drawn) == bool(faults)
    panel.close()


def test_plain_lines_say_each_result_without_escape_codes() -> None:
    file = io.StringIO()
    lines = PlainLines(file)
    lines.phase(phase(Phase.CONCENTRIC))
    for result in numbered(rejected(), rep(1), set_summary()):
        lines.result(result)
    lines.at(80.0)
    lines.end(80.0)
    assert file.getvalue() == (
        "    4.80 s  not counted: a twitch, too short for a rep at 4.0 s; range 0.050 m\n"
        "   16.00 s  set 1 rep 1 full; kick 1.9 of 2, hold 1.0 of 1, return 2.9 of 3, "
        "pause ? of 1 s, on tempo; "
        "diagonal 36.4 ±1.2°, in the zone; range 0.412 m / 28.3°\n"
        "   78.00 s  set 1: 8 full, 1 partial, 2 movements not counted; kick 2.0 of 2, hold 1.0 of 1, "
        "return 3.0 of 3, pause 0.9 of 1 s; 89% on tempo; diagonal 36.1°, spread 1.1°; "
        "88% in the zone; range 0.410 m / 28.0°; "
        "under tension 52.2 s; mean force 99 N; work 361 J; ended: no movement\n"
    )


def test_plain_lines_in_a_terminal_without_unicode() -> None:
    file = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    PlainLines(file).result(numbered(rep(1))[0])
    file.seek(0)
    assert "diagonal 36.4 +-1.2 deg, in the zone" in file.read()


def test_plain_lines_fall_silent_when_nobody_reads() -> None:
    class Pipe(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    lines = PlainLines(Pipe())
    lines.result(numbered(rep(1))[0])
    assert lines.closed
    lines.result(numbered(rep(2))[0])
