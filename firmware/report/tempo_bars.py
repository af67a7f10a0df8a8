"""Tempo: the phases of every rep as stacked seconds around the start of its kick, against the target."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from firmware.panel.tempo_words import target_words
from firmware.report.palette import INK, MUTED, OUTSIDE, PHASES, RULE, SMALL_PT
from firmware.report.places import dress_places, places
from firmware.report.sheet import AXIS_IN, LEFT_IN, Sheet
from tracker.messages import Phase, Rep
from tracker.tempo import EXPLOSIVE_S, Tempo, parse_tempo

HEIGHT_IN = 3.75
_BAR = 0.72
_DENSE = 60

Seconds = Mapping[Phase, float | None]


def draw_tempo(sheet: Sheet, top_in: float, width_in: float, reps: Sequence[Rep]) -> None:
    """Draw one bar for each rep; the kick begins at zero, the pause before it hangs below."""
    sheet.section(LEFT_IN, top_in, "Tempo")
    target = next((rep.target for rep in reps if rep.target is not None), None)
    note = "seconds from the start of the kick; the pause before it hangs below"
    note += "" if target is None else f"; aim: {target_words(target)}"
    sheet.text(LEFT_IN + 0.75, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    wide_in = LEFT_IN + width_in - AXIS_IN
    axes = sheet.axes(AXIS_IN, top_in + 0.36, wide_in, HEIGHT_IN - 1.0, label="tempo")
    xs = places(reps)
    _stack(axes, xs, [measured(rep) for rep in reps], _BAR, {"linewidth": 0.5 if len(reps) < _DENSE else 0})
    before = 1.0
    if target is not None:
        # As wide on the sheet with a hundred reps as with five.
        before = max(3.0, 0.12 * (xs[-1] + 1.0))
        _draw_target(axes, parse_tempo(target), xs[-1], before)
    dress_places(axes, reps, wide_in, before)
    _mark_off_tempo(axes, xs, reps)
    axes.axhline(0.0, color=INK, linewidth=0.9, zorder=3)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.margins(y=0.08)
    axes.set_ylabel("s")


def measured(rep: Rep) -> Seconds:
    """Return the seconds of each phase in the order in which they happen."""
    return {
        Phase.PAUSE_STRETCHED: rep.pause_stretched_s,
        Phase.CONCENTRIC: rep.concentric_s,
        Phase.PAUSE_CONTRACTED: rep.pause_contracted_s,
        Phase.ECCENTRIC: rep.eccentric_s,
    }


def aimed(target: Tempo) -> Seconds:
    """Return the target's seconds likewise; an explosive phase as long as it may last."""
    eccentric, stretched, concentric, contracted = (EXPLOSIVE_S if s is None else s for s in target.phases_s)
    return {
        Phase.PAUSE_STRETCHED: stretched,
        Phase.CONCENTRIC: concentric,
        Phase.PAUSE_CONTRACTED: contracted,
        Phase.ECCENTRIC: eccentric,
    }


def _after_start_s(bar: Seconds) -> float:
    return sum(s or 0.0 for phase, s in bar.items() if phase is not Phase.PAUSE_STRETCHED)


def _stack(
    axes: Axes, xs: Sequence[float], bars: Sequence[Seconds], width: float, style: Mapping[str, Any]
) -> None:
    """Stack the phases upwards from zero, the pause before the kick downwards; an unknown one is left out."""
    from_s = [0.0] * len(xs)
    for phase, colour in PHASES.items():
        known = [(i, s) for i, bar in enumerate(bars) if (s := bar[phase]) is not None]
        if not known:
            continue
        below = phase is Phase.PAUSE_STRETCHED
        axes.bar(
            [xs[i] for i, _ in known], [-s if below else s for _, s in known], width,
            bottom=[0.0 if below else from_s[i] for i, _ in known], color=colour, edgecolor="white",
            label=phase.value, zorder=2, **style,
        )  # fmt: skip
        for i, s in known:
            from_s[i] += 0.0 if below else s


def _mark_off_tempo(axes: Axes, xs: Sequence[float], reps: Sequence[Rep]) -> None:
    off = [
        (x, _after_start_s(measured(rep))) for x, rep in zip(xs, reps, strict=True) if rep.on_tempo is False
    ]
    if not off:
        return
    raised = axes.transData + ScaledTranslation(0.0, 0.06, axes.figure.dpi_scale_trans)
    marks = axes.plot(
        *zip(*off, strict=True), marker="v", markersize=5 if len(reps) < _DENSE else 3, color=OUTSIDE,
        linestyle="none", label="off tempo", transform=raised, zorder=4,
    )  # fmt: skip
    axes.legend(
        handles=marks, loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False, borderpad=0.1,
        handletextpad=0.1,
    )  # fmt: skip


def _draw_target(axes: Axes, target: Tempo, last: float, before: float) -> None:
    """Draw the target as a bar of its own, and lines at its boundaries across all reps."""
    bar = aimed(target)
    at, width = -0.66 * before, 0.24 * before
    _stack(axes, [at], [bar], width, {"alpha": 0.55, "hatch": "///", "linewidth": 0.5})
    end_s = 0.0
    boundaries_s = [-(bar[Phase.PAUSE_STRETCHED] or 0.0)]
    for phase in (Phase.CONCENTRIC, Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC):
        end_s += bar[phase] or 0.0
        boundaries_s.append(end_s)
    axes.hlines(
        boundaries_s, at + 0.5 * width, last + 0.7, color=INK, linewidth=0.9, linestyle=(0, (4, 3)),
        zorder=3.5, label="_target",
    )  # fmt: skip
    axes.annotate(
        "aim", (at, 0.0), xycoords=axes.get_xaxis_transform(), xytext=(0, -5),
        textcoords="offset points", ha="center", va="top", fontsize=SMALL_PT, color=MUTED,
        annotation_clip=False,
    )  # fmt: skip
