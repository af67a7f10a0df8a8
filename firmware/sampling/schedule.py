"""When to look at the sensors: a grid of ticks that is never made up for."""

TICK_S = 0.005


class Schedule:
    """Ticks of `tick_s` on a fixed grid from `start_s` (host time, s).

    A tick that comes late does not move the later ones; those that had passed by then are left out
    and counted in `missed`.
    """

    def __init__(self, start_s: float, tick_s: float = TICK_S) -> None:
        if not tick_s > 0.0:
            raise ValueError(f"a tick of {tick_s} s")
        self.tick_s = tick_s
        self.missed = 0
        self._start_s = start_s
        self._number = -1

    @property
    def next_s(self) -> float:
        """Host time of the next tick."""
        return self._start_s + (self._number + 1) * self.tick_s

    def arrive(self, now_s: float) -> int:
        """Begin the tick that is due at `now_s` and return its number, counted from 0."""
        due = int((now_s - self._start_s) / self.tick_s + 1e-6)
        number = max(self._number + 1, due)
        self.missed += number - self._number - 1
        self._number = number
        return number
