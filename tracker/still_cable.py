"""A cable that stands still while the leg pulls at it: its encoder is stuck, or the axle does not turn.

An encoder at rest may repeat its angle for good; that it is stuck shows only beside the other sensors. A leg
that swings on a taut cable moves it by centimetres; before the cable is clipped on, it is slack.
"""

from math import cos, inf

from tracker.progress import Vector

MOVED_M = 0.003
"""The noise of an encoder is a thirtieth of it."""

TAUT_N = 20.0
SWUNG_RAD = 0.3
"""About half a kick; a shank that leans with its foot on the floor does so by less."""

HEARD_S = 0.1
"""Without a sample of any of the three for longer nothing is known of it."""

_COS_SWUNG = cos(SWUNG_RAD)


class StillCable:
    """Watches cable, tension and the ankle's tilt. `stuck`: whether the cable's travel is none, from
    `since_s` on and until it moves. Without a load cell nothing is said.
    """

    def __init__(self) -> None:
        self.stuck = False
        self.since_s = -inf
        self._position_m = inf
        self._cable_s = -inf
        self._load_s = -inf
        self._ankle_s = -inf
        self._up: Vector | None = None

    def doubt(self) -> None:
        """Samples of some stream are missing: what was seen so far proves nothing."""
        self._up = None

    def cable(self, t_s: float, position_m: float) -> None:
        """Take a sample of cable travel."""
        self._cable_s = t_s
        if abs(position_m - self._position_m) > MOVED_M:
            self._position_m, self.since_s, self._up, self.stuck = position_m, t_s, None, False

    def load(self, t_s: float, force_n: float) -> None:
        """Take a sample of cable tension."""
        self._load_s = t_s
        if force_n < TAUT_N:
            self._up = None
            self._load_s = -inf

    def ankle(self, t_s: float, up: Vector) -> None:
        """Take the direction of up in the ankle's sensor frame."""
        heard_s, self._ankle_s = min(self._cable_s, self._load_s, self._ankle_s), t_s
        if t_s - heard_s > HEARD_S:
            self._up = None
            return
        first = self._up
        if first is None:
            self._up = up
        elif first[0] * up[0] + first[1] * up[1] + first[2] * up[2] < _COS_SWUNG:
            self.stuck = True
