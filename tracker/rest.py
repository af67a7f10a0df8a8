"""How long the leg has stood still, in whatever position it is, and where."""

from collections.abc import Callable
from typing import Generic

from tracker.movement import LONG_SILENCE_S, Level
from tracker.progress import PoseT


class Rest(Generic[PoseT]):
    """The pose in which the leg last came to stand, give or take tremor and creep."""

    def __init__(self, measure: Callable[[PoseT], float]) -> None:
        """`measure` turns a pose into progress and may change."""
        self._measure = measure
        self._since: Level[PoseT] | None = None
        self._from_s = 0.0  # since when it may have stood where `_since` saw it first
        self._now_s = 0.0
        self._stood_s = 0.0
        self._perhaps_stood_s = 0.0

    @property
    def still_s(self) -> float:
        """How long the leg has stood still (s)."""
        return 0.0 if self._since is None else self._now_s - self._since.t_s

    @property
    def lately_s(self) -> float:
        """How long the leg has stood still, or had until a moment ago: one that creeps seems to leave."""
        return max(self.still_s, self._stood_s)

    @property
    def perhaps_s(self) -> float:
        """How long it may have stood still until a moment ago, at most, where samples were missing."""
        return max(self._now_s - self._from_s, self._perhaps_stood_s)

    @property
    def pose(self) -> PoseT:
        """Where it came to stand; it must have been seen."""
        assert self._since is not None
        return self._since.pose

    def update(self, now: Level[PoseT], progress: float, within: float) -> None:
        """Take one sample and its progress: the leg stands still while it stays `within` where it was."""
        before_s, self._now_s = self._now_s, now.t_s
        if self._since is None:
            self._since, self._from_s = now, now.t_s
        elif abs(progress - self._measure(self._since.pose)) > within:
            self._stood_s, self._perhaps_stood_s = self.still_s, now.t_s - self._from_s
            self._since = now
            self._from_s = before_s if now.t_s - before_s > LONG_SILENCE_S else now.t_s
