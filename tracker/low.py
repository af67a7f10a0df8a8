"""How far a return has come, and what may have happened there unseen."""

from collections.abc import Sequence
from typing import Generic

from tracker.movement import Level
from tracker.progress import PoseT


def unseen_s(trace: Sequence[Level[PoseT]]) -> float:
    """Return how long (s) nothing was seen before the last sample of a trace."""
    return trace[-1].t_s - trace[-2].t_s if len(trace) > 1 else 0.0


class Low(Generic[PoseT]):
    """The least progress of a return so far.

    `level`: when and where. `unseen_s`: how long nothing was seen before it. `rest_s`: how long the leg may
    have rested there, at most.
    """

    def __init__(self, level: Level[PoseT], unseen_s: float) -> None:
        """Start where a return is first seen."""
        self.reach(level, unseen_s)

    def reach(self, level: Level[PoseT], unseen_s: float) -> None:
        """Go further."""
        self.level, self.unseen_s, self.rest_s = level, unseen_s, 0.0
