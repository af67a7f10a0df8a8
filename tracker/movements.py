"""Finds movements out and back in a stream of poses, live.

All thresholds are fractions of the lifter's own range, never fixed speeds: a slow lifter and a fast
one, a long leg and a short one are treated alike. What comes out is a movement with rough turning
points; `tracker.phases` puts its boundaries where the movement really turned, and `tracker.reps`
judges whether it was a rep.
"""

from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic

from tracker.ledge import Ledge
from tracker.low import Low, unseen_s
from tracker.messages import Phase
from tracker.movement import Ending, Level, Movement, Turn
from tracker.movement_params import MovementParams
from tracker.progress import PoseT
from tracker.rest import Rest
from tracker.slowing import Slowing
from tracker.speed import Speed
from tracker.stir import Stir
from tracker.swing_rate import SwingRate


class Movements(Generic[PoseT]):
    """The state machine of one lifter's movement along one kind of progress.

    `scale` is the range movements are compared with, in the unit of progress: set it to the lifter's
    own range as that becomes known. `start` is the start position of the movement in progress, or the one
    it would begin from, `rested_s` how long the leg had stood still there, and `peak` the furthest that the
    last movement has gone. Call `update` for each sample; it returns the live turns and, when one is over,
    the movement.
    """

    def __init__(
        self,
        measure: Callable[[PoseT], float],
        scale: float,
        params: MovementParams | None = None,
        *,
        signed: bool = True,
        swing: SwingRate | None = None,
    ) -> None:
        """`measure` turns a pose into progress and may change: levels are poses and follow it.

        `signed`: whether progress is less than nothing on the other side of the start. `swing`: of the
        ankle, where there is one.
        """
        self.params = params or MovementParams()
        self.scale = scale
        self.phase = Phase.PAUSE_STRETCHED
        self._measure = measure
        self._signed = signed
        self._trace: deque[Level[PoseT]] = deque()
        self._speed = Speed(measure, self.params.window_s)
        self.start: Level[PoseT] | None = None
        self.peak: Level[PoseT] | None = None
        self._hold: Level[PoseT] | None = None
        self._low: Low[PoseT] | None = None
        self._fastest = 0.0
        self._slowing = Slowing(measure, self.params, swing)
        self._rest = Rest(measure)
        self.rested_s = 0.0
        self._hold_still_s = 0.0
        self._ledge: Ledge[PoseT] | None = None
        self._stir = Stir(self.params, swing)

    def keep_pace(self, rep: Movement[PoseT]) -> None:
        """Take the pace of a rep, from which the next is noticed as soon as it sets off."""
        self._stir.learn(rep.fastest_out, rep.fastest_back)

    def update(self, t_s: float, pose: PoseT) -> tuple[list[Turn], list[Movement[PoseT]]]:
        """Take one sample; times must not decrease. Return live turns and the movements that are over."""
        now = Level(t_s, pose)
        progress = self._measure(pose)
        self._trace.append(now)
        speed = self._speed.update(now, progress)
        if self.start is None:
            self.start = now
        self._rest.update(now, progress, self.params.still * self.scale)
        if self.phase is Phase.PAUSE_STRETCHED:
            return self._at_start(now, progress, speed), []
        if t_s - self.start.t_s > 2.0 * self.params.longest_hold_s:
            return [], [self._given_up(now)]
        if self.phase is Phase.CONCENTRIC:
            return self._outwards(now, progress, speed)
        if self.phase is Phase.PAUSE_CONTRACTED:
            return self._held(now, progress, speed)
        return self._returning(now, progress, speed)

    @property
    def trace(self) -> Sequence[Level[PoseT]]:
        """Every pose of the movement in progress, and of `lookback_s` before it."""
        return self._trace

    def give_up(self) -> Movement[PoseT] | None:
        """End a movement in progress where it is, as incomplete; the present pose is the new start."""
        if self.phase is Phase.PAUSE_STRETCHED or not self._trace:
            return None
        return self._finish(self._trace[-1], Ending.GIVEN_UP)

    def _at_start(self, now: Level[PoseT], progress: float, speed: float) -> list[Turn]:
        while now.t_s - self._trace[0].t_s > self.params.lookback_s:
            self._trace.popleft()
        assert self.start is not None
        travel, still_s = progress - self._measure(self.start.pose), self._rest.still_s
        if travel <= 0.0:
            self.start, self.rested_s = now, self._rest.lately_s
        elif still_s > self.params.at_rest_s and self._settled_below(progress):
            self.start, self.rested_s = Level(now.t_s, self._rest.pose), still_s
        elif travel > self.params.onset * self.scale:
            return self._told(self._set_off(self.start, now))
        self.rested_s = max(self.rested_s, still_s)
        return self._stir.watch(Phase.CONCENTRIC, self.phase, now.t_s, travel / self.scale, speed)

    def _settled_below(self, progress: float) -> bool:
        """Whether the leg came to rest no further out than it is now: while it still settles, the lowest
        it has been is the start position, and not where it began to be slow."""
        return self._measure(self._rest.pose) <= progress

    def _set_off(self, start: Level[PoseT], now: Level[PoseT]) -> Turn:
        self.start, self.peak, self._hold, self._ledge, self._low = start, now, None, None, None
        self._fastest = 0.0
        self.phase = Phase.CONCENTRIC
        return Turn(Phase.CONCENTRIC, start.t_s, now.t_s)

    def _outwards(
        self, now: Level[PoseT], progress: float, speed: float
    ) -> tuple[list[Turn], list[Movement[PoseT]]]:
        assert self.start is not None
        assert self.peak is not None
        highest = self._measure(self.peak.pose)
        if progress >= highest:
            self.peak, highest = now, progress
        self._fastest = max(self._fastest, speed)
        if self._goes_on_from_rest(progress):
            return self._go_on_from_hold(now)
        if highest - progress > self.params.turn * (highest - self._measure(self.start.pose)):
            return [self._turn_back(self.peak.t_s, now)], []
        if speed < self.params.slow * self._fastest:
            self._hold_at(now)
            return [Turn(self.phase, now.t_s - 0.5 * self.params.window_s, now.t_s)], []
        return [], []

    def _go_on_from_hold(self, now: Level[PoseT]) -> tuple[list[Turn], list[Movement[PoseT]]]:
        assert self._hold is not None
        rested_s, hold = self._hold_still_s, self._hold
        movement = self._finish(hold, Ending.WENT_ON)
        self.rested_s = rested_s
        return [self._set_off(hold, now)], [movement]

    def _goes_on_from_rest(self, progress: float) -> bool:
        """Whether the last hold was a new start position: it stood still, and a rise follows it."""
        if self._hold is None or self._hold_still_s < self.params.rested_s:
            return False
        assert self.start is not None
        held = self._measure(self._hold.pose)
        risen = held - self._measure(self.start.pose)
        return progress - held > self.params.regained * min(risen, self.scale)

    def _told(self, turn: Turn) -> list[Turn]:
        """Return the turn, unless it was told when it stirred."""
        return [] if self._stir.told(turn.phase) else [turn]

    def _held(
        self, now: Level[PoseT], progress: float, speed: float
    ) -> tuple[list[Turn], list[Movement[PoseT]]]:
        assert self.start is not None
        assert self.peak is not None
        assert self._hold is not None
        highest = self._measure(self.peak.pose)
        if progress > highest:
            self.peak, highest = now, progress
        rise = highest - self._measure(self.start.pose)
        if max(now.t_s - self.peak.t_s, self._rest.still_s) > self.params.longest_hold(
            min(1.0, rise / self.scale)
        ):
            return [], [self._given_up(now)]
        moved = progress - self._measure(self._hold.pose)
        self._hold_still_s = max(self._hold_still_s, self._rest.perhaps_s)
        if self._rest.still_s >= self.params.rested_s:
            self._hold = Level(now.t_s, self._rest.pose)
        if moved > self.params.turn * rise:
            self.phase, self._ledge = Phase.CONCENTRIC, Ledge(self._hold, self._hold_still_s)
            return [Turn(self.phase, self._hold.t_s, now.t_s)], []
        if moved < -self.params.leave * rise:
            return self._told(self._turn_back(now.t_s - 0.5 * self.params.window_s, now)), []
        return self._stir.watch(Phase.ECCENTRIC, self.phase, now.t_s, -moved / self.scale, -speed), []

    def _given_up(self, now: Level[PoseT]) -> Movement[PoseT]:
        """End a movement that stays where it is: that is the start position now, and it is at rest there."""
        rested_s = self._rest.still_s
        movement = self._finish(now, Ending.GIVEN_UP)
        self.rested_s = rested_s
        return movement

    def _hold_at(self, now: Level[PoseT]) -> None:
        self.phase, self._hold, self._hold_still_s = Phase.PAUSE_CONTRACTED, now, 0.0

    def _turn_back(self, began_s: float, now: Level[PoseT]) -> Turn:
        self.phase, self._low = Phase.ECCENTRIC, Low(now, unseen_s(self._trace))
        self._slowing.begin(began_s)
        return Turn(self.phase, began_s, now.t_s)

    def _returning(
        self, now: Level[PoseT], progress: float, speed: float
    ) -> tuple[list[Turn], list[Movement[PoseT]]]:
        p = self.params
        assert self.start is not None
        assert self.peak is not None
        assert self._low is not None
        low = self._low
        lowest = self._measure(low.level.pose)
        if progress <= lowest:
            low.reach(now, unseen_s(self._trace))
            lowest = progress
        low.rest_s = max(low.rest_s, self._rest.perhaps_s)
        highest = self._measure(self.peak.pose)
        rise = highest - self._measure(self.start.pose)
        returned = highest - lowest
        share_returned = returned / rise if rise > 0.0 else 1.0
        self._slowing.update(self._trace, -speed, self._rest.still_s, share_returned)
        if progress - lowest > max(p.turn * rise, p.onset * self.scale):
            if low.unseen_s > p.unseen_s and (not self._signed or rise < p.far * self.scale):
                return self._come_back_unseen(low.level, now)
            if returned < p.turned_back * rise and not self._began_from_ledge(low.level):
                self._hold_unseen(low)
                self.phase = Phase.CONCENTRIC
                return [Turn(self.phase, low.level.t_s, now.t_s)], []
            if self._passes_old_start(rise):
                return self._go_on_from_hold(now)
            movements = self._come_back(low.level)
            return [self._set_off(low.level, now)], movements
        if self._slowing.over(share_returned):
            return self._settled(low, now)
        if returned < p.returned * rise and self._slowing.slow_s >= p.stall_s:
            if self._began_from_ledge(low.level):
                return self._settled(low, now)
            since_s = self._slowing.since_s
            assert since_s is not None
            self._hold_at(now)
            self._hold_unseen(low)
            return [Turn(self.phase, since_s, now.t_s)], []
        return [], []

    def _come_back_unseen(
        self, low: Level[PoseT], now: Level[PoseT]
    ) -> tuple[list[Turn], list[Movement[PoseT]]]:
        """End a movement whose return went unseen, as did where the leg set off again: where it had begun."""
        assert self.start is not None
        back = Level(low.t_s, self.start.pose)
        movement = self._finish(back, Ending.RETURNED)
        return [self._set_off(back, now)], [movement]

    def _hold_unseen(self, low: Low[PoseT]) -> None:
        """Take for a hold where the leg may have rested unseen before it set off again."""
        if low.rest_s >= self.params.rested_s:
            self._hold, self._hold_still_s = low.level, low.rest_s

    def _passes_old_start(self, rise: float) -> bool:
        """Whether a leg that shifted and stood passes its old start: unsigned, that looks like a return."""
        p = self.params
        shifted = self._hold is not None and rise < p.no_rep * self.scale
        return not self._signed and shifted and self._hold_still_s >= p.stall_s

    def _settled(self, low: Low[PoseT], now: Level[PoseT]) -> tuple[list[Turn], list[Movement[PoseT]]]:
        movements = self._come_back(low.level)
        return [Turn(self.phase, movements[-1].end.t_s, now.t_s)], movements

    def _come_back(self, end: Level[PoseT]) -> list[Movement[PoseT]]:
        """End the movement; where a hold on its way was a new start position, that was two movements."""
        ledge = self._ledge
        if ledge is None or not self._began_from_ledge(end):
            return [self._finish(end, Ending.RETURNED)]
        repositioned = self._finish(ledge.level, Ending.WENT_ON)
        self.rested_s = ledge.still_s
        return [repositioned, self._finish(end, Ending.RETURNED)]

    def _began_from_ledge(self, end: Level[PoseT]) -> bool:
        assert self.start is not None
        assert self.peak is not None
        course = (self.start, self.peak, end)
        return self._ledge is not None and self._ledge.began(self._measure, course, self.scale, self.params)

    def _finish(self, end: Level[PoseT], ending: Ending) -> Movement[PoseT]:
        assert self.start is not None
        assert self.peak is not None
        movement = Movement(
            start=self.start,
            peak=self.peak,
            end=end,
            ending=ending,
            rested_s=self.rested_s,
            trace=tuple(self._trace),
            fastest_out=self._fastest,
            fastest_back=self._slowing.fastest,
        )
        self.phase, self.start, self.rested_s = Phase.PAUSE_STRETCHED, end, 0.0
        return movement
