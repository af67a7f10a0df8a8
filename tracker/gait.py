"""Tells steps from kicks where only the ankle is known: a kick starts from home, comes back to it, and
goes the set's way.

In gait the leg swings through from one side of the body to the other, so its swings begin far from where
the lifter stands, end far beyond it, and every other one goes forwards. Heel strikes tell more, where
they are hard enough (`tracker.jolts`); these hold on a soft floor too.
"""

from collections import deque
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Generic

from tracker.movement import Movement
from tracker.progress import PoseT, Progress, Vector, dot


@dataclass(frozen=True, slots=True)
class GaitParams:
    """`through`: share of the rise, or of the set's largest if that was larger, beyond its start at which a
    return swings through: short reps do not end nearer to their start than long ones.
    `elsewhere`: share of the rise by which the start of a kick may be off the last rep's.
    `rested_s`: having stood still so long, a lifter may start from anywhere.
    `known_ways`: reps of a set after which its way is known. `other_way`: cosine of the angle off that
    way from which a movement is something else.
    """

    through: float = 0.2
    elsewhere: float = 0.4
    rested_s: float = 0.25
    known_ways: int = 3
    other_way: float = 0.5


class Gait(Generic[PoseT]):
    """Remembers where the reps of a set start and which way they go."""

    def __init__(self, progress: Progress[PoseT], params: GaitParams | None = None) -> None:
        """Start before a set."""
        self.params = params or GaitParams()
        self._progress = progress
        self._ways: deque[Vector] = deque(maxlen=8)
        self._home: PoseT | None = None
        self._largest_rise = 0.0

    def new_set(self) -> None:
        """Forget the last set's reps."""
        self._ways.clear()
        self._home, self._largest_rise = None, 0.0

    def learn(self, rep: Movement[PoseT]) -> None:
        """Take a rep."""
        self._home = rep.start.pose
        [rise] = self._progress.refined([rep.peak.pose], rep.start.pose, rep.peak.pose)
        self._largest_rise = max(self._largest_rise, rise)
        way = self._progress.way(rep.start.pose, rep.peak.pose)
        if way is not None:
            self._ways.append(way)

    def is_step(self, movement: Movement[PoseT]) -> bool:
        """Whether a movement, as large as a rep, was a step."""
        p = self.params
        start, peak = movement.start.pose, movement.peak.pose
        rise, last = self._progress.refined([peak, movement.trace[-1].pose], start, peak)
        if last < -p.through * max(rise, self._largest_rise):
            return True
        return self._starts_elsewhere(movement, rise) or self._goes_elsewhere(movement)

    def _starts_elsewhere(self, movement: Movement[PoseT], rise: float) -> bool:
        p = self.params
        if self._home is None or movement.rested_s >= p.rested_s:
            return False
        return self._progress.apart(movement.start.pose, self._home) > p.elsewhere * rise

    def _goes_elsewhere(self, movement: Movement[PoseT]) -> bool:
        p = self.params
        way = self._progress.way(movement.start.pose, movement.peak.pose)
        if way is None or len(self._ways) < p.known_ways:
            return False
        mean = (
            fsum(w[0] for w in self._ways),
            fsum(w[1] for w in self._ways),
            fsum(w[2] for w in self._ways),
        )
        size = sqrt(dot(mean, mean))
        return size > 0.0 and dot(way, mean) < p.other_way * size
