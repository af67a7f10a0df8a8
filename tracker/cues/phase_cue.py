"""The cue within a rep: the phase's word, and the time left of its target."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from tracker.cues.words import PhaseWord
from tracker.messages import Phase, PhaseChange
from tracker.tempo import EXPLOSIVE_S, ORDER, Tempo

PHASE_WORDS: Mapping[Phase, PhaseWord] = {
    Phase.CONCENTRIC: "kick",
    Phase.PAUSE_CONTRACTED: "hold",
    Phase.ECCENTRIC: "return",
    Phase.PAUSE_STRETCHED: "pause",
}

_PLACES: Mapping[Phase, int] = {
    Phase.ECCENTRIC: ORDER.index("eccentric"),
    Phase.PAUSE_STRETCHED: ORDER.index("pause stretched"),
    Phase.CONCENTRIC: ORDER.index("concentric"),
    Phase.PAUSE_CONTRACTED: ORDER.index("pause contracted"),
}


@dataclass(frozen=True, slots=True)
class PhaseCue:
    """One phase as it goes on. `target_s`: how long it should take, None where nobody said.

    `explosive`: as fast as possible, and in `target_s` at the latest.
    """

    word: PhaseWord
    elapsed_s: float
    target_s: float | None
    explosive: bool = False

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
    def remaining_s(self) -> float | None:
        """What is left of the target, negative beyond it; None without a target."""
        return None if self.target_s is None else self.target_s - self.elapsed_s

    @property
    def countdown(self) -> str:
        """Whole seconds left, `+` and those beyond the target, or those gone where there is no target."""
        if self.target_s is None:
            return f"{int(self.elapsed_s)}"
        left = ceil(self.target_s - self.elapsed_s - 1e-9)
        return f"+{-left}" if left < 0 else f"{left}"


def phase_change(
    phase: Phase,
    began_s: float,
    detected_s: float,
    *,
    set_number: int | None,
    rep: int | None,
    target: Tempo | None,
) -> PhaseChange:
    """Return the live change to a phase, with its word and what it should take by `target`."""
    aim_s = target.phases_s[_PLACES[phase]] if target is not None and phase in _PLACES else None
    explosive = target is not None and phase in _PLACES and aim_s is None
    return PhaseChange(
        phase=phase,
        began_s=began_s,
        detected_s=detected_s,
        set=set_number,
        rep=rep,
        word=PHASE_WORDS.get(phase),
        target_s=EXPLOSIVE_S if explosive else aim_s,
        explosive=explosive,
    )


def phase_cue(change: PhaseChange, t_s: float) -> PhaseCue | None:
    """Return the cue of a phase at a moment `t_s` of it; None when there is nothing to do."""
    if change.word is None:
        return None
    return PhaseCue(change.word, max(0.0, t_s - change.began_s), change.target_s, change.explosive)
