"""Faults: what is wrong now, part by part; shown while it lasts and told once when it comes and goes."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

_FIRST_WORD_S = 2.0
_BETWEEN_WORDS_S = 20.0
_BETWEEN_CHANGES_S = 0.5


class ActiveFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: `part` is a stream or another part, `what` says it and what to do about it."""

    part: str
    what: str


class Faults:
    """Compares what is wrong from block to block.

    `sensors`: the streams in use. When none of them answers, that is one line and not one for each.
    `tell`: takes a line when a fault comes or goes; a part whose fault comes and goes all the time, as
    with a loose wire, is told of every 20 s at most, and of nothing in the first 2 s.
    `show`: takes all active faults when they have changed, every half second at most.

    All times are those of the caller, of any clock that only goes forward.
    """

    def __init__(
        self,
        sensors: Sequence[str],
        tell: Callable[[str], None],
        show: Callable[[tuple[ActiveFault, ...]], None],
    ) -> None:
        self._sensors = tuple(sensors)
        self._tell = tell
        self._show = show
        self._active: dict[str, ActiveFault] = {}
        self._shown: tuple[ActiveFault, ...] = ()
        self._shown_s = -float("inf")
        self._began_s: float | None = None
        self._told: dict[str, None] = {}
        self._told_s: dict[str, float] = {}

    @property
    def active(self) -> tuple[ActiveFault, ...]:
        """What is wrong now, in the order in which it was given."""
        return tuple(self._active.values())

    def see(self, now_s: float, wrong: Mapping[str, str]) -> None:
        """Take what is wrong at a moment: text by part, the most urgent first."""
        if self._began_s is None:
            self._began_s = now_s
        self._active = {part: ActiveFault(part=part, what=what) for part, what in wrong.items()}
        if self.active != self._shown and now_s - self._shown_s >= _BETWEEN_CHANGES_S:
            self._shown, self._shown_s = self.active, now_s
            self._show(self._shown)
        if now_s - self._began_s >= _FIRST_WORD_S:
            self._tell_news(now_s)

    def _tell_news(self, now_s: float) -> None:
        news = [part for part in {**self._active, **self._told} if self._is_news(part, now_s)]
        come = [part for part in news if part in self._active]
        if self._sensors and set(self._sensors) <= self._active.keys() and set(come) & set(self._sensors):
            first = next(part for part in self._active if part in self._sensors)
            self._tell(
                f"no sensor answers: {first}: {self._active[first].what}; "
                "waiting for one, `kickback doctor` looks at each"
            )
            self._note(self._sensors, now_s)
            come = [part for part in come if part not in self._sensors]
        for part in come:
            self._tell(f"{part}: {self._active[part].what}")
        for part in news:
            if part not in self._active:
                self._tell(f"{part}: fine again")
        self._note(news, now_s)

    def _is_news(self, part: str, now_s: float) -> bool:
        if (part in self._active) == (part in self._told):
            return False
        return now_s - self._told_s.get(part, -float("inf")) >= _BETWEEN_WORDS_S

    def _note(self, parts: Sequence[str], now_s: float) -> None:
        for part in parts:
            self._told_s[part] = now_s
            if part in self._active:
                self._told[part] = None
            else:
                self._told.pop(part, None)
