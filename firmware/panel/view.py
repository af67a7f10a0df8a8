"""The view: where the session stands, folded from the events. Screen and retained state read this one."""

from dataclasses import dataclass, field, replace
from typing import Self

from tracker.announced import reps_of
from tracker.blocks import Announced, Announcement
from tracker.direction import DirectionParams
from tracker.messages import (
    Cue,
    Event,
    LegSource,
    Phase,
    PhaseChange,
    Rejected,
    Rejection,
    Rep,
    RepKind,
    SetSummary,
)
from tracker.setup import Leg, SessionSetup

CALIBRATION = DirectionParams()
"""How many kicks calibrate, and how long they may take."""

_AFTER_THE_PEAK = (Phase.PAUSE_CONTRACTED, Phase.ECCENTRIC)


@dataclass(frozen=True, slots=True)
class Tally:
    """Confirmed reps of one set by kind."""

    full: int = 0
    partial: int = 0
    unfinished: int = 0

    def plus(self, kind: RepKind) -> "Tally":
        """Return the tally with one more rep of this kind."""
        return Tally(
            full=self.full + (kind is RepKind.FULL),
            partial=self.partial + (kind is RepKind.PARTIAL),
            unfinished=self.unfinished + (kind is RepKind.UNFINISHED),
        )


@dataclass(frozen=True, slots=True)
class Calibrating:
    """A calibration under way: `kicks` seen since it was announced at `since_s`."""

    since_s: float
    kicks: int = 0


@dataclass(frozen=True, slots=True)
class PanelView:
    """Everything a panel shows. `change`: the last change of phase, with its cue; the cue after a rep comes
    with the rep.

    `rep` counts the confirmed reps of `set`. `pending` (of `pending_set`) is the number of the rep
    whose peak has been reached, at `peaked_s`, and whose `Rep` event has not come; it is shown as
    pending, never as counted, and a new set begins with its first confirmed rep, so that walking off
    after the last set does not wipe it. Results may come later than phase changes, by as long as it
    takes to make them safe. `saved` is False when that has not come about for the last one: it is counted
    and shown, and promised to nobody. `calibrating` lasts from the announcement to the last of its kicks.
    `identity` is the device's name while somebody asks which one it is. `broker` says in words how
    publishing stands, None where nothing is published; `trouble` is the last output that
    failed, `faults` what is wrong now and what to do about it. `labels` are shown always, for example
    SIMULATED.
    """

    session: str
    exercise: str
    leg: Leg | None
    target: str | None
    leg_source: LegSource | None = None
    labels: tuple[str, ...] = ()
    target_reps: int | None = None
    phase: Phase = Phase.IDLE
    phase_since_s: float | None = None
    change: PhaseChange | None = None
    set: int | None = None
    rep: int = 0
    pending: int | None = None
    pending_set: int | None = None
    peaked_s: float | None = None
    tally: Tally = field(default_factory=Tally)
    last_rep: Rep | None = None
    last_set: SetSummary | None = None
    last_rejected: Rejected | None = None
    saved: bool = True
    calibrating: Calibrating | None = None
    identity: str | None = None
    broker: str | None = None
    trouble: str | None = None
    faults: tuple[str, ...] = ()

    @classmethod
    def of(cls, setup: SessionSetup, labels: tuple[str, ...] = ()) -> Self:
        """Return the view before the first event."""
        return cls(
            session=setup.session,
            exercise=setup.exercise,
            leg=setup.leg,
            target=setup.target,
            target_reps=setup.target_reps,
            leg_source="told" if setup.leg else None,
            labels=labels,
        )

    def fold(self, event: Event, saved: bool = True) -> "PanelView":
        """Return the view after one event; `saved` False for a result that the disk has not taken."""
        match event:
            case PhaseChange():
                return self._moved(event)
            case Rep():
                return replace(self._confirmed(event), saved=saved)
            case SetSummary():
                return replace(self, last_set=event, leg=event.leg, leg_source=event.leg_source, saved=saved)
            case Rejected():
                return self._refused(event)
            case Cue():
                return self

    def announced(self, made: Announced) -> "PanelView":
        """Return the view after an announcement; what ends a set shows in the events that follow."""
        match made.announcement:
            case Announcement.CALIBRATE:
                return replace(self, calibrating=Calibrating(made.t_s), last_rejected=None)
            case Announcement.LEFT_LEG:
                return replace(self, leg="left", leg_source="told")
            case Announcement.RIGHT_LEG:
                return replace(self, leg="right", leg_source="told")
            case Announcement.TARGET:
                return replace(self, target=made.value or None)
            case Announcement.TARGET_REPS:
                return replace(self, target_reps=reps_of(made.value))
        return self

    def told(self, *, broker: str | None = None, trouble: str | None = None) -> "PanelView":
        """Return the view with what the shell knows; trouble stays until there is newer trouble."""
        return replace(self, broker=broker or self.broker, trouble=trouble or self.trouble)

    def _moved(self, change: PhaseChange) -> "PanelView":
        view = replace(self, phase=change.phase, phase_since_s=change.began_s, change=change)
        if change.phase is not Phase.IDLE:
            begun = self.calibrating or Calibrating(change.began_s)
            view = replace(view, calibrating=begun if change.set is None else None)
        if change.phase in (Phase.CONCENTRIC, Phase.IDLE):
            return replace(view, pending=None, pending_set=None)
        ahead = change.set != self.set or (change.rep or 0) > self.rep
        if change.phase in _AFTER_THE_PEAK and change.rep is not None and ahead:
            peaked_s = view.peaked_s if self.pending == change.rep else change.began_s
            return replace(view, pending=change.rep, pending_set=change.set, peaked_s=peaked_s)
        return view

    def _refused(self, rejected: Rejected) -> "PanelView":
        view = replace(self, last_rejected=rejected)
        if self.peaked_s is None or self.peaked_s <= rejected.end_s:
            view = replace(view, pending=None, pending_set=None)
        if rejected.reason is not Rejection.CALIBRATION or self.calibrating is None:
            return view
        kicks = self.calibrating.kicks + 1
        left = replace(self.calibrating, kicks=kicks) if kicks < CALIBRATION.kicks else None
        return replace(view, calibrating=left)

    def _confirmed(self, rep: Rep) -> "PanelView":
        ahead = self.pending is not None and (self.pending_set or 0, self.pending) > (rep.set, rep.rep)
        return replace(
            self,
            set=rep.set,
            rep=rep.rep,
            pending=self.pending if ahead else None,
            pending_set=self.pending_set if ahead else None,
            tally=(self.tally if rep.set == self.set else Tally()).plus(rep.kind),
            last_rep=rep,
            last_set=self.last_set if rep.set == self.set else None,
            last_rejected=None,
            leg=rep.leg,
            leg_source=rep.leg_source,
        )
