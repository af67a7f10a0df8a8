"""Notices jolts of the ankle: a heel that strikes the floor shakes it as no kick does.

A kick's acceleration changes over a tenth of a second, a heel strike's within a hundredth (20 to
60 Hz and several g at the shank: Lafortune, "Three-dimensional acceleration of the tibia during
walking and running", Journal of Biomechanics 24 (1991)).
"""

from collections import deque
from dataclasses import dataclass

from tracker.progress import Vector


@dataclass(frozen=True, slots=True)
class JoltParams:
    """`change_mps2`: change of specific force within `within_s` that is a jolt; a kick of 0.45 s over 35
    degrees reaches 3. Where samples lie further apart, from one to the next.
    `silent_s`: across a longer silence nothing is compared: a leg that turns feels gravity from elsewhere.
    `span_s`: how long a jolt is remembered.
    """

    change_mps2: float = 8.0
    within_s: float = 0.009
    silent_s: float = 0.12
    span_s: float = 10.0


class Jolts:
    """Remembers when the ankle was jolted."""

    def __init__(self, params: JoltParams | None = None) -> None:
        """Start with no sample seen."""
        self.params = params or JoltParams()
        self._recent: deque[tuple[float, Vector]] = deque()
        self._jolts_s: deque[float] = deque()

    def sample(self, t_s: float, force: Vector) -> None:
        """Take one sample's specific force (m/s2, sensor frame)."""
        p, recent = self.params, self._recent
        if recent and t_s - recent[-1][0] > p.silent_s:
            recent.clear()
        recent.append((t_s, force))
        while len(recent) > 2 and t_s - recent[1][0] >= p.within_s:
            recent.popleft()
        before = recent[0][1]
        dx, dy, dz = force[0] - before[0], force[1] - before[1], force[2] - before[2]
        if dx * dx + dy * dy + dz * dz > p.change_mps2**2:
            self._jolts_s.append(t_s)
            while t_s - self._jolts_s[0] > p.span_s:
                self._jolts_s.popleft()

    def within(self, start_s: float, end_s: float) -> bool:
        """Return whether there was a jolt in `[start_s, end_s)`."""
        return any(start_s <= t_s < end_s for t_s in self._jolts_s)
