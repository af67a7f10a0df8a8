"""Events made by hand, with every field filled, for tests of what happens after the core."""

from typing import Any

import msgspec

from firmware.numbering import Numbered, Numbering
from tracker.cues.phase_cue import phase_change
from tracker.messages import (
    Cue,
    CueKind,
    Phase,
    PhaseChange,
    Rejected,
    Rejection,
    Rep,
    RepKind,
    Result,
    SetSummary,
)
from tracker.tempo import parse_tempo

_REP = Rep(
    session="monday",
    set=1,
    rep=1,
    kind=RepKind.FULL,
    exercise="cable-kickback",
    leg="left",
    leg_source="told",
    concentric_start_s=10.0,
    pause_start_s=11.9,
    eccentric_start_s=12.9,
    eccentric_end_s=15.8,
    detected_s=16.0,
    concentric_s=1.9,
    pause_contracted_s=1.0,
    eccentric_s=2.9,
    pause_stretched_s=None,
    time_under_tension_s=5.8,
    tempo="2.9-?-1.9-1.0",
    target="3-1-2-1",
    on_tempo=True,
    tempo_breaks=(),
    diagonal_deg=36.4,
    diagonal_sd_deg=1.2,
    diagonal_reason=None,
    midline="calibration",
    in_zone=True,
    rom_m=0.412,
    rom_deg=28.3,
    mean_velocity_mps=0.22,
    peak_velocity_mps=0.35,
    mean_force_n=98.0,
    peak_force_n=131.0,
    work_j=40.4,
    mean_power_w=21.3,
    peak_power_w=40.2,
    faults=(),
    cue=None,
    quality="good",
    quality_reasons=(),
)

_SET = SetSummary(
    session="monday",
    set=1,
    exercise="cable-kickback",
    leg="left",
    leg_source="told",
    start_s=10.0,
    end_s=70.0,
    end_reason="inactivity",
    detected_s=78.0,
    rest_before_s=None,
    reps_full=8,
    reps_partial=1,
    reps_unfinished=0,
    reps_suspect=0,
    rejected=2,
    target_reps=9,
    target_reached_s=70.0,
    time_under_tension_s=52.2,
    tempo="3.0-0.9-2.0-1.0",
    target="3-1-2-1",
    on_tempo_share=0.89,
    tempo_breaks={"eccentric_short": (9,)},
    concentric_s=2.0,
    pause_contracted_s=1.0,
    eccentric_s=3.0,
    pause_stretched_s=0.9,
    diagonal_deg=36.1,
    diagonal_spread_deg=1.1,
    in_zone_share=0.875,
    rom_m=0.41,
    rom_deg=28.0,
    mean_velocity_mps=0.21,
    mean_force_n=99.0,
    work_j=361.0,
    faults={"fast_return": (9,)},
    eccentric_drift_s=-0.4,
    pause_contracted_drift_s=-0.2,
    rom_drift_m=-0.03,
    rom_drift_deg=-2.1,
    mean_force_drift_n=1.5,
    velocity_loss_share=0.06,
    vs_last_session="friday",
    vs_last_set=1,
    vs_last_reps=1,
    vs_last_on_tempo_share=0.1,
    vs_last_eccentric_s=0.2,
    vs_last_pause_contracted_s=0.1,
    vs_last_diagonal_deg=1.4,
    vs_last_rom_m=0.02,
    vs_last_rom_deg=1.0,
    vs_last_mean_force_n=4.0,
    vs_last_work_j=22.0,
    vs_last_time_under_tension_s=6.0,
)

_CUE = Cue(
    session="monday",
    set=1,
    rep=1,
    kind=CueKind.FORM,
    word="return_slower",
    fault="fast_return",
    severity=1.2,
    about_s=15.8,
    detected_s=16.0,
)

_REJECTED = Rejected(
    session="monday",
    set=None,
    start_s=4.0,
    end_s=4.6,
    detected_s=4.8,
    reason=Rejection.TWITCH,
    range_m=0.05,
    range_deg=None,
)


def rep(number: int = 1, **fields: Any) -> Rep:
    return msgspec.structs.replace(_REP, rep=number, **fields)


def set_summary(**fields: Any) -> SetSummary:
    return msgspec.structs.replace(_SET, **fields)


def rejected(**fields: Any) -> Rejected:
    return msgspec.structs.replace(_REJECTED, **fields)


def phase(
    kind: Phase,
    number: int | None = 1,
    set_number: int | None = 1,
    at_s: float = 10.0,
    target: str | None = "3-1-2-1",
) -> PhaseChange:
    return phase_change(
        kind,
        at_s,
        at_s + 0.05,
        set_number=set_number,
        rep=number,
        target=None if target is None or set_number is None else parse_tempo(target),
    )


def cue(number: int | None = 1, **fields: Any) -> Cue:
    return msgspec.structs.replace(_CUE, rep=number, **fields)


def numbered(*results: Result, device: str = "replay") -> list[Numbered]:
    numbering = Numbering(device, replay=True)
    return [numbering.number(result, "2026-05-01T17:30:00Z") for result in results]
