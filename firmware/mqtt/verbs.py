"""Verbs: what can be asked of a tracker, and with which fields (DESIGN, section 7)."""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta

from tracker.profiles import PROFILES
from tracker.setup import MOST_REPS, Leg
from tracker.tempo import parse_tempo

RequestId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}(?![\s\S])")]
"""Its end is written as "nothing follows", since `$` also lets a newline follow."""

LONGEST_LEASE_S = 60
LARGEST_SEQ = 10**12


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every command may say: with a `request_id` it is done once, however often it comes."""

    request_id: RequestId | None = None


class NewSet(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Begin a set now; one that is open ends."""


class EndSet(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """End the set now."""


class Calibrate(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The next three kicks go straight back: they tell the midline and how the cuff is worn."""


class Tare(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The cable is slack now: this is no load."""


class Identify(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Show which device this is, by its display, buzzer or lamp."""


class ChooseExercise(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is trained from now on: the name of a profile."""

    exercise: Annotated[str, Meta(max_length=64)]

    def __post_init__(self) -> None:
        """Refuse an exercise that nobody knows."""
        if self.exercise not in PROFILES:
            raise ValueError(f"unknown exercise; known are {', '.join(PROFILES)}")


class ChooseLeg(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The working leg from now on; null lets it be found from the kicks."""

    leg: Leg | None


class ChooseTarget(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The tempo to aim at from now on, for example `3-1-2-1`; null for none."""

    target: Annotated[str, Meta(max_length=32)] | None

    def __post_init__(self) -> None:
        """Refuse what is no tempo."""
        if self.target is not None:
            parse_tempo(self.target)


class ChooseTargetReps(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The reps to aim at in each set from now on; null for no such aim."""

    target_reps: Annotated[int, Meta(ge=1, le=MOST_REPS)] | None


class Live(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publish the live topic for so many seconds from now; 0 ends it."""

    lease_s: Annotated[int, Meta(ge=0, le=LONGEST_LEASE_S)] = LONGEST_LEASE_S


class Replay(Command, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Publish the results of these numbers once more, both ends included."""

    from_seq: Annotated[int, Meta(ge=1, le=LARGEST_SEQ)]
    to_seq: Annotated[int, Meta(ge=1, le=LARGEST_SEQ)]

    def __post_init__(self) -> None:
        """Refuse an empty range."""
        if self.to_seq < self.from_seq:
            raise ValueError("to_seq is below from_seq")


VERBS: Mapping[str, type[Command]] = {
    "new-set": NewSet,
    "end-set": EndSet,
    "calibrate": Calibrate,
    "tare": Tare,
    "identify": Identify,
    "exercise": ChooseExercise,
    "leg": ChooseLeg,
    "target": ChooseTarget,
    "target-reps": ChooseTargetReps,
    "live": Live,
    "replay": Replay,
}


class CommandResult(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command: `reason` says why it was refused. `repeated`: it had been done before."""

    schema: str = "kickback.result/1"
    verb: str
    request_id: str | None
    done: bool
    reason: str | None
    repeated: bool = False
