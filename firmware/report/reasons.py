"""Why movements were no rep, written where they happened; several alike in a row are named once."""

from collections.abc import Sequence
from dataclasses import dataclass

from firmware.panel.words import plainly
from firmware.report.marks import NUMBERS_IN, UPRIGHT, UPRIGHT_IN, Part, write
from firmware.report.palette import MUTED, SMALL_PT
from firmware.report.rows import Label
from firmware.report.sheet import text_width_in
from tracker.messages import Rejected, Rejection, Rep

APART_S = 5.0
"""Movements further apart than this are named each by itself."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Movements in a row that were rejected for the same reason: when (s) and how many."""

    reason: Rejection
    start_s: float
    end_s: float
    count: int

    @property
    def text(self) -> str:
        """The reason in a word or two, and how often."""
        name = plainly(self.reason)
        return name if self.count == 1 else f"{name} × {self.count}"

    def label(self, width_in: float) -> Label:
        """The text in the middle of the movements."""
        return Label(0.5 * (self.start_s + self.end_s), self.text, width_in)


def in_rows(rejected: Sequence[Rejected], reps: Sequence[Rep]) -> list[Alike]:
    """Group movements of the same reason that follow each other closely, with no rep between them."""
    rows: list[Alike] = []
    for each in rejected:
        last = rows[-1] if rows else None
        if (
            last is not None
            and last.reason is each.reason
            and each.start_s - last.end_s < APART_S
            and not any(last.start_s <= rep.concentric_start_s <= each.end_s for rep in reps)
        ):
            end_s = max(last.end_s, each.end_s)
            rows[-1] = Alike(each.reason, last.start_s, end_s, last.count + 1)
        else:
            rows.append(Alike(each.reason, each.start_s, each.end_s, 1))
    return rows


def draw_reasons(part: Part, rejected: Sequence[Rejected], reps: Sequence[Rep]) -> None:
    """Write each reason above its movements, or upright among them where they are too narrow for it.

    An upright text lies under the trace, and is left out where the one before it leaves no room.
    """
    rows = [row for row in in_rows(rejected, reps) if part.holds(0.5 * (row.start_s + row.end_s))]
    labels = {row: row.label(text_width_in(row.text, SMALL_PT)) for row in rows}
    above = part.row(
        [labels[row] for row in rows if labels[row].width_in <= part.inches_between(row.start_s, row.end_s)]
    )
    for label in above:
        write(part, label, part.above(NUMBERS_IN), {"va": "bottom", "fontsize": SMALL_PT, "color": MUTED})
    upright = [row.label(UPRIGHT_IN) for row in rows if labels[row] not in above]
    for label in part.row(upright):
        write(part, label, 0.94, {"va": "top", "rotation": 90, "color": MUTED} | UPRIGHT)
