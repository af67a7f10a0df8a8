"""Groups reps into sets: a set begins with its first confirmed rep, and ends when nobody goes on with it."""

from collections.abc import Callable
from dataclasses import dataclass

from tracker.comparison import compared, remembered
from tracker.gaps import TELL_REPS
from tracker.messages import EndReason, Rep, SetSummary
from tracker.setup import EarlierSet, SessionSetup
from tracker.summary import summary
from tracker.tempo import parse_tempo


@dataclass(frozen=True, slots=True)
class SetParams:
    """`inactivity_s`: a set is over when no rep has begun for this long; larger bridges longer pauses.
    `pauses`: or for so many of the target's pauses at the start position, whichever is longer: a pause that
    is aimed at ends no set, even one that is held for too long.
    """

    inactivity_s: float = 12.0
    pauses: float = 2.0


class Sets:
    """Numbers sets and reps; a set is open from its first rep until it is closed."""

    def __init__(
        self,
        setup: SessionSetup,
        params: SetParams | None = None,
        unseen_s: Callable[[float, float], float] = lambda start_s, end_s: 0.0,
    ) -> None:
        """Start before the first set. `unseen_s`: how long, between two moments, reps went unseen."""
        self.params = params or SetParams()
        self._setup = setup
        self._patience_s = self._longest_pause_s(setup.target)
        self._number = 0
        self._reps: list[Rep] = []
        self._rejected = 0
        self._unseen_between_s = unseen_s
        self._unseen_s = 0.0
        self._looked_s = float("-inf")
        self._kicks_awaited_s = float("-inf")
        self._previous_end_s: float | None = None
        self._done: list[EarlierSet] = []

    def aim(self, setup: SessionSetup) -> None:
        """Let the targets of this setup hold; of a set, those that hold at its end count."""
        self._setup = setup
        self._patience_s = self._longest_pause_s(setup.target)

    @property
    def open(self) -> bool:
        """Whether a set is under way."""
        return bool(self._reps)

    @property
    def number(self) -> int:
        """Number of the set a rep would belong to now."""
        return self._number if self.open else self._number + 1

    @property
    def next_rep(self) -> int:
        """Number the next rep would have."""
        return len(self._reps) + 1

    @property
    def last_end_s(self) -> float | None:
        """When the last rep of the open set ended (its peak, if it never came back)."""
        if not self._reps:
            return None
        last = self._reps[-1]
        return last.pause_start_s if last.eccentric_end_s is None else last.eccentric_end_s

    @property
    def certain_end_s(self) -> float | None:
        """When the last rep ended, None where what tells reps lacked samples in it: it may be far off."""
        if not self._reps or not TELL_REPS.isdisjoint(self._reps[-1].quality_reasons):
            return None
        return self.last_end_s

    def add(self, rep: Rep) -> None:
        """Take a rep into the set, opening one if need be."""
        since_s = self._looked_s
        if not self.open:
            self._number += 1
            since_s = max(since_s, rep.concentric_start_s - self._patience_s)
        self._reps.append(rep)
        assert self.last_end_s is not None
        self._look(since_s, self.last_end_s)

    def await_kicks(self, t_s: float) -> None:
        """Tell that calibration kicks were announced."""
        self._kicks_awaited_s = t_s

    def add_kick(self, end_s: float) -> None:
        """Take a calibration kick: a rep of the set to come, where one before it went by unseen."""
        if not self.open:
            self._look(max(self._looked_s, self._kicks_awaited_s), end_s)

    def reject(self) -> int | None:
        """Count a rejected movement; return the set it fell into, None between sets."""
        if not self.open:
            return None
        self._rejected += 1
        return self._number

    def overdue(self, t_s: float) -> bool:
        """Whether the open set has been inactive for too long at `t_s`."""
        last_end_s = self.last_end_s
        return last_end_s is not None and t_s - last_end_s > self._patience_s

    def close(self, t_s: float, reason: EndReason) -> SetSummary:
        """End the open set and return its summary."""
        end_s = self.last_end_s
        assert end_s is not None
        self._look(end_s, t_s)
        alone = summary(
            self._setup,
            self._reps,
            rejected=self._rejected,
            unseen_s=self._unseen_s,
            previous_end_s=self._previous_end_s,
            end_s=end_s,
            detected_s=t_s,
            reason=reason,
        )
        done = compared(alone, self._done, self._setup.earlier)
        self._done.append(remembered(done))
        self._reps, self._rejected, self._unseen_s, self._previous_end_s = [], 0, 0.0, end_s
        self._looked_s = end_s
        return done

    def _look(self, since_s: float, until_s: float) -> None:
        """Add what went unseen."""
        self._unseen_s += self._unseen_between_s(since_s, until_s)
        self._looked_s = until_s

    def _longest_pause_s(self, target: str | None) -> float:
        pause_s = None if target is None else parse_tempo(target).phases_s[1]
        return max(self.params.inactivity_s, self.params.pauses * (pause_s or 0.0))
