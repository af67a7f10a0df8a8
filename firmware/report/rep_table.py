"""The table of reps: every number, in one or two blocks that are read downwards."""

from collections.abc import Sequence
from math import ceil

from firmware.report.palette import INK, MUTED, OUTSIDE, RULE, SMALL_PT
from firmware.report.sheet import LEFT_IN, RIGHT_IN, WIDTH_IN, Sheet
from tracker.messages import Rep

MOST_REPS = 120
_ONE_BLOCK = 8
_ROW_IN = 0.205
_HEAD_IN = 0.75
_BETWEEN_IN = 0.5

COLUMNS: tuple[tuple[str, float], ...] = (
    ("set", 0.035), ("rep", 0.09), ("kind", 0.115), ("kick s", 0.275), ("hold", 0.33), ("return", 0.40),
    ("pause", 0.465), ("diagonal °", 0.59), ("range m", 0.69), ("°", 0.75), ("m/s", 0.82), ("N", 0.875),
    ("quality", 0.90),
)  # fmt: skip
"""Heading and edge of each column as a share of the block: left edge of words, right edge of numbers."""

_WORDS = ("kind", "quality")


def table_height_in(reps: Sequence[Rep]) -> float:
    """Height the table takes."""
    return _HEAD_IN + _ROW_IN * _rows(min(len(reps), MOST_REPS)) + 0.1


def draw_table(sheet: Sheet, top_in: float, reps: Sequence[Rep]) -> None:
    """Write a row for each rep, the first `MOST_REPS` of them; what is off its aim stands out."""
    sheet.section(LEFT_IN, top_in, "Reps")
    note = "seconds of each phase, those that broke the tempo in colour; range along the cable and as an "
    note += "angle; mean velocity and mean force of the kick"
    if len(reps) > MOST_REPS:
        note += f"; the first {MOST_REPS} of {len(reps)}, `kickback analyze` lists all"
    sheet.text(LEFT_IN + 0.65, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    shown = reps[:MOST_REPS]
    rows = _rows(len(shown))
    blocks = ceil(len(shown) / rows)
    width_in = (RIGHT_IN - LEFT_IN - _BETWEEN_IN * (blocks - 1)) / blocks
    for i in range(blocks):
        left_in = LEFT_IN + i * (width_in + _BETWEEN_IN)
        _draw_block(sheet, left_in, top_in + 0.38, width_in, shown[i * rows : (i + 1) * rows])


def _rows(count: int) -> int:
    return count if count <= _ONE_BLOCK else ceil(count / 2)


def _draw_block(sheet: Sheet, left_in: float, top_in: float, width_in: float, reps: Sequence[Rep]) -> None:
    for heading, edge in COLUMNS:
        _cell(sheet, left_in + edge * width_in, top_in, heading, heading, MUTED)
    top_in += 0.24
    _rule(sheet, left_in, top_in - 0.05, width_in, MUTED)
    for i, rep in enumerate(reps):
        if i > 0 and rep.set != reps[i - 1].set:
            _rule(sheet, left_in, top_in - 0.045, width_in, RULE)
        for (heading, edge), (text, stands_out) in zip(COLUMNS, cells(rep), strict=True):
            _cell(sheet, left_in + edge * width_in, top_in, heading, text, OUTSIDE if stands_out else INK)
        top_in += _ROW_IN


def cells(rep: Rep) -> tuple[tuple[str, bool], ...]:
    """Return the texts of a row in the order of `COLUMNS`, each with whether it stands out."""
    sd = "" if rep.diagonal_sd_deg is None else f" ±{rep.diagonal_sd_deg:.1f}"
    diagonal = "–" if rep.diagonal_deg is None else f"{rep.diagonal_deg:.1f}{sd}"
    broken = {name.rpartition("_")[0] for name in rep.tempo_breaks}
    return (
        (str(rep.set), False),
        (str(rep.rep), False),
        (rep.kind.value, rep.kind.value != "full"),
        (_number(rep.concentric_s, 1), "concentric" in broken),
        (_number(rep.pause_contracted_s, 1), "pause_contracted" in broken),
        (_number(rep.eccentric_s, 1), "eccentric" in broken),
        (_number(rep.pause_stretched_s, 1), "pause_stretched" in broken),
        (diagonal, rep.in_zone is False),
        (_number(rep.rom_m, 3), False),
        (_number(rep.rom_deg, 1), False),
        (_number(rep.mean_velocity_mps, 2), False),
        (_number(rep.mean_force_n, 0), False),
        (rep.quality, rep.quality != "good"),
    )


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _cell(sheet: Sheet, edge_in: float, top_in: float, heading: str, text: str, colour: str) -> None:
    style = {"fontsize": SMALL_PT, "color": colour, "ha": "left" if heading in _WORDS else "right"}
    sheet.text(edge_in, top_in, text, style)


def _rule(sheet: Sheet, left_in: float, top_in: float, width_in: float, colour: str) -> None:
    from matplotlib.lines import Line2D

    height = 1.0 - top_in / sheet.height_in
    ends = [left_in / WIDTH_IN, (left_in + width_in) / WIDTH_IN]
    sheet.figure.add_artist(Line2D(ends, [height, height], color=colour, linewidth=0.8))
