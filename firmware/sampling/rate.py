"""Rate: whether a stream has as many samples a second as it should, whatever keeps them back.

Counted by the host's clock as they arrive, not by their times: those follow the chip. The encoder has no
rate of its own: it is asked, and ticks that come late are counted as such.
"""

from collections import deque

from tracker.blocks import SLOW_S

_LEAST = 0.8
_WELL = 0.85
_LOOK_S = 0.1
_LOOKS_WELL = 5
_ASLEEP_S = 0.25


class RateWatch:
    """Watches how many samples of one stream have come.

    `expected_hz`: by the name of the setting, which the oscillators of the chips miss by some percent; zero
    where there is no such thing. `slow_hz`: the rate as it was found to be under 80 % of that over 2 s; None
    while it is well, as it is again when half a second had 85 %.

    A pause of over 0.25 s between two looks begins it anew. So a host whose every pass is as late is not
    judged here: samples that it loses stand in the stream's account, by their cause.
    """

    def __init__(self, expected_hz: float) -> None:
        self.expected_hz = expected_hz
        self.slow_hz: float | None = None
        self._looks: deque[tuple[float, int]] = deque()

    def look(self, now_s: float, number: int) -> None:
        """Take how many samples have come in all by now (host time, s)."""
        looks = self._looks
        since_s = now_s - looks[-1][0] if looks else _LOOK_S
        if since_s > _ASLEEP_S:
            self.restart()
        elif since_s < _LOOK_S:
            return
        looks.append((now_s, number))
        if self.slow_hz is not None and len(looks) > _LOOKS_WELL:
            if self._rate_since(*looks.popleft()) >= _WELL * self.expected_hz:
                self.restart()
        elif now_s - looks[0][0] >= SLOW_S:
            found_hz = self._rate_since(*looks.popleft())
            if found_hz < _LEAST * self.expected_hz:
                self.slow_hz = found_hz
                looks.clear()

    def restart(self) -> None:
        """Begin anew: it is well again, nobody listened, or the stream was given up and a fault says why."""
        self.slow_hz = None
        self._looks.clear()

    def _rate_since(self, look_s: float, number: int) -> float:
        now_s, latest = self._looks[-1]
        return (latest - number) / (now_s - look_s)
