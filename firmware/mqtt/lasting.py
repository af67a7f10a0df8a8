"""Lasting: whether connections last. Two programs of one name end each other's, again and again."""

_SHORT_S = 10.0
_SUSPICIOUS = 3


class Lasting:
    """Learns when a connection began and ended, in seconds of one clock."""

    def __init__(self) -> None:
        self._began_s: float | None = None
        self._short = 0

    def began(self, now_s: float) -> None:
        """A connection stands."""
        self._began_s = now_s

    def ended(self, now_s: float) -> None:
        """It broke."""
        self._short = 0 if self._lasts(now_s) else self._short + 1
        self._began_s = None

    def suspicious(self, now_s: float) -> bool:
        """Whether the last few did not last, nor the present one so far."""
        return self._short >= _SUSPICIOUS and not self._lasts(now_s)

    def _lasts(self, now_s: float) -> bool:
        return self._began_s is not None and now_s - self._began_s >= _SHORT_S
