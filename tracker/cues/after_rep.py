"""The cue after a rep: at most one, and only when it is worth the lifter's attention.

A fault is worth a word when it is large (severity `LARGE` or more), or repeated: in this rep and in one of
the two before it. Of those the worst is said. Nothing is said while that one, or its opposite, was
said after one of the last `hold_off` reps: the lifter works on one thing at a time, and has had no chance
yet. Where a target of reps is reached with the rep, that is said instead. A set begins with nothing said.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from tracker.cues.words import ADVICE, OPPOSITES
from tracker.form.fault import LARGE, FaultName, FormFault
from tracker.messages import Cue, CueKind, Rep, SetSummary


@dataclass(frozen=True, slots=True)
class CueParams:
    """`window`: a fault that was in one of so many reps before is repeated. `hold_off`: for so many reps
    after a cue neither it nor its opposite is said. Larger values say more of small faults, and less often.
    """

    window: int = 2
    hold_off: int = 2


class AfterRep:
    """Decides what is said after each rep of a session, and at the end of a set."""

    def __init__(self, target_reps: int | None = None, params: CueParams | None = None) -> None:
        """`target_reps`: confirmed reps to aim at in each set."""
        self.params = params or CueParams()
        self._target_reps = target_reps
        self._before: deque[frozenset[FaultName]] = deque(maxlen=self.params.window)
        self._said: dict[FaultName, int] = {}

    def aim(self, target_reps: int | None) -> None:
        """Aim at another number of reps."""
        self._target_reps = target_reps

    def rep(self, rep: Rep, faults: Sequence[FormFault]) -> Cue | None:
        """Take a confirmed rep and what was wrong with it, worst first; return what to say."""
        worst = next((each for each in faults if self._worth(each)), None)
        self._before.append(frozenset(each.name for each in faults))
        if rep.rep == self._target_reps:
            return _cue(rep, CueKind.TARGET_REACHED, None)
        if worst is None or self._held_off(worst.name, rep.rep):
            return None
        self._said[worst.name] = rep.rep
        return _cue(rep, CueKind.FORM, worst)

    def set_over(self, summary: SetSummary) -> Cue:
        """Take the end of a set: time to rest."""
        self._before.clear()
        self._said.clear()
        return Cue(
            session=summary.session,
            set=summary.set,
            rep=None,
            kind=CueKind.SET_OVER,
            word="rest",
            fault=None,
            severity=None,
            about_s=summary.detected_s,
            detected_s=summary.detected_s,
        )

    def _worth(self, fault: FormFault) -> bool:
        return fault.severity >= LARGE or any(fault.name in names for names in self._before)

    def _held_off(self, name: FaultName, number: int) -> bool:
        alike = (name, OPPOSITES.get(name))
        return any(said in alike and number - at <= self.params.hold_off for said, at in self._said.items())


def _cue(rep: Rep, kind: CueKind, fault: FormFault | None) -> Cue:
    return Cue(
        session=rep.session,
        set=rep.set,
        rep=rep.rep,
        kind=kind,
        word="target_reached" if fault is None else ADVICE[fault.name],
        fault=None if fault is None else fault.name,
        severity=None if fault is None else fault.severity,
        about_s=rep.pause_start_s if rep.eccentric_end_s is None else rep.eccentric_end_s,
        detected_s=rep.detected_s,
    )
