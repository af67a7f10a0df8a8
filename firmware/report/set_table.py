"""The table of sets: what each came to, how it drifted, and how it compares with the other leg."""

from collections.abc import Callable, Sequence

from firmware.report.figures import FIGURES, Figure, compared, known, number
from firmware.report.palette import INK, MUTED, RULE, SMALL_PT
from firmware.report.sheet import LEFT_IN, RIGHT_IN, WIDTH_IN, Sheet, text_width_in
from tracker.messages import SetSummary

MOST_SETS = 24
_ROW_IN = 0.205
_HEAD_IN = 0.92
_APART_IN = 0.09

_COMPARED = ("reps", "range, cm", "direction, °", "return, s", "hold, s")
_LEFT_OUT = ("leg", "pause, s", "range, °", "not counted", "mean speed, m/s", "rest before, s")


def set_table_height_in(sets: Sequence[SetSummary]) -> float:
    """Height the table takes."""
    return _HEAD_IN + _ROW_IN * min(len(sets), MOST_SETS) if sets else 0.0


def draw_set_table(sheet: Sheet, top_in: float, sets: Sequence[SetSummary]) -> None:
    """Write a row for each set, the first `MOST_SETS` of them."""
    if not sets:
        return
    sheet.section(LEFT_IN, top_in, "Sets")
    note = "means of the reps; drift: from the first rep to the last along the straight line through all"
    if any(done.vs_other_leg_set is not None for done in sets):
        note += "; legs: this set less the matching one of the other leg"
    sheet.text(LEFT_IN + 0.65, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    shown = sets[:MOST_SETS]
    columns = _fitting(_columns(shown), shown)
    spare_in = (RIGHT_IN - LEFT_IN - sum(width_in for *_, width_in in columns)) / len(columns)
    top_in += 0.36
    edges, right_in = [], LEFT_IN
    for heading, _, width_in in columns:
        right_in += width_in + spare_in
        edges.append(right_in)
        style = {"fontsize": SMALL_PT, "color": MUTED, "ha": "right", "va": "bottom"}
        sheet.text(right_in, top_in + 0.32, heading, style | {"multialignment": "right"})
    top_in += 0.38
    _rule(sheet, top_in - 0.03, MUTED)
    for row, done in enumerate(shown):
        if row and done.leg != shown[row - 1].leg:
            _rule(sheet, top_in - 0.025, RULE)
        for (_, of, _), right_in in zip(columns, edges, strict=True):
            style = {"fontsize": SMALL_PT, "color": INK, "ha": "right"}
            sheet.text(right_in, top_in + 0.02, of(done), style)
        top_in += _ROW_IN


def _fitting(
    columns: Sequence[tuple[str, Callable[[SetSummary], str]]], sets: Sequence[SetSummary]
) -> list[tuple[str, Callable[[SetSummary], str], float]]:
    """Return the columns with their widths (in), without the last ones that have no room."""
    found: list[tuple[str, Callable[[SetSummary], str], float]] = []
    room_in = RIGHT_IN - LEFT_IN
    for heading, of in columns:
        texts = [*heading.splitlines(), *(of(done) for done in sets)]
        width_in = max(text_width_in(text, SMALL_PT) for text in texts) + _APART_IN
        if width_in > room_in:
            break
        room_in -= width_in
        found.append((heading, of, width_in))
    return found


def _columns(sets: Sequence[SetSummary]) -> list[tuple[str, Callable[[SetSummary], str]]]:
    """Heading and text of each column that at least one set has."""
    columns: list[tuple[str, Callable[[SetSummary], str]]] = [
        ("set", lambda done: str(done.set)),
        ("leg", lambda done: done.leg or "–"),
    ]
    metres = any(done.rom_m is not None for done in sets)
    for each in known(FIGURES, sets):
        if each.heading in _LEFT_OUT and not (each.heading == "range, °" and not metres):
            continue
        columns.append((_broken(each), each.of))
    columns += [
        ("drift of\nreturn, s", lambda done: number(done.eccentric_drift_s, 1, signed=True)),
        ("drift of\nhold, s", lambda done: number(done.pause_contracted_drift_s, 1, signed=True)),
    ]
    if metres:
        columns.append(
            ("drift of\nrange, cm", lambda done: number(done.rom_drift_m, 1, signed=True, scale=100.0))
        )
    legs = {each.heading: each for each in known(compared("vs_other_leg"), sets)}
    return columns + [(f"legs:\n{name}", legs[name].of) for name in _COMPARED if name in legs]


def _broken(figure: Figure) -> str:
    """The heading in two lines where it has two words."""
    name = figure.name.removeprefix("time ")
    head, _, tail = name.rpartition(" ")
    words = f"{head}\n{tail}" if head else tail
    return f"{words}, {figure.unit}" if figure.unit else words


def _rule(sheet: Sheet, top_in: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    height = 1.0 - top_in / sheet.height_in
    sheet.figure.add_artist(
        Line2D([LEFT_IN / WIDTH_IN, RIGHT_IN / WIDTH_IN], [height, height], color=colour, linewidth=0.8)
    )
