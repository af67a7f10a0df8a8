"""A hold on the way out from which the leg went on: perhaps the place where the next movement began."""

from collections.abc import Callable
from typing import Generic, NamedTuple

from tracker.movement import Level
from tracker.movement_params import MovementParams
from tracker.progress import PoseT


class Ledge(NamedTuple, Generic[PoseT]):
    """Where it was held, and for how long it stood still there (s)."""

    level: Level[PoseT]
    still_s: float

    def began(
        self,
        measure: Callable[[PoseT], float],
        start_peak_end: tuple[Level[PoseT], Level[PoseT], Level[PoseT]],
        scale: float,
        params: MovementParams,
    ) -> bool:
        """Whether the way went far out from here, itself well off the start, and came back to here.

        `measure`: progress of a pose. `scale`: range that progress is compared with.
        """
        if self.still_s < params.stall_s:
            return False
        start, peak, end = (measure(level.pose) for level in start_peak_end)
        here = measure(self.level.pose)
        risen, out, off = here - start, peak - here, abs(end - here)
        return out > params.regained * min(risen, scale) and off < params.back * out < risen
