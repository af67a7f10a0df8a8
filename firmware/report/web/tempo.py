"""Tempo of a set: a row for each rep, from the start of the kick, with the target above; in words beside."""

from collections.abc import Sequence

from firmware.panel.tempo_words import DONE_IN_ORDER, break_words, target_words
from firmware.report.palette import INK, MUTED, OUTSIDE, PHASES
from firmware.report.session import number
from firmware.report.web.svg import SMALL_LETTERS, drawing, line, rectangle, text
from tracker.messages import Phase, Rep
from tracker.tempo import EXPLOSIVE_S, parse_tempo

_ROW, _BAR = 20.0, 14.0
_TOP = 22.0
_ZERO, _LEFT, _RIGHT = 84.0, 34.0, 240.0
"""Where the kick begins, and as far as bars reach to either side."""

_LEAST_LABELLED = 19.0
_TINY_LETTERS = 9.5
_AFTER_ZERO = (Phase.CONCENTRIC, Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC)


def tempo(reps: Sequence[Rep]) -> str:
    """Return the drawing of one set's reps, one at least."""
    target = next((rep.target for rep in reps if rep.target is not None), None)
    rows = [_seconds(rep) for rep in reps]
    aims = None if target is None else _aims(target)
    longest_s = max(_after(row) for row in [*rows, *([] if aims is None else [aims])])
    unit = (_RIGHT - _ZERO) / max(1.0, longest_s)
    height = _TOP + _ROW * (len(rows) + (aims is not None)) + 4.0
    parts = [text(_ZERO, 12, "kick → hold → return", fill=MUTED, font_size=SMALL_LETTERS)]
    parts.append(text(_ZERO - 4, 12, "pause ←", fill=MUTED, font_size=SMALL_LETTERS, text_anchor="end"))
    top = _TOP
    if aims is not None:
        parts += [text(0, top + 11, "aim", fill=MUTED), *_bar(aims, top, unit, opacity=0.45)]
        end_s = 0.0
        for phase in _AFTER_ZERO:
            end_s += aims[phase] or 0.0
            x = _ZERO + end_s * unit
            parts.append(line(x, top, x, height, stroke=INK, stroke_width=0.8, stroke_dasharray="3 3"))
        top += _ROW
    for rep, row in zip(reps, rows, strict=True):
        parts += [text(0, top + 11, number(rep)), *_bar(row, top, unit)]
        parts += _verdict(rep, top)
        top += _ROW
    parts.append(line(_ZERO, _TOP - 4, _ZERO, height, stroke=INK, stroke_width=1))
    return drawing(parts, height, _said(reps, target))


def _bar(row: dict[Phase, float | None], top: float, unit: float, opacity: float = 1.0) -> list[str]:
    parts = []
    pause = min((row[Phase.PAUSE_STRETCHED] or 0.0) * unit, _ZERO - _LEFT)
    parts += _piece(Phase.PAUSE_STRETCHED, _ZERO - pause, pause, row[Phase.PAUSE_STRETCHED], top, opacity)
    x = _ZERO
    for phase in _AFTER_ZERO:
        width = (row[phase] or 0.0) * unit
        parts += _piece(phase, x, width, row[phase], top, opacity)
        x += width
    return parts


def _piece(
    phase: Phase, x: float, width: float, seconds: float | None, top: float, opacity: float
) -> list[str]:
    if seconds is None:
        return []
    dark = phase in (Phase.CONCENTRIC,) and opacity == 1.0
    parts = [rectangle(x, top, width, _BAR, fill=PHASES[phase], fill_opacity=opacity, stroke="white")]
    if width >= _LEAST_LABELLED:
        parts.append(
            text(
                x + 0.5 * width, top + 11, f"{seconds:.1f}", text_anchor="middle",
                font_size=SMALL_LETTERS, fill="white" if dark else INK,
            )
        )  # fmt: skip
    return parts


def _verdict(rep: Rep, top: float) -> list[str]:
    if rep.on_tempo is None:
        return []
    if rep.on_tempo:
        return [text(_RIGHT + 8, top + 11, "on tempo", fill=MUTED, font_size=SMALL_LETTERS)]
    lines = _by_side(rep.tempo_breaks) or ["off tempo"]
    size, first = (SMALL_LETTERS, 11.0) if len(lines) == 1 else (_TINY_LETTERS, 6.5)
    return [
        text(_RIGHT + 8, top + first + _TINY_LETTERS * i, said, fill=OUTSIDE, font_size=size)
        for i, said in enumerate(lines)
    ]


def _by_side(breaks: Sequence[str]) -> list[str]:
    """What was too short and what was too long, in a line each: `return, hold short`."""
    words = [break_words([each]).rsplit(" too ", 1) for each in breaks]
    found = []
    for side in ("short", "long"):
        names = [name for name, which in words if which == side]
        if names:
            found.append(f"{', '.join(names) if len(names) < len(DONE_IN_ORDER) else 'all'} {side}")
    return found


def _seconds(rep: Rep) -> dict[Phase, float | None]:
    return {
        Phase.PAUSE_STRETCHED: rep.pause_stretched_s,
        Phase.CONCENTRIC: rep.concentric_s,
        Phase.PAUSE_CONTRACTED: rep.pause_contracted_s,
        Phase.ECCENTRIC: rep.eccentric_s,
    }


def _aims(target: str) -> dict[Phase, float | None]:
    back, pause, kick, hold = (EXPLOSIVE_S if s is None else s for s in parse_tempo(target).phases_s)
    return {
        Phase.PAUSE_STRETCHED: pause,
        Phase.CONCENTRIC: kick,
        Phase.PAUSE_CONTRACTED: hold,
        Phase.ECCENTRIC: back,
    }


def _after(row: dict[Phase, float | None]) -> float:
    return sum(row[phase] or 0.0 for phase in _AFTER_ZERO)


def _said(reps: Sequence[Rep], target: str | None) -> str:
    if target is None:
        return f"Seconds of each phase of {len(reps)} reps; nobody aimed at a tempo."
    kept = sum(1 for rep in reps if rep.on_tempo)
    judged = sum(1 for rep in reps if rep.on_tempo is not None)
    kept_of = f"{kept} of {judged} on the tempo {target_words(target)}"
    return f"Seconds of each phase of {len(reps)} reps; {kept_of}."
