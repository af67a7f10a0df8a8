"""The tables of the page: every set, left against right, and every rep."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from firmware.panel.words import plainly
from firmware.report.figures import (
    DRIFTS,
    FIGURES,
    UNKNOWN,
    Figure,
    compared,
    known,
    matches,
    number,
    said_of,
)
from firmware.report.web.svg import element
from tracker.messages import Rep, SetSummary

_DRIFT = "from the first rep to the last"

_OF_A_LEG = [each for each in FIGURES if each.name not in ("leg", "rest before", "not counted")]

_COMPARED_IN: Mapping[str, str] = {"on tempo, %": "points", "range, m": "cm"}
"""Units of a difference where they are others than the quantity's."""


def table_of_sets(sets: Sequence[SetSummary]) -> str:
    """Return a column for each set: what it came to, how it drifted, and against last time."""
    rows = _rows(known(FIGURES, sets), sets)
    drifts = known(DRIFTS, sets)
    if drifts:
        rows += [_band(_DRIFT, len(sets)), *_rows(drifts, sets)]
    if any(done.vs_last_set is not None for done in sets):
        rows += [_band("against last time", len(sets)), *_rows(known(compared("vs_last"), sets), sets)]
    headings = ["", *(f"set {done.set}" for done in sets)]
    return _table("Sets", headings, rows)


def table_of_legs(sets: Sequence[SetSummary]) -> str:
    """Return the matching sets of both legs side by side, each with the difference; empty without any."""
    tables = []
    for left, right in matches(sets):
        later = left if left.vs_other_leg_set == right.set else right
        change = {(each.name, each.unit): each for each in compared("vs_other_leg")}
        rows = []
        for each in known(_OF_A_LEG, [left, right]):
            differs = change.get((each.name, _COMPARED_IN.get(each.heading, each.unit)))
            cells = [
                each.of(left),
                each.of(right),
                UNKNOWN if differs is None else _in_unit(differs, each, later),
            ]
            rows.append(_row(each.heading, cells))
        drifts = known(DRIFTS, [left, right])
        rows += [_band(_DRIFT, 3)] if drifts else []
        rows += [_row(each.heading, [each.of(left), each.of(right), UNKNOWN]) for each in drifts]
        other = "right" if later.leg == "left" else "left"
        headings = ["", f"left, set {left.set}", f"right, set {right.set}", f"{later.leg} less {other}"]
        tables.append(_table("Left against right", headings, rows))
    return "".join(tables)


def _in_unit(differs: Figure, quantity: Figure, later: SetSummary) -> str:
    """Write a difference, with its unit where it is another than the quantity's."""
    said = differs.of(later)
    return said if said == UNKNOWN or differs.unit == quantity.unit else f"{said} {differs.unit}"


def faults_of_sets(sets: Sequence[SetSummary], reps: Sequence[Rep]) -> str:
    """Return where tempo broke, which faults there were and which cues were given, set by set."""
    parts = []
    for done in sets:
        cued = [f"after rep {rep.rep}: {plainly(rep.cue)}" for rep in reps if rep.set == done.set and rep.cue]
        lines = [*said_of(done), *([f"said {'; '.join(cued)}"] if cued else [])]
        parts.append(element("h3", f"Set {done.set}"))
        if not lines:
            parts.append(element("p", "Nothing to find fault with."))
        else:
            parts.append(element("ul", "".join(element("li", escape(_capital(each))) for each in lines)))
    return "".join(parts)


def table_of_reps(reps: Sequence[Rep]) -> str:
    """Return a row for each rep with every number."""
    headings = [
        "set", "rep", "kind", "kick, s", "hold, s", "return, s", "pause, s", "direction, °", "range, m",
        "range, °", "speed, m/s", "force, N", "work, J", "faults", "quality",
    ]  # fmt: skip
    return _table("Reps", headings, [_rep_row(rep) for rep in reps], row_headings=False)


def _rep_row(rep: Rep) -> str:
    sd = "" if rep.diagonal_sd_deg is None else f" ± {rep.diagonal_sd_deg:.1f}"
    broken = {name.rpartition("_")[0] for name in rep.tempo_breaks}
    cells = [
        (str(rep.set), False),
        (str(rep.rep), False),
        (rep.kind.value, rep.kind.value != "full"),
        (number(rep.concentric_s, 1), "concentric" in broken),
        (number(rep.pause_contracted_s, 1), "pause_contracted" in broken),
        (number(rep.eccentric_s, 1), "eccentric" in broken),
        (number(rep.pause_stretched_s, 1), "pause_stretched" in broken),
        (number(rep.diagonal_deg, 1) + (sd if rep.diagonal_deg is not None else ""), rep.in_zone is False),
        (number(rep.rom_m, 3), False),
        (number(rep.rom_deg, 1), False),
        (number(rep.mean_velocity_mps, 2), False),
        (number(rep.mean_force_n, 0), False),
        (number(rep.work_j, 0), False),
        (", ".join(map(plainly, rep.faults)) or UNKNOWN, bool(rep.faults)),
        (_quality(rep), rep.quality != "good"),
    ]
    marked = ((text, {"class_": "off"} if off else {}) for text, off in cells)
    return element("tr", "".join(element("td", escape(text), **style) for text, style in marked))


def _quality(rep: Rep) -> str:
    reasons = ", ".join(map(plainly, rep.quality_reasons))
    return f"{rep.quality}: {reasons}" if reasons else rep.quality


def _rows(figures: Iterable[Figure], sets: Sequence[SetSummary]) -> list[str]:
    return [_row(each.heading, [each.of(done) for done in sets]) for each in figures]


def _row(heading: str, cells: Sequence[str]) -> str:
    said = "".join(element("td", escape(cell)) for cell in cells)
    return element("tr", element("th", escape(heading), scope="row") + said)


def _band(title: str, columns: int) -> str:
    return element("tr", element("th", escape(title), colspan=columns + 1, class_="band"))


def _table(caption: str, headings: Sequence[str], rows: Sequence[str], *, row_headings: bool = True) -> str:
    head = element("tr", "".join(element("th", escape(each) or " ", scope="col") for each in headings))
    table = element(
        "table",
        element("caption", escape(caption)) + element("thead", head) + element("tbody", "".join(rows)),
        class_="sets" if row_headings else "reps",
    )
    return element("div", table, class_="wide", tabindex=0)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
