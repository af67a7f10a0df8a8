"""Which parts of the session are drawn: where something happened, with long idle stretches cut out."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from firmware.recording import Recording
from firmware.report.session import Results, Span, phase_spans, rep_span

MARGIN_S = 2.0
"""Shown before and after what happened."""

LEAST_CUT_S = 15.0
"""An idle stretch shorter than this is drawn as it was."""

MOST_PARTS = 8
"""More parts than this would be slivers; the shortest cuts are not made."""


def happenings(recording: Recording, results: Results) -> Iterator[Span]:
    """Every interval (s) in which there is something to see."""
    for rep in results.reps:
        yield rep_span(rep)
        for _, span in phase_spans(rep):
            yield span
    for movement in results.rejected:
        yield movement.start_s, movement.end_s
    for announced in recording.announced:
        yield announced.t_s, announced.t_s


def parts_of(happened: Sequence[Span], session: Span) -> tuple[Span, ...]:
    """Return the parts of the session to draw (s), in order; the whole of it when nothing happened."""
    if not happened:
        return (session,)
    parts: list[Span] = []
    for start_s, end_s in sorted(happened):
        low = max(session[0], start_s - MARGIN_S)
        high = max(low, min(session[1], end_s + MARGIN_S))
        if parts and low - parts[-1][1] < LEAST_CUT_S:
            parts[-1] = (parts[-1][0], max(parts[-1][1], high))
        else:
            parts.append((low, high))
    if parts[0][0] - session[0] < LEAST_CUT_S:
        parts[0] = (session[0], parts[0][1])
    if session[1] - parts[-1][1] < LEAST_CUT_S:
        parts[-1] = (parts[-1][0], session[1])
    while len(parts) > MOST_PARTS:
        cuts = [after[0] - before[1] for before, after in pairwise(parts)]
        i = cuts.index(min(cuts))
        parts[i : i + 2] = [(parts[i][0], parts[i + 1][1])]
    return tuple(parts)
