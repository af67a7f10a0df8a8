"""Tables: the sets of a session, for a lifter or a coach to read."""

import sys
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from firmware.panel.tempo_words import DONE_IN_ORDER, break_words, target_words
from firmware.panel.words import plainly, rejected_line, set_line
from firmware.report.figures import DRIFTS, compared, known, said_of
from tracker.comparison import LAST, OTHER_LEG
from tracker.diagonal import ZONE_DEG
from tracker.messages import Rejected, Rep, Result, SetSummary

_PLAIN_WIDTH = 100
"""Columns where there is no terminal to ask."""

TEMPO_LEGEND = (
    "Seconds of kick (concentric), hold (pause contracted, at the peak), return (eccentric) and pause "
    "(pause stretched, at the start before the kick)"
)


class _Page(Console):
    """Standard output; a closed pipe is for the command as a whole to end on."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def print_session(name: str, results: Sequence[Result]) -> None:
    """Print every set of one recording, and what was not counted."""
    console = _Page(highlight=False, width=None if sys.stdout.isatty() else _PLAIN_WIDTH)
    reps = [result for result in results if isinstance(result, Rep)]
    rejected = [result for result in results if isinstance(result, Rejected)]
    console.print(Text(name, style="bold"), soft_wrap=True)
    if not reps:
        console.print("No rep was found.")
    for number in dict.fromkeys(rep.set for rep in reps):
        summaries = [each for each in results if isinstance(each, SetSummary) and each.set == number]
        _print_set(console, [rep for rep in reps if rep.set == number], summaries)
    for movement in rejected:
        console.print(Text(_capital(rejected_line(movement))), soft_wrap=True)
    console.print()


def _print_set(console: Console, reps: Sequence[Rep], summaries: Iterable[SetSummary]) -> None:
    console.print()
    console.print(Text(_heading(reps[0]), style="bold"), soft_wrap=True)
    console.print(Text(TEMPO_LEGEND, style="dim"))
    console.print(_table(reps))
    for note, numbers in _by_note(reps).items():
        console.print(Text(f"{_reps(numbers)}: {note}"), soft_wrap=True)
    for summary in summaries:
        console.print(Text(_capital(set_line(summary)), style="bold"), soft_wrap=True)
        for line in _more_of(summary):
            console.print(Text(line), soft_wrap=True)


def _more_of(summary: SetSummary) -> Iterator[str]:
    """What a coach asks for: where tempo broke, faults, drift, last time, the other leg."""
    for said in said_of(summary):
        yield _capital(said)
    for title, figures in (
        ("From the first rep to the last", DRIFTS),
        (f"Against last time (set {summary.vs_last_set})", compared(LAST)),
        (f"Against the other leg (set {summary.vs_other_leg_set})", compared(OTHER_LEG)),
    ):
        parts = [f"{each.name} {each.of(summary)} {each.unit}".rstrip() for each in known(figures, [summary])]
        if parts:
            yield f"{title}: {', '.join(parts)}"


def _heading(rep: Rep) -> str:
    leg = "leg not known" if rep.leg is None else f"{rep.leg} leg"
    found = " (found from the kicks)" if rep.leg_source == "kicks" else ""
    aim = f", target: {target_words(rep.target)}" if rep.target else ""
    return f"Set {rep.set}: {rep.exercise}, {leg}{found}{aim}"


def _table(reps: Sequence[Rep]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1, 0, 0))
    for heading in (
        "rep", "kind", *DONE_IN_ORDER, "diagonal\ndegrees", "range\nm / deg",
        "speed\nm/s", "force\nN", "quality",
    ):  # fmt: skip
        left = heading in ("kind", "quality")
        table.add_column(heading, justify="left" if left else "right", no_wrap=True)
    for rep in reps:
        table.add_row(*_row(rep))
    return table


def _row(rep: Rep) -> Iterator[str]:
    yield str(rep.rep)
    yield rep.kind
    for seconds in (rep.concentric_s, rep.pause_contracted_s, rep.eccentric_s, rep.pause_stretched_s):
        yield _number(seconds, 1)
    sd = "" if rep.diagonal_sd_deg is None else f" ±{rep.diagonal_sd_deg:.1f}"
    yield _number(rep.diagonal_deg, 1) + (sd if rep.diagonal_deg is not None else "")
    yield f"{_number(rep.rom_m, 2)} / {_number(rep.rom_deg, 0)}"
    yield _number(rep.mean_velocity_mps, 2)
    yield _number(rep.mean_force_n, 0)
    yield rep.quality


def _number(value: float | None, decimals: int) -> str:
    return "-" if value is None else f"{value:.{decimals}f}"


def _by_note(reps: Sequence[Rep]) -> dict[str, list[int]]:
    """Which reps each note is about, so that what holds for all is said once."""
    numbers: dict[str, list[int]] = {}
    for rep in reps:
        for note in _notes(rep):
            numbers.setdefault(note, []).append(rep.rep)
    return numbers


def _reps(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Rep {numbers[0]}"
    if numbers[-1] - numbers[0] == len(numbers) - 1:
        return f"Reps {numbers[0]} to {numbers[-1]}"
    return f"Reps {', '.join(map(str, numbers))}"


def _notes(rep: Rep) -> Iterator[str]:
    if rep.on_tempo is False:
        yield f"off tempo, {break_words(rep.tempo_breaks)}"
    if rep.in_zone is False:
        yield "outside the zone of {:.0f}° to {:.0f}°".format(*ZONE_DEG)
    if rep.diagonal_deg is None and rep.diagonal_reason:
        yield f"no direction, {plainly(rep.diagonal_reason)}"
    if rep.faults:
        yield "form, " + ", ".join(plainly(fault) for fault in rep.faults)
    if rep.quality_reasons:
        yield f"{rep.quality}, " + ", ".join(plainly(reason) for reason in rep.quality_reasons)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
