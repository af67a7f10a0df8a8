"""Groups reps into sets, and sums a set up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from typing import Literal

from tracker.messages import Rep, RepKind, SetSummary
from tracker.setup import SessionSetup
from tracker.tempo import written

EndReason = Literal["inactivity", "tension_released", "announced", "session_end"]


@dataclass(frozen=True, slots=True)
class SetParams:
    """`inactivity_s`: a set is over when no rep has begun for this long; larger bridges longer pauses."""

    inactivity_s: float = 12.0


class Sets:
    """Numbers sets and reps; a set is open from its first rep until it is closed."""

    def __init__(self, setup: SessionSetup, params: SetParams | None = None) -> None:
        """Start before the first set."""
        self.params = params or SetParams()
        self._setup = setup
        self._number = 0
        self._reps: list[Rep] = []
        self._rejected = 0

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

    def add(self, rep: Rep) -> None:
        """Take a rep into the set, opening one if need be."""
        if not self._reps:
            self._number += 1
        self._reps.append(rep)

    def reject(self) -> int | None:
        """Count a rejected movement; return the set it fell into, None between sets."""
        if not self.open:
            return None
        self._rejected += 1
        return self._number

    def overdue(self, t_s: float) -> bool:
        """Whether the open set has been inactive for too long at `t_s`."""
        last_end_s = self.last_end_s
        return last_end_s is not None and t_s - last_end_s > self.params.inactivity_s

    def close(self, t_s: float, reason: EndReason) -> SetSummary:
        """End the open set and return its summary."""
        last_end_s = self.last_end_s
        assert last_end_s is not None
        summary = _summary(self._setup, self._reps, self._rejected, last_end_s, t_s, reason)
        self._reps, self._rejected = [], 0
        return summary


def _summary(
    setup: SessionSetup, reps: Sequence[Rep], rejected: int, end_s: float, t_s: float, reason: EndReason
) -> SetSummary:
    last = reps[-1]
    diagonals = [rep.diagonal_deg for rep in reps if rep.diagonal_deg is not None]
    zones = [rep.in_zone for rep in reps if rep.in_zone is not None]
    phases = [
        _mean(reps, lambda rep: rep.eccentric_s),
        _mean(reps, lambda rep: rep.pause_stretched_s),
        _mean(reps, lambda rep: rep.concentric_s),
        _mean(reps, lambda rep: rep.pause_contracted_s),
    ]
    works = [rep.work_j for rep in reps if rep.work_j is not None]
    return SetSummary(
        session=setup.session,
        set=last.set,
        exercise=setup.exercise,
        leg=last.leg,
        leg_source=last.leg_source,
        start_s=reps[0].concentric_start_s,
        end_s=end_s,
        end_reason=reason,
        detected_s=t_s,
        reps_full=_count(reps, RepKind.FULL),
        reps_partial=_count(reps, RepKind.PARTIAL),
        reps_unfinished=_count(reps, RepKind.UNFINISHED),
        rejected=rejected,
        time_under_tension_s=fsum(rep.time_under_tension_s or 0.0 for rep in reps),
        tempo=written(phases),
        target=setup.target,
        diagonal_deg=fsum(diagonals) / len(diagonals) if diagonals else None,
        diagonal_spread_deg=_spread(diagonals),
        in_zone_share=zones.count(True) / len(zones) if zones else None,
        rom_m=_mean(reps, lambda rep: rep.rom_m),
        rom_deg=_mean(reps, lambda rep: rep.rom_deg),
        mean_force_n=_mean(reps, lambda rep: rep.mean_force_n),
        work_j=fsum(works) if works else None,
    )


def _count(reps: Sequence[Rep], kind: RepKind) -> int:
    return sum(1 for rep in reps if rep.kind is kind)


def _mean(reps: Sequence[Rep], quantity: Callable[[Rep], float | None]) -> float | None:
    values = [value for value in map(quantity, reps) if value is not None]
    return fsum(values) / len(values) if values else None


def _spread(values: Sequence[float]) -> float | None:
    """Sample standard deviation; None for fewer than two values."""
    if len(values) < 2:
        return None
    mean = fsum(values) / len(values)
    return sqrt(fsum((v - mean) ** 2 for v in values) / (len(values) - 1))
