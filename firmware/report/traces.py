"""The traces: what the movement was followed by and the force, over session time, coloured by phase."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from firmware.recording import Recording
from firmware.report.bands import draw_missing, draw_phases, draw_rejected
from firmware.report.followed import Trace, followed, force
from firmware.report.legend import draw_legend
from firmware.report.marks import OUTLINE, Part, draw_announced, draw_numbers, draw_set, write
from firmware.report.palette import (
    FORCE,
    INK,
    MUTED,
    RULE,
    SMALL_PT,
)
from firmware.report.parts import happenings, parts_of
from firmware.report.reasons import draw_reasons
from firmware.report.rows import Label
from firmware.report.session import Results, Span, clock, rep_span
from firmware.report.sheet import AXIS_IN, DPI, LEFT_IN, RIGHT_IN, Sheet, text_width_in
from firmware.report.thinning import drawable

HEIGHT_IN = 5.0
_MARKS_IN = 0.88
_CUT_IN = 0.36
_LEAST_PART_IN = 0.45
_BETWEEN_IN = 0.12
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_TICK_IN = 0.62


def draw_traces(sheet: Sheet, top_in: float, recording: Recording, results: Results) -> None:
    """Draw one row of axes for each trace and one column for each part of the session."""
    sheet.section(LEFT_IN, top_in, "Movement, coloured by phase")
    measured = (followed(recording, results), force(recording))
    traces: list[Trace | None] = [trace for trace in measured if trace is not None] or [None]
    session = (recording.start_s, max(recording.end_s, recording.start_s + 1.0))
    parts = parts_of(list(happenings(recording, results)), session)
    columns = _columns(parts)
    draw_legend(sheet, top_in, recording, results)
    top_in += _MARKS_IN
    heights = _heights(len(traces))
    for row, (trace, height_in) in enumerate(zip(traces, heights, strict=True)):
        # The load drops and jerks when the cable is clipped on and off; the reps set the scale.
        scaled_by = [rep_span(rep) for rep in results.reps] if row else []
        limits = _limits(trace, scaled_by or parts)
        for column, (span, (left_in, width_in)) in enumerate(zip(parts, columns, strict=True)):
            axes = sheet.axes(left_in, top_in, width_in, height_in, label=f"trace {row} {column}")
            part = Part(axes, span, width_in, height_in)
            _draw_trace(part, trace, *((FORCE, 0.7) if row else (INK, 1.2)))
            _say_off_scale(part, trace, limits[1])
            _draw_behind(part, recording, results, strip=row == 0)
            if row == 0:
                _draw_marks(part, recording, results)
            said = _time_axis(session, parts) if row == len(heights) - 1 else None
            _dress(part, limits, said, first_column=column == 0)
        if trace is not None:
            sheet.text(
                AXIS_IN - 0.62, top_in + 0.5 * height_in, trace.label,
                {"rotation": 90, "va": "center", "ha": "center", "color": MUTED, "multialignment": "center"},
            )  # fmt: skip
        if row == 0:
            _write_cuts(sheet, top_in + 0.5 * height_in, parts, columns)
        top_in += height_in + _BETWEEN_IN


def _heights(rows: int) -> tuple[float, ...]:
    room_in = HEIGHT_IN - _MARKS_IN - 0.5
    return (room_in,) if rows < 2 else (0.64 * (room_in - _BETWEEN_IN), 0.36 * (room_in - _BETWEEN_IN))


def _columns(parts: Sequence[Span]) -> list[tuple[float, float]]:
    """Left edge and width (in) of each part, in proportion to how long it is."""
    room_in = RIGHT_IN - AXIS_IN - _CUT_IN * (len(parts) - 1)
    spare_in = room_in - _LEAST_PART_IN * len(parts)
    whole_s = sum(end_s - start_s for start_s, end_s in parts)
    columns, left_in = [], AXIS_IN
    for start_s, end_s in parts:
        width_in = _LEAST_PART_IN + spare_in * (end_s - start_s) / whole_s
        columns.append((left_in, width_in))
        left_in += width_in + _CUT_IN
    return columns


def _limits(trace: Trace | None, spans: Sequence[Span]) -> Span:
    """Return lower and upper limit that hold what the trace did in these intervals."""
    if trace is None:
        return 0.0, 1.0
    shown = np.zeros(len(trace.t_s), dtype=bool)
    for start_s, end_s in spans:
        shown |= (trace.t_s >= start_s) & (trace.t_s <= end_s)
    values = trace.values[shown] if shown.any() else trace.values
    low, high = float(np.min(values)), float(np.max(values))
    low, high = min(low, 0.0), max(high, 0.0)
    room = 0.08 * (high - low) or 1.0
    return low - room, high + 1.5 * room


def _draw_trace(part: Part, trace: Trace | None, colour: str, linewidth: float) -> None:
    if trace is None:
        return
    low, high = np.searchsorted(trace.t_s, part.span)
    bins = round(part.width_in * DPI)
    t_s, values = drawable(trace.t_s[low : high + 1], trace.values[low : high + 1], bins)
    part.axes.plot(
        t_s, values, color=colour, linewidth=linewidth, solid_joinstyle="round", zorder=3, label="trace"
    )


def _say_off_scale(part: Part, trace: Trace | None, limit: float) -> None:
    """Write how high the trace went where it left the axes."""
    if trace is None:
        return
    low, high = np.searchsorted(trace.t_s, part.span)
    values = trace.values[low:high]
    if len(values) and values.max() > limit:
        text = f"↑ {values.max():.0f}"
        label = Label(float(trace.t_s[low + int(np.argmax(values))]), text, text_width_in(text, SMALL_PT))
        style = {"va": "top", "fontsize": SMALL_PT, "color": INK, "zorder": 4, "path_effects": [OUTLINE]}
        write(part, label, 0.97, style)


def _draw_behind(part: Part, recording: Recording, results: Results, strip: bool) -> None:
    start_s, end_s = part.span
    draw_phases(part.axes, [rep for rep in results.reps if part.holds(rep.concentric_start_s)], strip)
    draw_rejected(part.axes, [each for each in results.rejected if part.holds(each.start_s)])
    draw_missing(
        part.axes, [(g.start_s, g.end_s) for g in recording.gaps if g.end_s > start_s and g.start_s < end_s]
    )


def _draw_marks(part: Part, recording: Recording, results: Results) -> None:
    draw_numbers(part, results.reps)
    for number, reps in results.by_set().items():
        draw_set(part, number, reps)
    draw_reasons(part, results.rejected, results.reps)
    draw_announced(part, recording.announced)


def _dress(part: Part, limits: Span, said: str | None, first_column: bool) -> None:
    """Set limits, grid and ticks; `said` names the time axis under the lowest row, None above it."""
    axes = part.axes
    axes.set_xlim(*part.span)
    axes.set_ylim(*limits)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.locator_params(axis="y", nbins=max(3, int(2.2 * part.height_in)))
    axes.spines["left"].set_visible(first_column)
    axes.tick_params(axis="y", labelleft=first_column)
    ticks = _ticks(part)
    axes.set_xticks(ticks, [clock(tick) for tick in ticks] if said else [""] * len(ticks))
    if said and first_column:
        axes.set_xlabel(said, fontsize=SMALL_PT, loc="left")


def _time_axis(session: Span, parts: Sequence[Span]) -> str:
    """Name the axis, and what is not drawn at the session's two ends."""
    before_s, after_s = parts[0][0] - session[0], session[1] - parts[-1][1]
    cuts = [f"the first {clock(before_s)} min"] if before_s >= 1.0 else []
    cuts += [f"the last {clock(after_s)} min"] if after_s >= 1.0 else []
    return "session time, min:s" + (f" (without {' and '.join(cuts)})" if cuts else "")


def _ticks(part: Part) -> list[int]:
    """Round moments of the session that leave each label its room; at least one."""
    start_s, end_s = part.span
    edge_s = 0.5 * _TICK_IN / part.width_in * (end_s - start_s)
    for step in _STEPS_S:
        if part.inches(start_s + step) >= _TICK_IN:
            first = int(np.ceil((start_s + 0.4 * edge_s) / step)) * step
            ticks = list(range(first, int(end_s - 0.4 * edge_s) + 1, step))
            if ticks:
                return ticks
    return [round(0.5 * (start_s + end_s))]


def _write_cuts(
    sheet: Sheet, middle_in: float, parts: Sequence[Span], columns: Sequence[tuple[float, float]]
) -> None:
    """Say between two parts how long nothing happened."""
    for (before, after), (left_in, width_in) in zip(pairwise(parts), columns, strict=False):
        sheet.text(
            left_in + width_in + 0.5 * _CUT_IN, middle_in, f"{clock(after[0] - before[1])} min cut out",
            {"rotation": 90, "va": "center", "ha": "center", "fontsize": SMALL_PT, "color": MUTED},
        )  # fmt: skip
