"""Tempo: the phases of every rep as stacked seconds around the start of its kick, against the target."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation, Transform

from firmware.report.palette import INK, MUTED, OUTSIDE, PHASES, RULE, SMALL_PT
from firmware.report.places import dress_places, places
from firmware.report.sheet import AXIS_IN, LEFT_IN, Sheet
from tracker.messages import Phase, Rep
from tracker.tempo import EXPLOSIVE_S, Tempo, parse_tempo

HEIGHT_IN = 3.75
_BAR = 0.72
_TARGET_AT = -2.0
"""Place of the target's own bar, left of the first rep."""

Seconds = Mapping[Phase, float | None]


def draw_tempo(sheet: Sheet, top_in: float, width_in: float, reps: Sequence[Rep]) -> None:
    """Draw one bar for each rep; the kick begins at zero, the pause before it hangs below."""
    sheet.section(LEFT_IN, top_in, "Tempo")
    note = "seconds from the start of the kick; the pause before it hangs below"
    sheet.text(LEFT_IN + 0.75, top_in + 0.045, note, {"fontsize": SMALL_PT, "color": MUTED})
    right_in = LEFT_IN + width_in
    wide_in = right_in - AXIS_IN
    axes = sheet.axes(AXIS_IN, top_in + 0.36, wide_in, HEIGHT_IN - 1.0, label="tempo")
    xs = places(reps)
    for x, rep in zip(xs, reps, strict=True):
        _stack(axes, x, _measured(rep), {"alpha": 0.95})
        if rep.on_tempo is False:
            top_s = sum(s or 0.0 for phase, s in _measured(rep).items() if phase is not Phase.PAUSE_STRETCHED)
            axes.plot(
                [x], [top_s], marker="v", markersize=5, color=OUTSIDE, linestyle="none",
                label="_off tempo", transform=_raised(axes), zorder=4,
            )  # fmt: skip
    target = next((rep.target for rep in reps if rep.target is not None), None)
    if target is not None:
        _draw_target(axes, parse_tempo(target), target, xs[-1])
    dress_places(axes, reps, wide_in, before=3.0 if target else 1.0)
    axes.axhline(0.0, color=INK, linewidth=0.9, zorder=3)
    axes.grid(axis="y", color=RULE, linewidth=0.6)
    axes.margins(y=0.08)
    axes.set_ylabel("s")
    if any(rep.on_tempo is False for rep in reps):
        axes.plot([], [], marker="v", markersize=5, color=OUTSIDE, linestyle="none", label="off tempo")
        axes.legend(
            handles=axes.lines[-1:], loc="lower right", bbox_to_anchor=(1.0, 1.0), frameon=False,
            borderpad=0.1, handletextpad=0.1,
        )  # fmt: skip


def _raised(axes: Axes) -> Transform:
    """Data coordinates, a little higher on the sheet."""
    return axes.transData + ScaledTranslation(0.0, 0.06, axes.figure.dpi_scale_trans)


def _measured(rep: Rep) -> Seconds:
    return {
        Phase.PAUSE_STRETCHED: rep.pause_stretched_s,
        Phase.CONCENTRIC: rep.concentric_s,
        Phase.PAUSE_CONTRACTED: rep.pause_contracted_s,
        Phase.ECCENTRIC: rep.eccentric_s,
    }


def _aimed(target: Tempo) -> Seconds:
    """Seconds of the target; an explosive phase as long as it may last."""
    eccentric, stretched, concentric, contracted = (EXPLOSIVE_S if s is None else s for s in target.phases_s)
    return {
        Phase.PAUSE_STRETCHED: stretched,
        Phase.CONCENTRIC: concentric,
        Phase.PAUSE_CONTRACTED: contracted,
        Phase.ECCENTRIC: eccentric,
    }


def _stack(axes: Axes, x: float, seconds: Seconds, style: Mapping[str, Any]) -> None:
    """Stack the phases in the order in which they happen, an unknown one left out."""
    from_s = 0.0
    for phase, s in seconds.items():
        if s is None:
            continue
        below = phase is Phase.PAUSE_STRETCHED
        axes.bar(
            x, -s if below else s, _BAR, bottom=0.0 if below else from_s, color=PHASES[phase],
            edgecolor="white", linewidth=0.5, label=f"_{phase.value}", zorder=2, **style,
        )  # fmt: skip
        from_s += 0.0 if below else s


def _draw_target(axes: Axes, target: Tempo, written: str, last: float) -> None:
    """Draw the target as a bar of its own, and lines at its boundaries across all reps."""
    aimed = _aimed(target)
    _stack(axes, _TARGET_AT, aimed, {"alpha": 0.55, "hatch": "///"})
    end_s = 0.0
    boundaries_s = [-(aimed[Phase.PAUSE_STRETCHED] or 0.0)]
    for phase in (Phase.CONCENTRIC, Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC):
        end_s += aimed[phase] or 0.0
        boundaries_s.append(end_s)
    axes.hlines(
        boundaries_s, _TARGET_AT + 0.5 * _BAR, last + 0.7, color=INK, linewidth=0.9,
        linestyle=(0, (4, 3)), zorder=3.5, label="_target",
    )  # fmt: skip
    axes.annotate(
        f"target\n{written}", (_TARGET_AT, 0.0), xycoords=axes.get_xaxis_transform(), xytext=(0, -5),
        textcoords="offset points", ha="center", va="top", fontsize=SMALL_PT, color=MUTED,
        annotation_clip=False,
    )  # fmt: skip
