"""Bands behind a trace: the phases of every rep, the movements that were no rep, the missing samples."""

from collections.abc import Iterable, Sequence

from matplotlib.axes import Axes

from firmware.report.palette import BAND_ALPHA, PHASES, REJECTED
from firmware.report.session import Span, phase_spans
from tracker.messages import Rejected, Rep

STRIP = 0.035
"""Share of the height that the full colour of a phase takes, above its pale band."""


def draw_phases(axes: Axes, reps: Iterable[Rep], strip: bool) -> None:
    """Colour the background by phase, one collection for each labelled with the phase's name.

    `strip`: also draw a strip in full colour along the upper edge.
    """
    known = [each for rep in reps for each in phase_spans(rep)]
    for phase, colour in PHASES.items():
        spans = [_extent(span) for kind, span in known if kind is phase]
        if not spans:
            continue
        axes.broken_barh(
            spans, (0.0, 1.0), transform=axes.get_xaxis_transform(), label=phase.value,
            facecolor=colour, alpha=BAND_ALPHA, linewidth=0, zorder=0.5,
        )  # fmt: skip
        if strip:
            axes.broken_barh(
                spans, (1.0 - STRIP, STRIP), transform=axes.get_xaxis_transform(), label=f"_{phase.value}",
                facecolor=colour, linewidth=0, zorder=3,
            )  # fmt: skip


def draw_rejected(axes: Axes, rejected: Sequence[Rejected]) -> None:
    """Hatch the movements that were no rep."""
    if rejected:
        axes.broken_barh(
            [_extent((each.start_s, each.end_s)) for each in rejected],
            (0.0, 1.0), transform=axes.get_xaxis_transform(), label="rejected",
            facecolor=(REJECTED, 0.13), edgecolor=REJECTED, hatch="////", linewidth=0, zorder=0.4,
        )  # fmt: skip


def draw_missing(axes: Axes, gaps: Sequence[Span]) -> None:
    """Frame the intervals that lack samples."""
    if gaps:
        axes.broken_barh(
            [_extent(gap) for gap in gaps], (0.0, 1.0), transform=axes.get_xaxis_transform(), label="missing",
            facecolor="white", edgecolor=REJECTED, hatch="....", linewidth=0.6, zorder=0.6,
        )  # fmt: skip


def _extent(span: Span) -> Span:
    return span[0], span[1] - span[0]
