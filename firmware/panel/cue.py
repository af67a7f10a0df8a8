"""The cue: what the lifter is to do now, for how long still, and what was wrong with the last rep.

One decision for the screen, the buzzer and the lamp, from the one view that the retained state is made
of as well: they cannot contradict each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

from firmware.panel.view import CALIBRATION, PanelView
from firmware.panel.words import plainly
from tracker.messages import Phase
from tracker.tempo import EXPLOSIVE_S, ORDER, Tempo, parse_tempo

CUE_WORDS: Mapping[Phase, str] = {
    Phase.CONCENTRIC: "KICK",
    Phase.PAUSE_CONTRACTED: "HOLD",
    Phase.ECCENTRIC: "RETURN",
    Phase.PAUSE_STRETCHED: "PAUSE",
}

FORM_WORDS: Mapping[str, str] = {
    "direction_narrow": "KICK WIDER",
    "direction_wide": "KICK NARROWER",
    "fast_return": "RETURN SLOWER",
    "no_hold": "HOLD AT PEAK",
    "momentum": "NO SWINGING",
    "slack": "KEEP TENSION",
    "short_range": "FULL RANGE",
    "knee_bent": "LEG STRAIGHTER",
    "hips_open": "HIPS SQUARE",
    "back_arched": "BACK STILL",
}

_PLACES: Mapping[Phase, int] = {
    Phase.ECCENTRIC: ORDER.index("eccentric"),
    Phase.PAUSE_STRETCHED: ORDER.index("pause stretched"),
    Phase.CONCENTRIC: ORDER.index("concentric"),
    Phase.PAUSE_CONTRACTED: ORDER.index("pause contracted"),
}


@dataclass(frozen=True, slots=True)
class Cue:
    """One phase as it goes on. `target_s`: how long it should take, None where nobody said.

    `explosive`: as fast as possible, and in `target_s` at the latest.
    """

    phase: Phase
    elapsed_s: float
    target_s: float | None
    explosive: bool = False

    @property
    def word(self) -> str:
        """What to do."""
        return CUE_WORDS[self.phase]

    @property
    def share(self) -> float:
        """How much of the target has passed, 0 to 1; 0 without a target, 1 when the target is no time."""
        if self.target_s is None:
            return 0.0
        return 1.0 if self.target_s <= 0.0 else min(1.0, self.elapsed_s / self.target_s)

    @property
    def due(self) -> bool:
        """Whether the target has passed and the next phase should begin; never without a target."""
        return self.target_s is not None and 0.0 < self.target_s <= self.elapsed_s

    @property
    def countdown(self) -> str:
        """Whole seconds left, `+` and those beyond the target, or those gone where there is no target."""
        if self.target_s is None:
            return f"{int(self.elapsed_s)}"
        left = ceil(self.target_s - self.elapsed_s - 1e-9)
        return f"+{-left}" if left < 0 else f"{left}"


def cue_of(view: PanelView, session_s: float) -> Cue | None:
    """The cue at a moment of session time; None while nothing is to be done."""
    if view.phase is Phase.IDLE or view.phase_since_s is None:
        return None
    elapsed_s = max(0.0, session_s - view.phase_since_s)
    if view.target is None or view.calibrating is not None:
        return Cue(view.phase, elapsed_s, None)
    aim_s = _tempo(view.target).phases_s[_PLACES[view.phase]]
    return Cue(view.phase, elapsed_s, EXPLOSIVE_S if aim_s is None else aim_s, explosive=aim_s is None)


def count_of(view: PanelView) -> int:
    """The number to show: of the pending rep, else of confirmed ones; a set that is over counts no more."""
    if view.pending is not None:
        return view.pending
    return 0 if view.last_set is not None and view.phase is not Phase.IDLE else view.rep


def calibrating(view: PanelView, session_s: float) -> bool:
    """Whether calibration kicks are waited for."""
    begun = view.calibrating
    return begun is not None and session_s - begun.since_s <= CALIBRATION.patience_s


def form_cue(view: PanelView) -> str | None:
    """What to do better: the first of the last rep's faults, between this rep and the next."""
    rep = view.last_rep
    if view.phase is not Phase.PAUSE_STRETCHED or rep is None or rep.rep != view.rep or not rep.faults:
        return None
    return FORM_WORDS.get(rep.faults[0], plainly(rep.faults[0]).upper())


def phase_words(tempo: str) -> tuple[str, str, str, str]:
    """A written tempo in words, in the order in which a rep is done: kick, hold, return, pause."""
    parts = tempo.split("-") if "-" in tempo else list(tempo)
    back, pause, kick, hold = ("fast" if part.strip().upper() == "X" else part.strip() for part in parts)
    return (f"kick {kick}", f"hold {hold}", f"return {back}", f"pause {pause}")


@lru_cache(16)
def _tempo(target: str) -> Tempo:
    return parse_tempo(target)
