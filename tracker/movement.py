"""A movement out and back, as it was seen live: rough turning points, and the trace to refine them from."""

from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import pairwise
from typing import Generic, NamedTuple

from tracker.messages import Phase
from tracker.progress import PoseT

LONG_SILENCE_S = 0.12
"""In a longer time without samples a leg may have come to stand, or turned back and forth: how far it went,
where it came back to and whether it rested are doubtful."""


class Level(NamedTuple, Generic[PoseT]):
    """A pose that was reached at a moment."""

    t_s: float
    pose: PoseT


class Ending(Enum):
    """How a movement ended: it came back; it stood still and went on outwards from there, so that it
    was a change of start position; or it was given up without a return."""

    RETURNED = auto()
    WENT_ON = auto()
    GIVEN_UP = auto()


@dataclass(frozen=True, slots=True)
class Movement(Generic[PoseT]):
    """A movement out and, unless its ending says otherwise, back.

    `start`, `peak`, `end`: rough turning points.
    `rested_s`: how long the leg had stood still when it began.
    `fastest_out`, `fastest_back`: peak speed of progress either way, as seen live.
    `trace`: every (time, pose) from `lookback_s` before the start to when it was over.
    """

    start: Level[PoseT]
    peak: Level[PoseT]
    end: Level[PoseT]
    ending: Ending
    rested_s: float
    trace: tuple[Level[PoseT], ...] = field(repr=False)
    fastest_out: float = 0.0
    fastest_back: float = 0.0

    @property
    def longest_silence_s(self) -> float:
        """The longest time without a sample between start and end."""
        times = [level.t_s for level in self.trace if self.start.t_s <= level.t_s <= self.end.t_s]
        return max((b - a for a, b in pairwise(times)), default=0.0)


@dataclass(frozen=True, slots=True)
class Turn:
    """A live phase change: `began_s` is the first estimate, `t_s` when it was noticed."""

    phase: Phase
    began_s: float
    t_s: float
