"""Follows a lifter along one kind of progress: the movements, and the lifter's own range."""

from typing import Generic

from tracker.curves import Curves
from tracker.gait import Gait
from tracker.jolts import Jolts
from tracker.messages import Phase, Rejection, RepKind
from tracker.movement import LONG_SILENCE_S, Ending, Movement, Turn
from tracker.movements import Movements
from tracker.phases import Boundaries
from tracker.poses import PoseHistory, up_in_sensor
from tracker.progress import PoseT, Progress, angle_between
from tracker.reps import Evidence, OwnRange, RepParams, judge
from tracker.speed import fastest_step
from tracker.swing_rate import SwingRate
from tracker.turned import Turned
from tracker.witness import NO_WITNESS, Witness

BEFORE_S = 0.1
AFTER_S = 0.1
"""A heel strikes when the leg stops: this much around the way out is looked at for jolts."""

NEARLY_BACK = 0.9
"""A first rep of which less than this share has come back when the session ends is none."""

UPRIGHT_RAD_PER_M = 0.4
"""A kick swings the leg by a radian or more for a metre of cable; of a lifter who stands, less than this."""


class Follower(Generic[PoseT]):
    """Movements along one kind of progress, compared with the lifter's own range along it."""

    def __init__(
        self,
        progress: Progress[PoseT],
        fastest: float,
        *,
        needs_rest: bool = False,
        jolts: Jolts | None = None,
        poses: PoseHistory | None = None,
        turned: Turned | None = None,
        reps: RepParams | None = None,
        swing: SwingRate | None = None,
    ) -> None:
        """`fastest`: speed (m/s or rad/s) beyond which a movement is no kick.

        `needs_rest`, `jolts`: where gait could look like reps, whether a first rep must begin at rest even
        when no step was seen just before it, and the heel strikes. `poses`: of the ankle, where progress
        is travel that swings the leg. `turned`, `swing`: how the ankle turned, and turns. `reps`: what a rep
        is, where not the usual.
        """
        self.progress = progress
        self.own = OwnRange(progress.least_range, reps)
        self._fastest = fastest
        self._needs_rest = needs_rest
        self._jolts = jolts
        self._poses = poses
        self._turned = turned
        self._swing = swing
        self._stepped_s = self._lingered_s = float("-inf")
        self._witness = NO_WITNESS
        self.curves = Curves(progress, poses, turned)
        self._gait = Gait(progress)
        self._before = Phase.PAUSE_STRETCHED
        self.movements = self._fresh()

    def update(self, t_s: float, pose: PoseT) -> tuple[list[Turn], list[Movement[PoseT]]]:
        """Take one sample."""
        turns, movements = self.movements.update(t_s, pose)
        phase = self.movements.phase
        if movements:
            self.progress.release()
            if self._swing is not None:
                self._swing.release()
        elif phase is Phase.ECCENTRIC and self._before is not Phase.ECCENTRIC:
            start, peak = self.movements.start, self.movements.peak
            assert start is not None
            assert peak is not None
            self.progress.aim(start.pose, peak.pose)
        if self._before is Phase.CONCENTRIC and phase in (Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC):
            self._aim_swing()
        self._before = phase
        return turns, movements

    def _aim_swing(self) -> None:
        if self._swing is None or self._turned is None:
            return
        start, peak = self.movements.start, self.movements.peak
        assert start is not None
        assert peak is not None
        self._swing.aim(self._turned.axis(start.t_s, peak.t_s))

    def believe(self, witness: Witness) -> None:
        """Take what the cable saw: what it saw begin needs no rest, what it saw whole must be a rep to it."""
        self._witness = witness

    def give_up(self) -> Movement[PoseT] | None:
        """End the movement in progress where it is, and return it."""
        if self._swing is not None:
            self._swing.release()
        return self.movements.give_up()

    def restart(self) -> None:
        """Forget the movement in progress, not the own range: the stream was away."""
        self.progress.release()
        if self._swing is not None:
            self._swing.release()
        self.movements = self._fresh()

    def rise(self, movement: Movement[PoseT]) -> float:
        """Return how far a movement went out."""
        measure = self.progress.measure
        return measure(movement.peak.pose) - measure(movement.start.pose)

    def fall(self, movement: Movement[PoseT]) -> float:
        """Return how far a movement came back."""
        measure = self.progress.measure
        return measure(movement.peak.pose) - measure(movement.end.pose)

    def verdict(
        self, movement: Movement[PoseT], boundaries: Boundaries, since_rep_s: float | None
    ) -> RepKind | Rejection:
        """Judge a movement; `since_rep_s` is the time from the last rep of the set to its start."""
        verdict = self._verdict(movement, boundaries, since_rep_s)
        if self._jolts is not None and verdict in (Rejection.WALKING, Rejection.TOO_FAST):
            self._stepped_s = movement.end.t_s
        if verdict in (Rejection.TWITCH, Rejection.BOUNCE) and self._follows(movement, since_rep_s):
            self._lingered_s = movement.end.t_s
        return verdict

    def _follows(self, movement: Movement[PoseT], since_rep_s: float | None) -> bool:
        """Whether a movement comes soon after a rep of the set, or after a twitch that did."""
        if since_rep_s is None:
            return False
        return min(since_rep_s, movement.start.t_s - self._lingered_s) < self.own.params.follows_s

    def _verdict(
        self, movement: Movement[PoseT], boundaries: Boundaries, since_rep_s: float | None
    ) -> RepKind | Rejection:
        rise = self.rise(movement)
        start_s = movement.start.t_s
        denied = self._witness.denies(start_s, movement.end.t_s)
        if movement.ending is Ending.WENT_ON or denied or self._stood(rise, boundaries):
            return Rejection.REPOSITIONED
        stepped = start_s - self._stepped_s < self.own.params.follows_s
        needs_rest = self._needs_rest or stepped
        follows_a_rep = self._follows(movement, since_rep_s)
        unsure = follows_a_rep and movement.longest_silence_s > LONG_SILENCE_S
        if needs_rest and rise >= self.own.smallest_rep and not unsure and self._gait.is_step(movement):
            return Rejection.WALKING
        at_rest = follows_a_rep or self.began_at_rest(start_s, movement.rested_s)
        nearly_back = at_rest and self.fall(movement) >= NEARLY_BACK * rise
        cut_short = movement.ending is Ending.GIVEN_UP and (since_rep_s is not None or nearly_back)
        least = max(self.own.smallest_rep, self.own.params.partial * (self.own.value or 0.0))
        if cut_short and rise >= least:
            return RepKind.UNFINISHED
        return judge(
            Evidence(
                rise=rise,
                fall=self.fall(movement),
                complete=movement.ending is Ending.RETURNED,
                peak_speed=fastest_step(movement, self.progress),
                fastest=self._fastest,
                way_s=boundaries.pause_start_s - boundaries.concentric_start_s,
                whole_s=(boundaries.eccentric_end_s or movement.end.t_s) - boundaries.concentric_start_s,
                jolted=self._jolts is not None
                and self._jolts.within(movement.start.t_s - BEFORE_S, movement.peak.t_s + AFTER_S),
                by_ankle=needs_rest,
                at_rest=not needs_rest or at_rest,
                since_rep_s=since_rep_s,
            ),
            self.own,
        )

    def began_at_rest(self, start_s: float, rested_s: float) -> bool:
        """Whether the leg hung still before it set off: by its pose, by what the cable saw, or, while the
        pose still comes round after a silence, by the gyroscope.
        """
        least_s = self.own.params.rested_s
        if rested_s >= least_s or self._witness.saw_begin(start_s):
            return True
        return self._turned is not None and self._turned.hung_still(start_s, least_s)

    def _stood(self, rise: float, boundaries: Boundaries) -> bool:
        """Whether the lifter moved with the cable but stood upright at the far end: a step back and forth."""
        if self._poses is None or rise < self.own.smallest_rep:
            return False
        far_s = boundaries.pause_start_s
        if boundaries.eccentric_start_s is not None:
            far_s = 0.5 * (far_s + boundaries.eccentric_start_s)
        if self._poses.broken_s(boundaries.concentric_start_s, far_s) > LONG_SILENCE_S:
            return False
        near, far = self._poses.at(boundaries.concentric_start_s), self._poses.at(far_s)
        if near is None or far is None:
            return False
        return angle_between(up_in_sensor(near), up_in_sensor(far)) < UPRIGHT_RAD_PER_M * rise

    def learn(self, movement: Movement[PoseT]) -> None:
        """Take a rep's way, and its range into the own range; in a long silence the range is doubtful."""
        self._gait.learn(movement)
        self.progress.learn(movement.start.pose, movement.peak.pose)
        if self._swing is not None:
            self._swing.keep()
        self.movements.keep_pace(movement)
        if movement.longest_silence_s <= LONG_SILENCE_S:
            self.own.add(self.rise(movement))
        elif self.own.value is None:
            self.own.hint(self.rise(movement))
        self.movements.scale = self.own.scale

    def learn_from_kick(self, movement: Movement[PoseT]) -> None:
        """Take a calibration kick's range as a hint: larger than most reps, but of this lifter.

        What was seen of one in a long silence is no hint, as little as it may be of the kick.
        """
        if self._swing is not None:
            self._swing.keep()
        if movement.longest_silence_s <= LONG_SILENCE_S:
            self.own.hint(self.rise(movement))
        self.movements.scale = self.own.scale

    def new_set(self) -> None:
        """Begin a set. The ankle goes by the last rep's way until the next: mostly the same movement follows,
        and another is only shown later.
        """
        self._gait.new_set()
        self.progress.new_set()
        self.own.new_set()
        self.movements.scale = self.own.scale

    def _fresh(self) -> Movements[PoseT]:
        return Movements(
            self.progress.measure, self.own.scale, signed=self.progress.signed, swing=self._swing
        )
