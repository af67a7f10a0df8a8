"""Shows a phase as soon as the leg stirs, when the lifter's pace is known from the reps before.

A movement is believed after it has gone some way; on a slow return that takes half a second. At the
usual pace of the phase a much smaller way, gone fast enough, is already telling. What was shown and does
not come true is taken back: nothing but the display depends on it.
"""

from collections import deque
from statistics import median

from tracker.messages import Phase
from tracker.movement import Turn
from tracker.movement_params import MovementParams
from tracker.swing_rate import SwingRate


class Stir:
    """Watches for the next phase while the leg rests or holds."""

    def __init__(self, params: MovementParams, swing: SwingRate | None = None) -> None:
        """Start without a pace: then nothing is shown early but what the ankle's `swing` tells."""
        self._params = params
        self._swing = swing
        self._paces: dict[Phase, deque[float]] = {
            Phase.CONCENTRIC: deque(maxlen=3),
            Phase.ECCENTRIC: deque(maxlen=3),
        }
        self._shown: Phase | None = None
        self._by_ankle = False

    def learn(self, fastest_out: float, fastest_back: float) -> None:
        """Take the peak speeds of a rep."""
        self._paces[Phase.CONCENTRIC].append(fastest_out)
        self._paces[Phase.ECCENTRIC].append(fastest_back)

    def told(self, phase: Phase) -> bool:
        """Whether the phase that begins now is shown already; what is shown is forgotten."""
        told = self._shown is phase
        if told and self._by_ankle and self._swing is not None:
            self._swing.confirmed()
        self._shown = None
        return told

    def watch(self, coming: Phase, present: Phase, t_s: float, share: float, speed: float) -> list[Turn]:
        """Return a turn to the phase that seems to be coming, or back to the present one.

        `share`: of the own range, gone towards it. `speed`: towards it.
        """
        swing = self._swing
        if swing is not None and swing.tells(t_s):
            return self._swung(swing, coming, present, t_s)
        p, paces = self._params, self._paces[coming]
        if self._shown is None:
            if not paces or share < p.stir or speed < p.stirred * median(paces):
                return []
            self._shown, self._by_ankle = coming, False
            return [Turn(coming, t_s - 0.5 * p.window_s, t_s)]
        if speed > 0.0 and share > 0.0:
            return []
        self._shown = None
        return [Turn(present, t_s, t_s)]

    def _swung(self, swing: SwingRate, coming: Phase, present: Phase, t_s: float) -> list[Turn]:
        """The same, by the ankle."""
        since = swing.out_since_s if coming is Phase.CONCENTRIC else swing.back_since_s
        since_s = since(shown=self._shown is not None)
        if (since_s is None) is (self._shown is None):
            return []
        if since_s is None:
            self._shown = None
            swing.mistaken()
            return [Turn(present, t_s, t_s)]
        self._shown, self._by_ankle = coming, True
        return [Turn(coming, since_s, t_s)]
