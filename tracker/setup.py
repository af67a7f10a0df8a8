"""What the tracker is told about a session before its first sample."""

from typing import Literal

import msgspec

Leg = Literal["left", "right"]

MOST_REPS = 200
"""Nobody aims at more in one set."""


class EarlierSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a set of another session is remembered by; fields as in `tracker.messages.SetSummary`."""

    session: str
    set: int
    exercise: str
    leg: Leg | None
    reps: int
    on_tempo_share: float | None
    eccentric_s: float | None
    pause_contracted_s: float | None
    diagonal_deg: float | None
    rom_m: float | None
    rom_deg: float | None
    mean_force_n: float | None
    work_j: float | None
    time_under_tension_s: float


class SessionSetup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The settings of one session; the same whether it is live, replayed or analysed.

    `session`: name of the session, published with every event.
    `exercise`: name of a profile (`tracker.profiles`).
    `leg`: the working leg as the lifter told it; None when nobody said.
    `leg_length_m`: hip joint to ankle cuff; None takes the profile's default.
    `pulley_distance_m`: low pulley to the standing ankle along the floor; None when not measured.
    `cuff_as_printed`: whether the cuff is worn as its print shows, the sensor's x axis to the front and z up
    the leg; then it may tell straight back where nothing better does. It may be worn any way round.
    `pulley_assumed`: whether the pulley's diameter is neither measured nor told, so that travel, speed and
    work by the cable are in proportion to a guess; every rep they are in then says so.
    `target`: tempo to aim at, in DESIGN's order, for example `3-1-2-1`; None for no target.
    `target_reps`: reps to aim at in each set; None for no such target.
    `earlier`: sets of earlier sessions in the order of time, which this session's are compared with.
    """

    session: str = "session"
    exercise: str = "cable-kickback"
    leg: Leg | None = None
    leg_length_m: float | None = None
    pulley_distance_m: float | None = None
    cuff_as_printed: bool = False
    pulley_assumed: bool = False
    target: str | None = None
    target_reps: int | None = None
    earlier: tuple[EarlierSet, ...] = ()
