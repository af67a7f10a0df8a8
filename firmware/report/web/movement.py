"""The movement of one set over time, coloured by phase, with the force below; as wide as the set is long."""

from collections.abc import Callable, Sequence

import numpy as np

from firmware.report.followed import Trace
from firmware.report.palette import BAND_ALPHA, FORCE, INK, MUTED, PHASES, REJECTED, RULE
from firmware.report.session import Span, clock, number, phase_spans, rep_span
from firmware.report.thinning import drawable
from firmware.report.web.svg import SMALL_LETTERS, WIDTH, drawing, element, line, path, rectangle, text
from tracker.messages import Rejected, Rep

MARGIN_S = 1.5
_PER_S = 11.0
_MOST = 6000.0
_LEFT, _TOP, _HIGH, _LOW = 38.0, 18.0, 110.0, 54.0
_BETWEEN, _TIME = 8.0, 18.0
_EVERY_S = 5
_LABEL = 20.0


def movement(
    trace: Trace | None, force: Trace | None, reps: Sequence[Rep], rejected: Sequence[Rejected]
) -> str:
    """Return the drawing of one set's reps; `trace` is what they were followed by."""
    span = (reps[0].concentric_start_s - MARGIN_S, rep_span(reps[-1])[1] + MARGIN_S)
    long_s = span[1] - span[0]
    width = max(float(WIDTH), min(_MOST, _LEFT + _PER_S * long_s))
    unit = (width - _LEFT - 4.0) / long_s
    shown = [each for each in (trace, force) if each is not None]
    heights = [_HIGH, _LOW][: max(1, len(shown))]
    bottom = _TOP + sum(heights) + _BETWEEN * (len(heights) - 1)

    def x_of(t_s: float) -> float:
        return _LEFT + (min(max(t_s, span[0]), span[1]) - span[0]) * unit

    parts = _behind(reps, rejected, span, x_of, bottom)
    for rep in reps:
        middle = x_of(0.5 * sum(rep_span(rep)))
        parts.append(text(middle, 13, number(rep), text_anchor="middle"))
    top = _TOP
    for each, height in zip(shown, heights, strict=False):
        parts += _trace(each, span, x_of, (top, height), FORCE if each is force else INK)
        top += height + _BETWEEN
    first_s = int(-(-span[0] // _EVERY_S)) * _EVERY_S
    for t_s in range(first_s, int(span[1]) + 1, _EVERY_S):
        parts.append(line(x_of(t_s), bottom, x_of(t_s), bottom + 3, stroke=MUTED))
        if x_of(t_s) < width - _LABEL:
            parts.append(_small(x_of(t_s), bottom + 14, clock(t_s), "middle"))
    said = f"Movement of set {reps[0].set} over {long_s:.0f} s, {len(reps)} reps, coloured by phase."
    return drawing(parts, bottom + _TIME, said, width=width, fixed=True)


def _behind(
    reps: Sequence[Rep], rejected: Sequence[Rejected], span: Span, x_of: Callable[[float], float], low: float
) -> list[str]:
    parts = []
    for each in rejected:
        if each.end_s > span[0] and each.start_s < span[1]:
            left, right = x_of(each.start_s), x_of(each.end_s)
            parts.append(rectangle(left, _TOP, right - left, low - _TOP, fill=REJECTED, fill_opacity=0.25))
    for rep in reps:
        for phase, (start_s, end_s) in phase_spans(rep):
            left, right = x_of(start_s), x_of(end_s)
            fill = {"fill": PHASES[phase]}
            parts.append(rectangle(left, _TOP, right - left, low - _TOP, fill_opacity=BAND_ALPHA, **fill))
            parts.append(rectangle(left, _TOP, right - left, 4, **fill))
    return parts


def _trace(
    trace: Trace, span: Span, x_of: Callable[[float], float], place: tuple[float, float], colour: str
) -> list[str]:
    first, last = np.searchsorted(trace.t_s, span)
    t_s, values = trace.t_s[first:last], trace.values[first:last]
    if len(values) == 0:
        return []
    top, height = place
    low, high = float(np.min(values)), float(np.max(values))
    room = high - low or 1.0
    bins = round(x_of(span[1]) - x_of(span[0]))
    parts = [line(_LEFT, top + height, x_of(span[1]), top + height, stroke=RULE)]
    decimals = 2 if room < 5.0 else 0
    parts.append(_small(_LEFT - 4, top + 14, f"{high:.{decimals}f}", "end"))
    parts.append(_small(_LEFT - 4, top + height, f"{low:.{decimals}f}", "end"))
    run: list[tuple[float, float]] = []
    for t, value in zip(*(each.tolist() for each in drawable(t_s, values, bins)), strict=True):
        if value != value:
            parts += _piece(run, colour)
            run = []
        else:
            run.append((x_of(t), top + 6 + (height - 8) * (high - value) / room))
    return [*parts, *_piece(run, colour)]


def _piece(run: list[tuple[float, float]], colour: str) -> list[str]:
    return [path(run, fill="none", stroke=colour, stroke_width=1.3)] if len(run) > 1 else []


def _small(x: float, y: float, content: str, anchor: str) -> str:
    return text(x, y, content, text_anchor=anchor, fill=MUTED, font_size=SMALL_LETTERS)


def legend() -> str:
    """Return what each colour means, as HTML."""
    names = {
        "concentric": "kick",
        "pause_contracted": "hold",
        "eccentric": "return",
        "pause_stretched": "pause",
    }
    items = [
        element("span", element("i", " ", style=f"background:{PHASES[phase]}") + f" {names[phase.value]}")
        for phase in sorted(PHASES, key=lambda each: list(names).index(each.value))
    ]
    return element("p", " ".join(items), class_="legend")
