"""Turns a judged movement into the rep message: times, range, speed, effort and direction."""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.diagonal import Diagonal
from tracker.load import LoadHistory, interpolate
from tracker.messages import Rep, RepKind
from tracker.phases import Boundaries
from tracker.setup import SessionSetup
from tracker.tempo import Tempo, breaks, written


@dataclass(frozen=True, slots=True)
class Numbers:
    """Which rep of which set; `previous_end_s` is when the rep before it in the set ended."""

    set: int
    rep: int
    previous_end_s: float | None


@dataclass(frozen=True, slots=True)
class Travel:
    """Cable travel over the movement: times (s) and positions (m)."""

    t_s: Sequence[float]
    position_m: Sequence[float]


def repetition(
    setup: SessionSetup,
    target: Tempo | None,
    kind: RepKind,
    numbers: Numbers,
    boundaries: Boundaries,
    detected_s: float,
    travel: Travel | None,
    swing_deg: float | None,
    load: LoadHistory,
    diagonal: Diagonal,
    impaired: tuple[str, ...],
) -> Rep:
    """Assemble a rep. `travel` and `swing_deg` are None where nothing measured them."""
    b = boundaries
    concentric_s = b.pause_start_s - b.concentric_start_s
    pause_s = None if b.eccentric_start_s is None else b.eccentric_start_s - b.pause_start_s
    eccentric_s = (
        None
        if b.eccentric_start_s is None or b.eccentric_end_s is None
        else b.eccentric_end_s - b.eccentric_start_s
    )
    stretched_s = None if numbers.previous_end_s is None else b.concentric_start_s - numbers.previous_end_s
    phases_s = (eccentric_s, stretched_s, concentric_s, pause_s)
    rom_m = None if travel is None else _range_m(travel, b)
    curve = None if travel is None else (travel.t_s, travel.position_m)
    effort = load.effort(b.concentric_start_s, b.pause_start_s, curve)
    broken = None if target is None else breaks(target, phases_s)
    return Rep(
        session=setup.session,
        set=numbers.set,
        rep=numbers.rep,
        kind=kind,
        exercise=setup.exercise,
        leg=diagonal.leg,
        leg_source=diagonal.leg_source,
        concentric_start_s=b.concentric_start_s,
        pause_start_s=b.pause_start_s,
        eccentric_start_s=b.eccentric_start_s,
        eccentric_end_s=b.eccentric_end_s,
        detected_s=detected_s,
        concentric_s=concentric_s,
        pause_contracted_s=pause_s,
        eccentric_s=eccentric_s,
        pause_stretched_s=stretched_s,
        time_under_tension_s=None if b.eccentric_end_s is None else b.eccentric_end_s - b.concentric_start_s,
        tempo=None if eccentric_s is None else written(phases_s),
        target=setup.target,
        on_tempo=None if broken is None else not broken,
        tempo_breaks=broken or (),
        diagonal_deg=diagonal.diagonal_deg,
        diagonal_sd_deg=diagonal.diagonal_sd_deg,
        diagonal_reason=diagonal.reason,
        midline=diagonal.midline,
        in_zone=diagonal.in_zone,
        rom_m=rom_m,
        rom_deg=swing_deg,
        mean_velocity_mps=rom_m / concentric_s if rom_m is not None and concentric_s > 0.0 else None,
        peak_velocity_mps=None if travel is None else b.concentric_peak,
        mean_force_n=None if effort is None else effort.mean_force_n,
        peak_force_n=None if effort is None else effort.peak_force_n,
        work_j=None if effort is None else effort.work_j,
        mean_power_w=None if effort is None else effort.mean_power_w,
        peak_power_w=None if effort is None else effort.peak_power_w,
        faults=(),
        cue=None,
        quality="suspect" if impaired else "good",
        quality_reasons=impaired,
    )


def _range_m(travel: Travel, b: Boundaries) -> float:
    curve = (travel.t_s, travel.position_m)
    return interpolate(curve, b.pause_start_s) - interpolate(curve, b.concentric_start_s)
