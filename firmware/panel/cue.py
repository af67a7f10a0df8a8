"""What the core has decided to tell the lifter, as the view has it now: for screen, buzzer and lamp alike."""

from firmware.panel.view import CALIBRATION, PanelView
from tracker.cues.phase_cue import PhaseCue, phase_cue
from tracker.cues.words import CueWord, PhaseWord
from tracker.messages import Phase

LONGEST_REST_S = 3600.0
"""Whoever rests for longer has gone."""


def cue_of(view: PanelView, session_s: float) -> PhaseCue | None:
    """The cue at a moment of session time; None while nothing is to be done."""
    return None if view.change is None else phase_cue(view.change, session_s)


def said_after(view: PanelView) -> CueWord | None:
    """What is said of the last rep, between it and the next."""
    rep = view.last_rep
    if view.phase is not Phase.PAUSE_STRETCHED or rep is None or rep.rep != view.rep:
        return None
    return rep.cue


def spelled(word: PhaseWord | CueWord) -> str:
    """A cue's word as it is shown."""
    return word.replace("_", " ").upper()


def count_of(view: PanelView) -> int:
    """The number to show: of the pending rep, else of confirmed ones; a set that is over counts no more."""
    if view.pending is not None:
        return view.pending
    return 0 if view.last_set is not None and view.phase is not Phase.IDLE else view.rep


def rested(view: PanelView, session_s: float) -> str | None:
    """How long the lifter has rested since the last set, `1:23`; None where there was none, or long ago."""
    if view.last_set is None or session_s - view.last_set.end_s >= LONGEST_REST_S:
        return None
    minutes, seconds = divmod(int(max(0.0, session_s - view.last_set.end_s)), 60)
    return f"{minutes}:{seconds:02d}"


def calibrating(view: PanelView, session_s: float) -> bool:
    """Whether calibration kicks are waited for."""
    begun = view.calibrating
    return begun is not None and session_s - begun.since_s <= CALIBRATION.patience_s
