"""The tracker: blocks in, events out. Live, replay and analysis are this one call."""

from collections import deque
from collections.abc import Iterable, Sequence

from tracker.blocks import STUCK, Gap, SampleBlock, Stream
from tracker.follower import Follower
from tracker.gaps import GapWatch
from tracker.jolts import Jolts
from tracker.lift import LiftLearner
from tracker.load import LoadHistory
from tracker.messages import Event, Phase
from tracker.movement import Ending, Movement, Turn
from tracker.orientation import Orientation
from tracker.poses import PoseHistory
from tracker.profiles import profile_named
from tracker.progress import CableTravel, Lift, PoseT, Tilt, Vector
from tracker.reps import LYING_LEG
from tracker.score import Score
from tracker.set_tilt import SetTilt
from tracker.setup import SessionSetup
from tracker.sieve import Sieve
from tracker.still_cable import StillCable
from tracker.swing_rate import SwingRate
from tracker.timeline import timeline
from tracker.turned import Turned
from tracker.unseen_turns import UnseenTurns
from tracker.walk import Walk
from tracker.witness import Witness

CABLE_SILENCE_S = 1.0
"""A cable silent for longer is not there: the ankle takes over until it returns."""

REST_BEFORE_S = 1.0
"""How much of the rest before a movement the ankle sees when it takes over in the middle of it."""

FASTEST_TRAVEL_MPS = 3.0
FASTEST_KICK_RADPS = 4.5
"""No leg kicks faster against a load; gait swings the shank faster than this."""

FASTEST_RAISE_RADPS = 12.0

WAITING_S = 30.0
"""How far back the ankle is followed once its lever is known."""


class Tracker:
    """Tracks one session.

    Feed blocks in the order of time, each starting where the one before ended. However a session
    is cut into blocks, the events are the same. `finish` ends the session: the last rep and the
    last set come out. A deep copy goes on as the original would.
    """

    def __init__(self, setup: SessionSetup) -> None:
        """Raise ValueError when the setup names no known exercise or an impossible number."""
        profile = profile_named(setup.exercise)
        if setup.leg_length_m is not None and not 0.3 <= setup.leg_length_m <= 1.3:
            raise ValueError(f"leg_length_m must be 0.3 to 1.3 m, not {setup.leg_length_m:g}")
        self._gaps = GapWatch()
        self._load = LoadHistory()
        self._poses = PoseHistory()
        self._turned = Turned(self._poses)
        self._swing_rate = SwingRate()
        self._walk = Walk()
        self._pelvis = Orientation()
        self._pelvis_poses = PoseHistory()
        self._score = Score(setup, self._gaps, self._poses, self._walk, self._load, self._pelvis_poses)
        self._orientation = Orientation()
        self._cable = Follower(
            CableTravel(profile.least_travel_m),
            FASTEST_TRAVEL_MPS,
            poses=self._poses if profile.standing else None,
            turned=self._turned,
            swing=self._swing_rate,
        )
        self._jolts = Jolts()
        self._tilt = (SetTilt if profile.lies else Tilt)(profile.least_tilt_rad, (0.0, 0.0, 1.0))
        self._lift = Lift(profile.least_lift_m)
        self._learner = LiftLearner() if profile.inertial_progress == "lift" else None
        self._swing = Follower(
            self._tilt,
            FASTEST_KICK_RADPS,
            needs_rest=self._learner is None,
            jolts=self._jolts,
            turned=self._turned,
            swing=self._swing_rate,
            reps=LYING_LEG if profile.lies else None,
        )
        self._raise = Follower(
            self._lift,
            FASTEST_RAISE_RADPS,
            jolts=self._jolts,
            turned=self._turned,
            swing=self._swing_rate,
        )
        self._ankle = self._swing if self._learner is None else self._raise
        self._rest_up: Vector = (0.0, 0.0, 1.0)
        self._uses_cable = profile.uses_cable
        self._follows_cable = profile.uses_cable
        self._still = StillCable()
        self._unseen = UnseenTurns(self._gaps, self._poses) if profile.standing else None
        self._ankle_began_s: float | None = None
        self._now_s = 0.0
        self._sieve = Sieve(self._gaps)
        self._returned_s = float("-inf")
        self._waiting: deque[tuple[float, Vector]] = deque()

    @property
    def cable_stuck(self) -> bool:
        """Whether the cable stands still although the leg pulls at it, so that the ankle is followed."""
        return self._still.stuck

    def process(self, block: SampleBlock) -> Sequence[Event]:
        """Return what happened, in order, as far as the samples up to `block.end_s` tell."""
        for t_s, _, stream, row, announced, gap in timeline(block):
            self._now_s = t_s
            if gap is not None:
                self._gaps.declare(gap)
                self._still.doubt()
                continue
            if announced is not None:
                self._release_cable()
                self._score.announce(announced)
                continue
            assert stream is not None
            self._gaps.sample(stream, t_s)
            if stream is Stream.ANKLE:
                for good in self._sieve.good(stream, row):
                    self._ankle_sample(*good)
            elif stream is Stream.CABLE and self._uses_cable:
                for good in self._sieve.good(stream, row):
                    self._cable_sample(good[0], good[1])
            elif stream is Stream.LOAD:
                for good in self._sieve.good(stream, row):
                    self._load.add(good[0], good[1])
                    self._still.load(good[0], good[1])
            elif stream is Stream.PELVIS:
                for good in self._sieve.good(stream, row):
                    self._pelvis.update(*good)
                    self._pelvis_poses.add(good[0], self._pelvis.quaternion)
        return self._score.taken()

    def finish(self) -> Sequence[Event]:
        """Return what the end of the session decides: an unfinished rep, the last set."""
        if self._follows_cable:
            self._release_cable()
            self._give_up(self._cable)
        else:
            self._give_up(self._ankle)
        self._score.close_set(self._now_s, "session_end")
        return self._score.taken()

    def _ankle_sample(
        self, t_s: float, ax: float, ay: float, az: float, gx: float, gy: float, gz: float
    ) -> None:
        orientation, rested = self._orientation, self._orientation.at_rest
        orientation.update(t_s, ax, ay, az, gx, gy, gz)
        self._jolts.sample(t_s, (ax, ay, az))
        self._poses.add(t_s, orientation.quaternion, (ax, ay, az))
        self._turned.add(t_s, orientation.turned)
        bx, by, bz = orientation.bias_radps
        self._swing_rate.add(t_s, gx - bx, gy - by, gz - bz)
        self._walk.sample(t_s, (gx, gy, gz))
        came_to_rest = orientation.at_rest and not rested
        if came_to_rest:
            self._score.stood(t_s)
        up = orientation.gravity_up
        if self._ankle_began_s is None:
            self._ankle_began_s, self._tilt.start, self._rest_up = t_s, up, up
        if came_to_rest:
            self._rest_up = up
        if self._learner is not None:
            self._learner.update(t_s, up, (ax, ay, az))
            self._lift.lever = self._learner.lever
        self._waiting.append((t_s, up))
        self._still.ankle(t_s, up)
        if self._still.stuck:
            self._gaps.declare(Gap(Stream.CABLE, self._still.since_s, t_s, STUCK))
        if self._follows_cable and not self._left_silent_cable(t_s):
            return
        if self._learner is not None and not self._learner.known:
            while t_s - self._waiting[0][0] > WAITING_S:
                self._waiting.popleft()
            return
        if came_to_rest or len(self._waiting) > 1:
            self._choose_progress()
        while self._waiting:
            self._follow_ankle(*self._waiting.popleft())
        if came_to_rest and self._set_off_unrested():
            self._give_up(self._ankle)
            self._ankle.restart()
            self._tilt.start = up
            self._score.show(Turn(Phase.PAUSE_STRETCHED, t_s, t_s), t_s)

    def _choose_progress(self) -> None:
        """Between sets, follow any movement as a swing where the leg hangs at rest, else as a raise."""
        if self._learner is None or self._score.in_set:
            return
        fitting = self._swing if self._lift.hangs(self._rest_up) else self._raise
        if fitting is not self._ankle and self._ankle.movements.phase is Phase.PAUSE_STRETCHED:
            fitting.restart()
            self._ankle, self._tilt.start = fitting, self._waiting[0][1]

    def _set_off_unrested(self) -> bool:
        """Whether the ankle's movement in progress can be no rep: no set is open, and it began in a stride.

        Where the leg then comes to stand is no peak that is held but the start.
        """
        movements = self._ankle.movements
        return (
            self._ankle is self._swing
            and not self._score.in_set
            and movements.phase is not Phase.PAUSE_STRETCHED
            and movements.start is not None
            and not self._ankle.began_at_rest(movements.start.t_s, movements.rested_s)
        )

    def _follow_ankle(self, t_s: float, up: Vector) -> None:
        over = self._follow(self._ankle, t_s, up)
        start = self._ankle.movements.start
        went_on = bool(over) and over[-1].ending is Ending.WENT_ON
        if start is not None and (went_on or self._ankle.movements.phase is Phase.PAUSE_STRETCHED):
            self._tilt.start = start.pose

    def _left_silent_cable(self, t_s: float) -> bool:
        """Whether the cable has fallen silent, is stuck, or was never there: then the ankle is followed."""
        heard_s = self._gaps.last_s(Stream.CABLE)
        silent_since_s = self._ankle_began_s if heard_s is None else heard_s
        assert silent_since_s is not None
        ankle_gap = self._gaps.latest(Stream.ANKLE)
        if ankle_gap is not None and ankle_gap.end_s - ankle_gap.start_s > CABLE_SILENCE_S:
            silent_since_s = max(silent_since_s, ankle_gap.end_s)  # where both were silent, both may be back
        if t_s - silent_since_s <= CABLE_SILENCE_S and not self._still.stuck:
            return False
        self._hand_over_from_cable(t_s)
        self._cable.restart()
        self._tilt.start = self._waiting[0][1]
        self._follows_cable = False
        return True

    def _hand_over_from_cable(self, now_s: float) -> None:
        """Tell the ankle what the cable saw before it fell silent or stuck."""
        movements = self._cable.movements
        if movements.start is not None:
            until_s = self._still.since_s if self._still.stuck else now_s
            travel = (level for level in movements.trace if level.t_s <= until_s)
            witness = Witness(movements.start.t_s, travel, self._cable.own)
            self._swing.believe(witness)
            self._raise.believe(witness)

    def _cable_sample(self, t_s: float, position_m: float) -> None:
        self._still.cable(t_s, position_m)
        if self._still.stuck:
            return
        if not self._follows_cable:
            if self._ankle.movements.phase is not Phase.PAUSE_STRETCHED:
                return
            self._ankle.restart()
            self._follows_cable = True
        start = self._cable.movements.start
        start_s = t_s if start is None else start.t_s
        held = self._unseen.righted(t_s, position_m, start_s) if self._unseen else ((t_s, position_m),)
        self._follow_cable(held)

    def _release_cable(self) -> None:
        """Wait no longer for the ankle to tell the cable's turn: something is decided now."""
        if self._unseen is not None and self._follows_cable:
            self._follow_cable(self._unseen.released())

    def _follow_cable(self, samples: Iterable[tuple[float, float]]) -> None:
        for t_s, position_m in samples:
            self._follow(self._cable, t_s, position_m)
            self._forget_ankle_before_movement()

    def _forget_ankle_before_movement(self) -> None:
        """Keep of the ankle what it would need to take over: the movement in progress and the rest before."""
        start = self._cable.movements.start
        assert start is not None
        from_s = max(start.t_s - REST_BEFORE_S, self._returned_s)
        while self._waiting and self._waiting[0][0] < from_s:
            self._waiting.popleft()

    def _follow(self, follower: Follower[PoseT], t_s: float, pose: PoseT) -> list[Movement[PoseT]]:
        turns, movements = follower.update(t_s, pose)
        for movement in movements:
            self._returned_s = movement.end.t_s
            self._score.judge(follower, movement, self._now_s)
        for turn in turns:
            self._score.show(turn, self._now_s)
        self._score.tick(t_s, follower)
        return movements

    def _give_up(self, follower: Follower[PoseT]) -> None:
        movement = follower.give_up()
        if movement is not None:
            self._score.judge(follower, movement, self._now_s)
