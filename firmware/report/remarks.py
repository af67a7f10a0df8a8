"""Remarks under the picture: what impaired the numbers, what was not counted, what the recording lost."""

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import wrap

from firmware.panel.words import REJECTION_WORDS, counted, plainly
from firmware.recording import Recording
from firmware.report.palette import MUTED, SMALL_PT
from firmware.report.session import Results
from firmware.report.sheet import LEFT_IN, Sheet
from tracker.messages import Rep

_LINE_IN = 0.19
_WRAP = 170
MOST_LINES = 14


def remarks(recording: Recording, results: Results) -> list[str]:
    """Return the remarks, each as lines that fit the sheet."""
    said = [*_of_reps(results.reps), *_of_rejected(results), *(f"Note: {note}" for note in recording.notes)]
    lines = [line for each in said for line in wrap(each, _WRAP)]
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], "and more: `kickback analyze` says all"]
    return lines


def remarks_height_in(lines: Sequence[str]) -> float:
    """Height the remarks take."""
    return _LINE_IN * len(lines) + (0.15 if lines else 0.0)


def draw_remarks(sheet: Sheet, top_in: float, lines: Sequence[str]) -> None:
    """Write the lines one under the other."""
    for i, line in enumerate(lines):
        sheet.text(LEFT_IN, top_in + i * _LINE_IN, line, {"fontsize": SMALL_PT, "color": MUTED})


def _of_reps(reps: Sequence[Rep]) -> Iterator[str]:
    """Each reason and fault once, with the reps it is about."""
    about: dict[str, list[Rep]] = {}
    for rep in reps:
        for reason in rep.quality_reasons:
            about.setdefault(f"{rep.quality}, {plainly(reason)}", []).append(rep)
        for fault in rep.faults:
            about.setdefault(f"form, {plainly(fault)}", []).append(rep)
    for what, them in about.items():
        several = len({rep.set for rep in reps}) > 1
        names = [f"{rep.set}.{rep.rep}" if several else str(rep.rep) for rep in them]
        whom = "All reps" if len(them) == len(reps) > 1 else f"Rep{'s' * (len(them) > 1)} {', '.join(names)}"
        yield f"{whom}: {what}"


def _of_rejected(results: Results) -> Iterator[str]:
    counts = Counter(each.reason for each in results.rejected)
    if counts:
        kinds = [
            f"{count} × {REJECTION_WORDS.get(reason, plainly(reason))}" for reason, count in counts.items()
        ]
        yield f"Not counted, {counted(counts.total(), 'movement')}: {'; '.join(kinds)}"
