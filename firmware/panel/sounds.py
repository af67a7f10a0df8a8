"""Sounds: which tune goes with what has just happened to the view. The same view makes the screen."""

from enum import Enum

from firmware.panel.cue import cue_of
from firmware.panel.view import PanelView
from tracker.messages import Rejection, Rep

_LOW, _MIDDLE, _HIGH, _HIGHEST = 1047.0, 1568.0, 2093.0, 3136.0
"""C6, G6, C7 and G7 (Hz): where small buzzers are loud and gym music is not."""


class Sound(Enum):
    """What is heard: notes of a frequency (Hz, 0 for silence) and a length (s)."""

    PRESSED = ((_MIDDLE, 0.04),)
    PHASE_END = ((_HIGH, 0.12),)
    PEAK = ((_HIGHEST, 0.05),)
    REP = ((_MIDDLE, 0.08), (_HIGH, 0.12))
    REP_WITH_CUE = ((_MIDDLE, 0.08), (_HIGH, 0.12), (0.0, 0.06), (_LOW, 0.25))
    TARGET_REACHED = ((_MIDDLE, 0.08), (_HIGH, 0.12), (0.0, 0.06), (_HIGHEST, 0.12), (_HIGHEST, 0.30))
    NOT_COUNTED = ((_MIDDLE, 0.08), (_LOW, 0.20))
    SET = ((_LOW, 0.12), (_MIDDLE, 0.12), (_HIGH, 0.12), (_HIGHEST, 0.30))
    KICKS_TAKEN = ((_HIGH, 0.10), (0.0, 0.05), (_HIGH, 0.10), (0.0, 0.05), (_HIGHEST, 0.20))
    IDENTITY = ((_HIGHEST, 0.20), (0.0, 0.10)) * 4
    FAULT = ((_LOW, 0.25), (0.0, 0.10), (_LOW, 0.25))


def sound_of(before: PanelView, view: PanelView) -> Sound | None:
    """The sound of a change of the view; None for one that is only to be seen."""
    if view.last_set is not before.last_set and view.last_set is not None:
        return Sound.SET if view.saved else Sound.FAULT
    if view.last_rep is not before.last_rep and view.last_rep is not None:
        if not view.saved:
            return Sound.FAULT
        return _after_rep(view.last_rep)
    if view.pending is not None and before.pending is None:
        return Sound.PEAK
    if view.last_rejected is not before.last_rejected and view.last_rejected is not None:
        if view.last_rejected.reason is Rejection.CALIBRATION:
            return Sound.PEAK if view.calibrating is not None else Sound.KICKS_TAKEN
        return Sound.NOT_COUNTED if _was_pending(view) else None
    return Sound.FAULT if _parts(view) - _parts(before) else None


def _after_rep(rep: Rep) -> Sound:
    match rep.cue:
        case None:
            return Sound.REP
        case "target_reached":
            return Sound.TARGET_REACHED
    return Sound.REP_WITH_CUE


def phase_end(view: PanelView, session_s: float) -> float | None:
    """When the phase that is over its target by now began, None while there is none.

    A phase aimed at as fast as possible has no end to wait for.
    """
    cue = cue_of(view, session_s)
    if cue is None or not cue.due or cue.explosive:
        return None
    return view.phase_since_s


def _was_pending(view: PanelView) -> bool:
    rejected, peaked_s = view.last_rejected, view.peaked_s
    return rejected is not None and peaked_s is not None and rejected.start_s <= peaked_s <= rejected.end_s


def _parts(view: PanelView) -> frozenset[str]:
    return frozenset(fault.partition(":")[0] for fault in view.faults)
