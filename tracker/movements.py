"""Finds movements out and back in a stream of poses, live.

All thresholds are fractions of the lifter's own range, never fixed speeds: a slow lifter and a fast
one, a long leg and a short one are treated alike. What comes out is a movement with rough turning
points; `tracker.phases` puts its boundaries where the movement really turned, and `tracker.reps`
judges whether it was a rep.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from tracker.messages import Phase
from tracker.movement import Ending, Level, Movement, Turn
from tracker.progress import PoseT


@dataclass(frozen=True, slots=True)
class MovementParams:
    """All ranges as fractions of the lifter's own range; see `Movements.scale`.

    `onset`: travel from the start position that begins a movement; larger reacts later.
    `leave`: travel from the held position that begins the return; larger ignores more creep.
    `turn`: travel against the direction of movement that is a turn and not tremor.
    `slow`: speed, as a fraction of the phase's own peak speed, under which a phase may have ended.
    `window_s`: time over which speed is taken; longer is calmer and later.
    `ended`: the same for the return, where the boundary itself (5 %) must have been passed.
    `settle_s`: how long the end of the return must be slow before the movement is over.
    `home`, `doubtful_s`, `patience`: where less than this share of the rise has come back, it must be
    slow for longer, and for this share of a long return: a slow return wavers before its end.
    `stall_s`: how long a return must stand still half way before it is taken for a hold.
    `returned`: share of the rise that must be returned for the movement to be over when it is slow.
    `turned_back`: share that must be returned for the movement to be over when the next one begins.
    `still`: range within which a leg that stands still may tremble and creep.
    `at_rest_s`: how long it stands still before its pose is taken for the start position.
    `rested_s`, `regained`: a hold that stood still this long and then goes on outwards by this share
    of what it had risen, at most of the own range, was a new start position and no hold: stepping back,
    taking a bar from its rack.
    `longest_hold_s`: how long a rise over the whole range may be held before it is no rep any more; a
    smaller rise has less time, with the square of its share, and is then a new start position.
    `lookback_s`: history kept before a movement, for back-dating its start.
    """

    onset: float = 0.08
    leave: float = 0.06
    turn: float = 0.15
    slow: float = 0.08
    ended: float = 0.05
    window_s: float = 0.15
    settle_s: float = 0.1
    home: float = 0.985
    doubtful_s: float = 0.2
    patience: float = 0.1
    stall_s: float = 0.3
    returned: float = 0.55
    turned_back: float = 0.5
    still: float = 0.03
    at_rest_s: float = 0.5
    rested_s: float = 1.0
    regained: float = 0.4
    longest_hold_s: float = 30.0
    lookback_s: float = 2.5


class Movements(Generic[PoseT]):
    """The state machine of one lifter's movement along one kind of progress.

    `scale` is the range movements are compared with, in the unit of progress: set it to the lifter's
    own range as that becomes known. Call `update` for each sample; it returns the live turns and,
    when one is over, the movement.
    """

    def __init__(
        self, measure: Callable[[PoseT], float], scale: float, params: MovementParams | None = None
    ) -> None:
        """`measure` turns a pose into progress and may change: levels are poses and follow it."""
        self.params = params or MovementParams()
        self.scale = scale
        self.phase = Phase.PAUSE_STRETCHED
        self._measure = measure
        self._trace: deque[Level[PoseT]] = deque()
        self._window: deque[Level[PoseT]] = deque()
        self._start: Level[PoseT] | None = None
        self._peak: Level[PoseT] | None = None
        self._hold: Level[PoseT] | None = None
        self._low: Level[PoseT] | None = None
        self._fastest = 0.0
        self._slow_since_s: float | None = None
        self._anchor: Level[PoseT] | None = None
        self._rested_s = 0.0
        self._hold_still_s = 0.0
        self._turned_back_s = 0.0

    @property
    def still_s(self) -> float:
        """How long the leg has stood still (s), in whatever position it is."""
        if self._anchor is None:
            return 0.0
        return self._trace[-1].t_s - self._anchor.t_s

    @property
    def start(self) -> Level[PoseT] | None:
        """The start position: of the movement in progress, or the one it would begin from."""
        return self._start

    def update(self, t_s: float, pose: PoseT) -> tuple[list[Turn], Movement[PoseT] | None]:
        """Take one sample; times must not decrease."""
        now = Level(t_s, pose)
        progress = self._measure(pose)
        self._trace.append(now)
        speed = self._speed(now, progress)
        if self._start is None:
            self._start = now
        if self._anchor is None or (
            abs(progress - self._measure(self._anchor.pose)) > self.params.still * self.scale
        ):
            self._anchor = now
        if self.phase is Phase.PAUSE_STRETCHED:
            return self._at_start(now, progress), None
        if t_s - self._start.t_s > 2.0 * self.params.longest_hold_s:
            return [], self.give_up()
        if self.phase is Phase.CONCENTRIC:
            return self._outwards(now, progress, speed)
        if self.phase is Phase.PAUSE_CONTRACTED:
            return self._held(now, progress)
        return self._returning(now, progress, speed)

    def give_up(self) -> Movement[PoseT] | None:
        """End a movement in progress where it is, as incomplete; the present pose is the new start."""
        if self.phase is Phase.PAUSE_STRETCHED or not self._trace:
            return None
        return self._finish(self._trace[-1], Ending.GIVEN_UP)

    def _speed(self, now: Level[PoseT], progress: float) -> float:
        window = self._window
        window.append(now)
        while len(window) > 2 and now.t_s - window[1].t_s >= self.params.window_s:
            window.popleft()
        dt = now.t_s - window[0].t_s
        return (progress - self._measure(window[0].pose)) / dt if dt > 0.0 else 0.0

    def _at_start(self, now: Level[PoseT], progress: float) -> list[Turn]:
        while now.t_s - self._trace[0].t_s > self.params.lookback_s:
            self._trace.popleft()
        assert self._start is not None
        travel = progress - self._measure(self._start.pose)
        still_s = self.still_s
        if travel <= 0.0:
            self._start, self._rested_s = now, still_s
        elif still_s > self.params.at_rest_s:
            assert self._anchor is not None
            self._start, self._rested_s = Level(now.t_s, self._anchor.pose), still_s
        elif travel > self.params.onset * self.scale:
            return [self._set_off(self._start, now)]
        return []

    def _set_off(self, start: Level[PoseT], now: Level[PoseT]) -> Turn:
        self._start, self._peak, self._hold, self._low = start, now, None, None
        self._fastest, self._slow_since_s = 0.0, None
        self.phase = Phase.CONCENTRIC
        return Turn(Phase.CONCENTRIC, start.t_s, now.t_s)

    def _outwards(
        self, now: Level[PoseT], progress: float, speed: float
    ) -> tuple[list[Turn], Movement[PoseT] | None]:
        assert self._start is not None
        assert self._peak is not None
        highest = self._measure(self._peak.pose)
        if progress >= highest:
            self._peak, highest = now, progress
        self._fastest = max(self._fastest, speed)
        if self._goes_on_from_rest(progress):
            assert self._hold is not None
            rested_s, hold = self._hold_still_s, self._hold
            movement = self._finish(hold, Ending.WENT_ON)
            self._rested_s = rested_s
            return [self._set_off(hold, now)], movement
        if highest - progress > self.params.turn * (highest - self._measure(self._start.pose)):
            return [self._turn_back(self._peak.t_s, now)], None
        if speed < self.params.slow * self._fastest:
            self._hold_at(now)
            return [Turn(self.phase, now.t_s - 0.5 * self.params.window_s, now.t_s)], None
        return [], None

    def _goes_on_from_rest(self, progress: float) -> bool:
        """Whether the last hold was a new start position: it stood still, and a rise follows it."""
        if self._hold is None or self._hold_still_s < self.params.rested_s:
            return False
        assert self._start is not None
        held = self._measure(self._hold.pose)
        risen = held - self._measure(self._start.pose)
        return progress - held > self.params.regained * min(risen, self.scale)

    def _held(self, now: Level[PoseT], progress: float) -> tuple[list[Turn], Movement[PoseT] | None]:
        assert self._start is not None
        assert self._peak is not None
        assert self._hold is not None
        highest = self._measure(self._peak.pose)
        if progress > highest:
            self._peak, highest = now, progress
        rise = highest - self._measure(self._start.pose)
        share = min(1.0, rise / self.scale)
        if now.t_s - self._peak.t_s > self.params.longest_hold_s * share * share:
            return [], self.give_up()
        moved = progress - self._measure(self._hold.pose)
        self._hold_still_s = max(self._hold_still_s, self.still_s)
        if self.still_s >= self.params.rested_s:
            assert self._anchor is not None
            self._hold = Level(now.t_s, self._anchor.pose)
        if moved > self.params.turn * rise:
            self.phase = Phase.CONCENTRIC
            return [Turn(self.phase, self._hold.t_s, now.t_s)], None
        if moved < -self.params.leave * rise:
            return [self._turn_back(now.t_s - 0.5 * self.params.window_s, now)], None
        return [], None

    def _hold_at(self, now: Level[PoseT]) -> None:
        self.phase, self._hold, self._hold_still_s = Phase.PAUSE_CONTRACTED, now, 0.0

    def _turn_back(self, began_s: float, now: Level[PoseT]) -> Turn:
        self.phase, self._low, self._turned_back_s = Phase.ECCENTRIC, now, began_s
        self._fastest, self._slow_since_s = 0.0, None
        return Turn(self.phase, began_s, now.t_s)

    def _returning(
        self, now: Level[PoseT], progress: float, speed: float
    ) -> tuple[list[Turn], Movement[PoseT] | None]:
        p = self.params
        assert self._start is not None
        assert self._peak is not None
        assert self._low is not None
        lowest = self._measure(self._low.pose)
        if progress <= lowest:
            self._low, lowest = now, progress
        self._fastest = max(self._fastest, -speed)
        highest = self._measure(self._peak.pose)
        rise = highest - self._measure(self._start.pose)
        returned = highest - lowest
        if progress - lowest > max(p.turn * rise, p.onset * self.scale):
            if returned < p.turned_back * rise:
                self.phase = Phase.CONCENTRIC
                return [Turn(self.phase, self._low.t_s, now.t_s)], None
            low = self._low
            movement = self._finish(low, Ending.RETURNED)
            return [self._set_off(low, now)], movement
        if -speed >= p.ended * self._fastest and self.still_s < self._stalled_after_s(now):
            self._slow_since_s = None
            return [], None
        if self._slow_since_s is None:
            self._slow_since_s = now.t_s
        slow_s = now.t_s - self._slow_since_s
        if returned >= p.returned * rise:
            if slow_s < self._believed_after_s(now, returned / rise):
                return [], None
            movement = self._finish(self._low, Ending.RETURNED)
            return [Turn(self.phase, movement.end.t_s, now.t_s)], movement
        if slow_s >= p.stall_s:
            self._hold_at(now)
            return [Turn(self.phase, self._slow_since_s, now.t_s)], None
        return [], None

    def _stalled_after_s(self, now: Level[PoseT]) -> float:
        """How long a return must stand still to count as slow: `still` is much for a slow return."""
        p = self.params
        return max(p.stall_s, 2.0 * p.patience * (now.t_s - self._turned_back_s))

    def _believed_after_s(self, now: Level[PoseT], share_returned: float) -> float:
        """How long a return must be slow before it is over: longer where it stopped short of the start."""
        p = self.params
        if share_returned >= p.home:
            return p.settle_s
        return max(p.doubtful_s, p.patience * (now.t_s - self._turned_back_s))

    def _finish(self, end: Level[PoseT], ending: Ending) -> Movement[PoseT]:
        assert self._start is not None
        assert self._peak is not None
        movement = Movement(
            start=self._start,
            peak=self._peak,
            end=end,
            ending=ending,
            rested_s=self._rested_s,
            trace=tuple(self._trace),
        )
        self.phase, self._start, self._rested_s = Phase.PAUSE_STRETCHED, end, 0.0
        return movement
