"""The one clock of a modelled bench: time passes only when something takes time."""


class VirtualClock:
    """Seconds since the start. Serves as `time.monotonic` and `time.sleep` of the code under test."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now(self) -> float:
        return self._now_s

    def sleep(self, duration_s: float) -> None:
        if duration_s < 0:
            raise ValueError(f"slept for {duration_s} s")
        self._now_s += duration_s

    def until(self, moment_s: float) -> None:
        self._now_s = max(self._now_s, moment_s)
