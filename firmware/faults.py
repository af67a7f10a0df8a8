"""Faults: what is wrong now, part by part; shown while it lasts and told once when it comes and goes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import msgspec

_FIRST_WORD_S = 2.0
_BETWEEN_WORDS_S = 20.0
_BETWEEN_WORDS_AT_MOST_S = 3600.0
_QUIET_S = 3600.0
_BETWEEN_CHANGES_S = 0.5


class ActiveFault(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong: `part` is a stream or another part, `what` says it and what to do about it."""

    part: str
    what: str


class FaultEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A part went wrong or is fine again; numbered, kept and published like a result.

    `what`: what is wrong and what to do about it, of one that is over what had been wrong. `lasted_s`:
    how long it had been so, null as it is raised.
    """

    SCHEMA: ClassVar[str] = "kickback.fault/1"
    TOPIC: ClassVar[str] = "fault"

    session: str
    part: str
    what: str
    change: Literal["raised", "cleared"]
    detected_s: float
    lasted_s: float | None


@dataclass(frozen=True, slots=True)
class FaultChange:
    """A fault that came, or one that went after `lasted_s`."""

    fault: ActiveFault
    lasted_s: float | None = None

    def event(self, session: str, detected_s: float) -> FaultEvent:
        """The event of it, at a time of a session."""
        return FaultEvent(
            session=session,
            part=self.fault.part,
            what=self.fault.what,
            change="raised" if self.lasted_s is None else "cleared",
            detected_s=detected_s,
            lasted_s=None if self.lasted_s is None else round(self.lasted_s, 3),
        )


class Faults:
    """Compares what is wrong from block to block.

    `sensors`: the streams in use. When none of them answers, that is one line and not one for each.
    `tell`: takes a line when a fault comes or goes; of nothing in the first 2 s. A part whose fault comes
    and goes all the time, as with a loose wire, is told of every 20 s at most, and that it is wrong again
    after twice as long each time, up to an hour; from the start again once it has not changed for an hour.
    `show`: takes all active faults when they have changed, every half second at most.
    What is told is also returned, part by part, to be kept.

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
        self._told: dict[str, ActiveFault] = {}
        self._told_s: dict[str, float] = {}
        self._again_after_s: dict[str, float] = {}
        self._changed_s: dict[str, float] = {}
        self._raised_s: dict[str, float] = {}

    @property
    def active(self) -> tuple[ActiveFault, ...]:
        """What is wrong now, in the order in which it was given."""
        return tuple(self._active.values())

    def see(self, now_s: float, wrong: Mapping[str, str]) -> Sequence[FaultChange]:
        """Take what is wrong at a moment: text by part, the most urgent first; return what is news."""
        if self._began_s is None:
            self._began_s = now_s
        self._note_changes(wrong, now_s)
        self._active = {part: ActiveFault(part=part, what=what) for part, what in wrong.items()}
        if self.active != self._shown and now_s - self._shown_s >= _BETWEEN_CHANGES_S:
            self._shown, self._shown_s = self.active, now_s
            self._show(self._shown)
        if now_s - self._began_s < _FIRST_WORD_S:
            return ()
        told = dict(self._told)
        self._tell_news(now_s)
        return self._changes(told, now_s)

    def _note_changes(self, wrong: Mapping[str, str], now_s: float) -> None:
        """Forget how often a part was told of that now changes after a quiet hour."""
        for part in self._active.keys() ^ wrong.keys():
            if now_s - self._changed_s.get(part, now_s) >= _QUIET_S:
                self._again_after_s.pop(part, None)
            self._changed_s[part] = now_s

    def _changes(self, told: Mapping[str, ActiveFault], now_s: float) -> Sequence[FaultChange]:
        """What is told of now and was not before, and the other way round."""
        come = [part for part in self._told if part not in told]
        gone = [part for part in told if part not in self._told]
        ended = [FaultChange(told[part], now_s - self._raised_s.pop(part)) for part in gone]
        self._raised_s |= dict.fromkeys(come, now_s)
        return [*ended, *(FaultChange(self._told[part]) for part in come)]

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
        again_s = self._again_after_s.get(part, _BETWEEN_WORDS_S)
        pause_s = again_s if part in self._active else _BETWEEN_WORDS_S
        return now_s - self._told_s.get(part, -float("inf")) >= pause_s

    def _note(self, parts: Sequence[str], now_s: float) -> None:
        for part in parts:
            self._told_s[part] = now_s
            if part in self._active:
                self._lengthen_pause(part)
                self._told[part] = self._active[part]
            else:
                self._told.pop(part, None)

    def _lengthen_pause(self, part: str) -> None:
        """Wait longer before it is told once more that a part is wrong again."""
        before_s = self._again_after_s.get(part)
        again_s = _BETWEEN_WORDS_S if before_s is None else 2.0 * before_s
        self._again_after_s[part] = min(again_s, _BETWEEN_WORDS_AT_MOST_S)
