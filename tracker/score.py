"""Keeps score: judges each movement, numbers the reps, opens and closes sets, and words the events."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from tracker.announced import LEGS, reps_of
from tracker.blocks import Announced, Announcement
from tracker.cues.after_rep import AfterRep
from tracker.cues.phase_cue import phase_change
from tracker.direction import KickDirection
from tracker.follower import Follower
from tracker.form.evidence import RepEvidence
from tracker.form.fault import FormFault
from tracker.form.flight import STACK_FLIGHT, stack_flew
from tracker.form.form import Form
from tracker.form.reach import Reach
from tracker.gaps import GapWatch
from tracker.kick import Kick, caught, elongation_m, hurried
from tracker.load import LoadHistory
from tracker.messages import EndReason, Event, Phase, Rejected, Rejection, Rep, RepKind
from tracker.movement import Movement, Turn
from tracker.phases import Boundaries
from tracker.poses import PoseHistory
from tracker.profiles import profile_named
from tracker.progress import PoseT
from tracker.repetition import Numbers, repetition
from tracker.sets import Sets
from tracker.setup import SessionSetup
from tracker.swing import Swing
from tracker.tempo import parse_tempo
from tracker.unseen import Unseen
from tracker.walk import Walk

VISIBLE = 0.4
"""Movements below this share of the smallest rep are noise: not even rejected aloud."""

PULLEY_ASSUMED = "pulley_assumed"
"""Travel, speed and work are in proportion to a pulley that nobody measured."""

RELEASED = 0.5
"""Tension is released when the cable rests this share of the own range below the set's start."""


class Score:
    """Turns movements into the events of a session."""

    def __init__(
        self,
        setup: SessionSetup,
        gaps: GapWatch,
        poses: PoseHistory,
        walk: Walk,
        load: LoadHistory,
        pelvis: PoseHistory,
    ) -> None:
        """`gaps`, `poses`, `walk`, `load`, `pelvis`: what the streams left behind, for measuring a rep."""
        self._setup = setup
        self._target = parse_tempo(setup.target) if setup.target is not None else None
        self._gaps = gaps
        self._poses = poses
        self._load = load
        self._walk = walk
        profile = profile_named(setup.exercise)
        self._direction = self._direction_of(setup)
        self._swing = Swing(poses, lies=profile.lies)
        self._reach = Reach(lies=profile.lies)
        self._form = Form(profile, self._target, load, pelvis)
        self._sets = Sets(setup, unseen_s=Unseen(gaps, by_cable=profile.uses_cable).between_s)
        self._cues = AfterRep(setup.target_reps)
        self._set_base_m: float | None = None
        self._before_s: float | None = None
        self._events: list[Event] = []

    @property
    def in_set(self) -> bool:
        """Whether a set is under way."""
        return self._sets.open

    def taken(self) -> Sequence[Event]:
        """Return the events since the last call."""
        events, self._events = self._events, []
        return events

    def announce(self, announced: Announced) -> None:
        """Act on an announcement; raise ValueError for a target that is none."""
        t_s, value = announced.t_s, announced.value
        match announced.announcement:
            case Announcement.CALIBRATE:
                self._direction.calibrate(t_s)
                self._sets.await_kicks(t_s)
            case Announcement.TARGET:
                self._aim(msgspec.structs.replace(self._setup, target=value or None))
            case Announcement.TARGET_REPS:
                self._aim(msgspec.structs.replace(self._setup, target_reps=reps_of(value)))
            case Announcement.LEFT_LEG | Announcement.RIGHT_LEG as side:
                if LEGS[side] != self._direction.leg:
                    self.close_set(t_s, "announced")
                    setup = msgspec.structs.replace(self._setup, leg=LEGS[side])
                    self._direction = self._direction_of(setup)
                self._direction.confirm_leg()
            case Announcement.NEW_SET | Announcement.END_SET:
                self.close_set(t_s, "announced")

    def _aim(self, setup: SessionSetup) -> None:
        """Aim at what this setup says from the next rep on; a set that is open goes on."""
        self._target = None if setup.target is None else parse_tempo(setup.target)
        self._setup = setup
        self._sets.aim(setup)
        self._form.aim(self._target)
        self._cues.aim(setup.target_reps)

    def _direction_of(self, setup: SessionSetup) -> KickDirection:
        """Return what tells the direction of the kicks of a leg, which knows nothing yet."""
        profile = profile_named(setup.exercise)
        return KickDirection(
            self._poses,
            self._walk,
            setup,
            leg_length_m=profile.leg_length_m,
            claims=profile.claims_direction,
        )

    def stood(self, t_s: float) -> None:
        """Tell that the ankle has come to stand still."""
        self._direction.stood(t_s)

    def show(self, turn: Turn, now_s: float) -> None:
        """Tell a live phase change; the count is pending until the rep is judged."""
        resting = turn.phase is Phase.PAUSE_STRETCHED
        idle = resting and not self._sets.open
        pending = not idle and not self._direction.calibrating(turn.t_s)
        self._events.append(
            phase_change(
                Phase.IDLE if idle else turn.phase,
                turn.began_s,
                now_s,
                set_number=self._sets.number if pending else None,
                rep=self._sets.next_rep - int(resting) if pending else None,
                target=self._target if pending else None,
            )
        )

    def judge(self, follower: Follower[PoseT], movement: Movement[PoseT], now_s: float) -> None:
        """Judge a movement: a rep of the set, or rejected with its reason."""
        if not self._sets.open:
            follower.new_set()
        flew = stack_flew(self._load, movement.start.t_s, movement.peak.t_s, movement.end.t_s)
        boundaries = follower.curves.boundaries(movement, by_ankle=flew)
        last_end_s = self._sets.last_end_s
        since_rep_s = None if last_end_s is None else movement.start.t_s - last_end_s
        verdict = follower.verdict(movement, boundaries, since_rep_s)
        announced = self._direction.calibrating(movement.peak.t_s)
        if announced and (isinstance(verdict, RepKind) or hurried(verdict, boundaries)):
            self._direction.take_kick(self._kick(follower, movement, boundaries, flew))
            follower.learn_from_kick(movement)
            self._sets.add_kick(movement.end.t_s)
            verdict = Rejection.CALIBRATION
        if isinstance(verdict, Rejection):
            if follower.rise(movement) >= VISIBLE * follower.own.smallest_rep:
                self._reject(follower, movement, boundaries, verdict, now_s)
                self._before_s = movement.end.t_s
            return
        rep, faults = self._repetition(follower, movement, boundaries, flew, verdict, now_s)
        self._before_s = rep.pause_start_s if rep.eccentric_end_s is None else rep.eccentric_end_s
        self._remember_base(follower, movement)
        follower.learn(movement)
        self._count(rep, faults)

    def _count(self, rep: Rep, faults: Sequence[FormFault]) -> None:
        """Take a rep into the set, and say what there is to say of it. `faults`: worst first."""
        cue = self._cues.rep(rep, faults)
        rep = msgspec.structs.replace(
            rep, faults=tuple(fault.name for fault in faults), cue=None if cue is None else cue.word
        )
        self._sets.add(rep)
        self._events.append(rep)
        if cue is not None:
            self._events.append(cue)

    def tick(self, t_s: float, follower: Follower[PoseT]) -> None:
        """Close the set when the lifter rests too long, or has let go of the cable."""
        if not self._sets.open or follower.movements.phase is not Phase.PAUSE_STRETCHED:
            return
        if self._sets.overdue(t_s):
            self.close_set(t_s, "inactivity")
        elif self._released(follower):
            self.close_set(t_s, "tension_released")

    def close_set(self, t_s: float, reason: EndReason) -> None:
        """End the open set, if there is one."""
        if not self._sets.open:
            return
        summary = self._sets.close(t_s, reason)
        idle = phase_change(Phase.IDLE, t_s, t_s, set_number=None, rep=None, target=None)
        self._events += [summary, self._cues.set_over(summary), idle]
        self._set_base_m = None

    def _released(self, follower: Follower[PoseT]) -> bool:
        start = follower.movements.start
        positions = None if start is None else follower.progress.positions([start.pose])
        if positions is None or self._set_base_m is None:
            return False
        return self._set_base_m - positions[0] > RELEASED * follower.own.scale

    def _remember_base(self, follower: Follower[PoseT], movement: Movement[PoseT]) -> None:
        positions = follower.progress.positions([movement.start.pose])
        if positions is not None:
            base_m = positions[0] if self._set_base_m is None else self._set_base_m
            self._set_base_m = min(base_m, positions[0])

    def _repetition(
        self,
        follower: Follower[PoseT],
        movement: Movement[PoseT],
        boundaries: Boundaries,
        flew: bool,
        kind: RepKind,
        now_s: float,
    ) -> tuple[Rep, tuple[FormFault, ...]]:
        start_s, end_s = boundaries.concentric_start_s, boundaries.eccentric_end_s
        kick = self._kick(follower, movement, boundaries, flew)
        diagonal = self._direction.measure(kick)
        travel = follower.curves.travel(movement)
        by_ankle = travel is None
        until_s = movement.end.t_s if end_s is None else max(end_s, movement.end.t_s)
        impaired = self._gaps.marking(start_s, until_s, now_s, by_ankle=by_ankle)
        if flew and travel is not None:
            impaired = (*impaired, STACK_FLIGHT)
        sets = self._sets
        last_end_s = self._gaps.known_end_s(sets.certain_end_s, start_s, by_ankle=by_ankle)
        assumed = (PULLEY_ASSUMED,) if travel is not None and self._setup.pulley_assumed else ()
        swing_deg = self._swing.swing_deg(start_s, movement.peak.t_s)
        own = follower.own.value if sets.open else None
        share = None if own is None else follower.rise(movement) / own
        share = self._reach.share(share, swing_deg, first=not sets.open)
        rep = repetition(
            self._setup,
            self._target,
            self._reach.kind(kind, share),
            Numbers(sets.number, sets.next_rep, last_end_s),
            boundaries,
            now_s,
            travel,
            swing_deg,
            self._load,
            diagonal,
            (*impaired, *assumed, *diagonal.flags),
        )
        before_s = self._before_s if sets.open else None
        evidence = RepEvidence(boundaries, kick, diagonal, share, travel, swing_deg, before_s, impaired)
        return rep, self._form.faults(evidence)

    def _kick(
        self, follower: Follower[PoseT], movement: Movement[PoseT], boundaries: Boundaries, flew: bool
    ) -> Kick:
        hold_s, back_s = boundaries.pause_start_s, boundaries.eccentric_start_s
        kick = Kick(
            start_s=boundaries.concentric_start_s,
            peak_s=hold_s,
            rested_s=movement.rested_s,
            held_s=max(0.0, (movement.peak.t_s if back_s is None else back_s) - hold_s),
        )
        travel = follower.curves.travel(movement)
        held = caught(kick) if flew else kick
        if travel is None or held is None:
            return kick
        return replace(kick, elongation_m=elongation_m(held, (travel.t_s, travel.position_m)))

    def _reject(
        self,
        follower: Follower[PoseT],
        movement: Movement[PoseT],
        boundaries: Boundaries,
        reason: Rejection,
        now_s: float,
    ) -> None:
        end_s = movement.end.t_s if boundaries.eccentric_end_s is None else boundaries.eccentric_end_s
        travelled = follower.progress.positions([movement.start.pose, movement.peak.pose])
        self._events.append(
            Rejected(
                session=self._setup.session,
                set=self._sets.reject(),
                start_s=boundaries.concentric_start_s,
                end_s=end_s,
                detected_s=now_s,
                reason=reason,
                range_m=None if travelled is None else travelled[1] - travelled[0],
                range_deg=self._swing.swing_deg(boundaries.concentric_start_s, movement.peak.t_s),
            )
        )
