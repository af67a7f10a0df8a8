"""The form of a rep: asks each family of faults what the streams at hand can tell.

What no stream supports draws no fault, nor does a stream that lacks samples in the rep.
"""

from collections.abc import Iterator

from tracker.blocks import Stream
from tracker.form.evidence import RepEvidence
from tracker.form.fault import FormFault, worst_first
from tracker.form.knee import knee_bent
from tracker.form.momentum import momentum
from tracker.form.pelvis import back_arched, hips_open, pelvis_motion
from tracker.form.reach import SwingShares, of_the_leg, short_range
from tracker.form.slack import SlackLimits, slack
from tracker.form.tension import load_of
from tracker.form.timing import fast_return, no_hold
from tracker.form.zone import direction
from tracker.load import LoadHistory
from tracker.poses import PoseHistory
from tracker.profiles import Profile
from tracker.tempo import Tempo


class Form:
    """Judges the form of the reps of one session."""

    def __init__(
        self, profile: Profile, target: Tempo | None, load: LoadHistory, pelvis: PoseHistory
    ) -> None:
        """`load`: tension of the cable, `pelvis`: its poses, both empty where nothing measures them."""
        self._profile = profile
        self._target = target
        self._load = load
        self._pelvis = pelvis
        self._swings = SwingShares()

    def aim(self, target: Tempo | None) -> None:
        """Judge the next reps by another target."""
        self._target = target

    def faults(self, evidence: RepEvidence) -> tuple[FormFault, ...]:
        """Return the faults of a rep, worst first."""
        return worst_first(
            (*self._of_progress(evidence), *self._of_tension(evidence), *self._of_pelvis(evidence))
        )

    def _of_progress(self, evidence: RepEvidence) -> Iterator[FormFault | None]:
        by_form = self._profile.slow_return
        swing = self._swings.share(evidence.swing_deg, first=evidence.range_share is None)
        if evidence.travel is None or not (self._profile.standing and evidence.whole(Stream.ANKLE)):
            swing = None
        yield direction(evidence.diagonal)
        yield knee_bent(evidence.diagonal.knee_deg)
        if evidence.timed(by_ankle=self._profile.standing):
            yield fast_return(evidence.boundaries, self._target, by_form=by_form)
            yield no_hold(evidence.boundaries, self._target, by_form=by_form)
            yield short_range(of_the_leg(evidence.range_share, swing))

    def _of_tension(self, evidence: RepEvidence) -> Iterator[FormFault | None]:
        """Where the cable lifts a stack: a band's tension follows its stretch and says nothing of these."""
        if evidence.travel is None or not evidence.whole(Stream.CABLE, Stream.LOAD):
            return
        b = evidence.boundaries
        end_s = b.pause_start_s if b.eccentric_end_s is None else b.eccentric_end_s
        load = load_of(self._load.between(b.concentric_start_s, end_s))
        if load is None:
            return
        yield momentum(self._load.between(b.concentric_start_s, b.pause_start_s), load)
        begin_s = evidence.previous_end_s
        if begin_s is None:
            begin_s = b.concentric_start_s - SlackLimits().before_s
        before = self._load.between(begin_s, b.concentric_start_s)
        back = []
        if b.eccentric_start_s is not None and b.eccentric_end_s is not None:
            back = self._load.between(b.eccentric_start_s, b.eccentric_end_s)
        yield slack(before, back, load)

    def _of_pelvis(self, evidence: RepEvidence) -> Iterator[FormFault | None]:
        """Of a lifter who stands: about the vertical the pelvis turns, out of it it tilts."""
        if not self._profile.standing or self._pelvis.empty or not evidence.whole(Stream.PELVIS):
            return
        end_s = evidence.boundaries.eccentric_end_s
        motion = pelvis_motion(self._pelvis, evidence.kick, end_s, evidence.diagonal.leg)
        if motion is not None:
            yield hips_open(motion)
            yield back_arched(motion)
