"""The results: one type per message, in the words and units in which they leave the house.

Every field that is a physical quantity carries its unit in its name. A value that could not be
measured is null; a value that is shown as good is within its stated tolerance, else `quality` is
`suspect` and `quality_reasons` say why. Times ending in `_s` that name a moment are seconds of the
session clock.
"""

from enum import StrEnum
from typing import ClassVar, Literal

import msgspec

from tracker.cues.words import CueWord, PhaseWord
from tracker.form.fault import FaultName
from tracker.setup import Leg
from tracker.tempo import TempoBreak

LegSource = Literal["told", "kicks"]
Midline = Literal["calibration", "cable", "walk", "mount"]
EndReason = Literal["inactivity", "tension_released", "announced", "session_end"]


class Phase(StrEnum):
    """Where in a rep the lifter is; `idle` outside a set."""

    IDLE = "idle"
    CONCENTRIC = "concentric"
    PAUSE_CONTRACTED = "pause_contracted"
    ECCENTRIC = "eccentric"
    PAUSE_STRETCHED = "pause_stretched"


class RepKind(StrEnum):
    """`full`, `partial` (range below 60 % of the lifter's own), `unfinished` (no return was seen)."""

    FULL = "full"
    PARTIAL = "partial"
    UNFINISHED = "unfinished"


class Rejection(StrEnum):
    """Why a movement is not a rep."""

    TWITCH = "twitch"
    BOUNCE = "bounce"
    NO_RETURN = "no_return"
    REPOSITIONED = "repositioned"
    NOT_AT_REST = "not_at_rest"
    TOO_FAST = "too_fast"
    WALKING = "walking"
    CALIBRATION = "calibration"


class Rep(msgspec.Struct, frozen=True, kw_only=True):
    """One repetition, published when its return has ended.

    `tempo_breaks`: the phases that broke the target tempo; empty where it was kept or nobody aimed at one.
    `cue`: the word of the cue that follows it, null for none.
    """

    SCHEMA: ClassVar[str] = "kickback.rep/1"
    TOPIC: ClassVar[str] = "rep"

    session: str
    set: int
    rep: int
    kind: RepKind
    exercise: str
    leg: Leg | None
    leg_source: LegSource | None
    concentric_start_s: float
    pause_start_s: float
    eccentric_start_s: float | None
    eccentric_end_s: float | None
    detected_s: float
    concentric_s: float
    pause_contracted_s: float | None
    eccentric_s: float | None
    pause_stretched_s: float | None
    time_under_tension_s: float | None
    tempo: str | None
    target: str | None
    on_tempo: bool | None
    tempo_breaks: tuple[TempoBreak, ...]
    diagonal_deg: float | None
    diagonal_sd_deg: float | None
    diagonal_reason: str | None
    midline: Midline | None
    in_zone: bool | None
    rom_m: float | None
    rom_deg: float | None
    mean_velocity_mps: float | None
    peak_velocity_mps: float | None
    mean_force_n: float | None
    peak_force_n: float | None
    work_j: float | None
    mean_power_w: float | None
    peak_power_w: float | None
    faults: tuple[str, ...]
    cue: CueWord | None
    quality: Literal["good", "suspect"]
    quality_reasons: tuple[str, ...]


class SetSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One set, published when it has ended.

    `start_s` is where the first confirmed rep began, `end_s` where the last one ended. `rest_before_s`:
    from the end of the session's set before to the start of this one. `target_reached_s`: when the last
    of `target_reps` reps had returned. Quantities named as in a rep are means over the set's reps; work and
    time under tension are sums.
    `on_tempo_share`: of the reps that had a target. `tempo_breaks`, `faults`: which reps broke the tempo in
    which phase, and had which fault. `*_drift_*`: the change from the first rep to the last along the
    straight line through all of them (least squares), null for fewer than three. `velocity_loss_share`: what
    the mean velocity of the last full rep lacks of the fastest one's; of a kick that keeps to a tempo it
    says little. `reps_suspect`: reps whose numbers were impaired. `unseen_s`: how long reps may have gone by
    unseen, from before the first one until the set was closed, and among the calibration kicks before it, of
    which a rep takes the place: in silence of all that tells reps, or of a cable that may have missed turns.
    `vs_last_*`: this set less the matching one of the last session with this exercise and leg, the set of
    the same place in its order or else its last. `vs_other_leg_*`: this set less the matching one of
    the other leg in this session. All null where there is none, and each where one of the two lacks it.
    """

    SCHEMA: ClassVar[str] = "kickback.set/1"
    TOPIC: ClassVar[str] = "set"

    session: str
    set: int
    exercise: str
    leg: Leg | None
    leg_source: LegSource | None
    start_s: float
    end_s: float
    end_reason: EndReason
    detected_s: float
    rest_before_s: float | None
    reps_full: int
    reps_partial: int
    reps_unfinished: int
    reps_suspect: int
    rejected: int
    unseen_s: float = 0.0
    target_reps: int | None
    target_reached_s: float | None
    time_under_tension_s: float
    tempo: str | None
    target: str | None
    on_tempo_share: float | None
    tempo_breaks: dict[str, tuple[int, ...]]
    concentric_s: float | None
    pause_contracted_s: float | None
    eccentric_s: float | None
    pause_stretched_s: float | None
    diagonal_deg: float | None
    diagonal_spread_deg: float | None
    in_zone_share: float | None
    rom_m: float | None
    rom_deg: float | None
    mean_velocity_mps: float | None
    mean_force_n: float | None
    work_j: float | None
    faults: dict[str, tuple[int, ...]]
    eccentric_drift_s: float | None
    pause_contracted_drift_s: float | None
    rom_drift_m: float | None
    rom_drift_deg: float | None
    mean_force_drift_n: float | None
    velocity_loss_share: float | None
    vs_last_session: str | None = None
    vs_last_set: int | None = None
    vs_last_reps: int | None = None
    vs_last_on_tempo_share: float | None = None
    vs_last_eccentric_s: float | None = None
    vs_last_pause_contracted_s: float | None = None
    vs_last_diagonal_deg: float | None = None
    vs_last_rom_m: float | None = None
    vs_last_rom_deg: float | None = None
    vs_last_mean_force_n: float | None = None
    vs_last_work_j: float | None = None
    vs_last_time_under_tension_s: float | None = None
    vs_other_leg_session: str | None = None
    vs_other_leg_set: int | None = None
    vs_other_leg_reps: int | None = None
    vs_other_leg_on_tempo_share: float | None = None
    vs_other_leg_eccentric_s: float | None = None
    vs_other_leg_pause_contracted_s: float | None = None
    vs_other_leg_diagonal_deg: float | None = None
    vs_other_leg_rom_m: float | None = None
    vs_other_leg_rom_deg: float | None = None
    vs_other_leg_mean_force_n: float | None = None
    vs_other_leg_work_j: float | None = None
    vs_other_leg_time_under_tension_s: float | None = None

    @property
    def reps(self) -> int:
        """Confirmed reps of every kind."""
        return self.reps_full + self.reps_partial + self.reps_unfinished


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """A movement that was seen, judged and not counted."""

    SCHEMA: ClassVar[str] = "kickback.rejected/1"
    TOPIC: ClassVar[str] = "rejected"

    session: str
    set: int | None
    start_s: float
    end_s: float
    detected_s: float
    reason: Rejection
    range_m: float | None
    range_deg: float | None


class CueKind(StrEnum):
    """What a cue is about: a fault of form, the reps aimed at, the end of a set."""

    FORM = "form"
    TARGET_REACHED = "target_reached"
    SET_OVER = "set_over"


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """What the lifter is told after a rep or a set; screen and buzzer say the same.

    After a rep there is one at most. `word` says what to do, `fault` against what and `severity` how bad
    it is: 1 is large. `about_s` is the moment of what it speaks of, the end of the rep or of waiting for
    another one.
    """

    SCHEMA: ClassVar[str] = "kickback.cue/1"
    TOPIC: ClassVar[str] = "cue"

    session: str
    set: int
    rep: int | None
    kind: CueKind
    word: CueWord
    fault: FaultName | None
    severity: float | None
    about_s: float
    detected_s: float


Result = Rep | SetSummary | Rejected | Cue
"""What is numbered, kept and published."""

RESULT_TYPES: tuple[type[Rep] | type[SetSummary] | type[Rejected] | type[Cue], ...] = (
    Rep,
    SetSummary,
    Rejected,
    Cue,
)


class PhaseChange(msgspec.Struct, frozen=True, kw_only=True):
    """A live phase change: shown at once, not numbered; the rep event carries the refined times.

    `began_s` is the first estimate of when the phase began, `detected_s` when it was noticed.
    `set` and `rep` count the movement in progress (pending until its `Rep` event); both null when idle.
    `word`: what to do in this phase, null when idle. `target_s`: how long it should take, null where nobody
    said; `explosive`: as fast as possible, and in `target_s` at the latest.
    """

    phase: Phase
    began_s: float
    detected_s: float
    set: int | None
    rep: int | None
    word: PhaseWord | None
    target_s: float | None
    explosive: bool


Event = Result | PhaseChange
"""Everything that leaves the core, in the order in which it happened."""


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What the shell adds to a result before it is published.

    `id` is `<device>-<seq>`; `seq` is gap-free over all events of a device. `ts` is RFC 3339 UTC of
    the moment of detection, null for a recording that does not say when it was made; `time_sync`
    says whether that clock was set by the network; `replay` marks a recording played again.
    """

    schema: str
    id: str
    seq: int
    ts: str | None
    time_sync: bool
    replay: bool


def payload(event: msgspec.Struct, envelope: Envelope) -> bytes:
    """The flat JSON object of a published event: envelope first, then the event's own fields."""
    fields = msgspec.to_builtins(envelope) | msgspec.to_builtins(event)
    return msgspec.json.encode(fields)
