"""The time of day of an event, by a clock that the network sets right in the middle of a session."""

from datetime import UTC, datetime, timedelta

import pytest

from firmware.numbering import rfc3339
from firmware.wall_clock import WallClock

HOUR_S = 3600.0


class Day:
    """A monotonic clock, and a wall clock that runs beside it until somebody sets it."""

    def __init__(self) -> None:
        self.host_s = 500.0
        self.set_at_s = 500.0
        self.shown = datetime(1970, 1, 1, tzinfo=UTC)
        self.synchronized = False
        self.wall = WallClock(lambda: self.host_s, self.utc, lambda: self.synchronized)

    def utc(self) -> datetime:
        return self.shown + timedelta(seconds=self.host_s - self.set_at_s)

    def set(self, shown: datetime) -> None:
        self.shown, self.set_at_s, self.synchronized = shown, self.host_s, True


@pytest.mark.fault(22)
def test_a_clock_that_nobody_set_is_not_trusted() -> None:
    day = Day()
    assert day.wall.utc is None
    assert not day.wall.synchronized
    day.set(datetime(2026, 5, 1, 17, tzinfo=UTC))
    assert day.wall.utc == datetime(2026, 5, 1, 17, tzinfo=UTC)


@pytest.mark.fault(22)
@pytest.mark.parametrize("step_h", [-30.0 * 24.0, -1.0, 1.0, 56.0 * 365.0 * 24.0])
def test_however_far_the_clock_jumps_moments_keep_their_distance_and_their_right_time(step_h: float) -> None:
    day = Day()
    day.set(datetime(2026, 5, 1, 17, tzinfo=UTC) - timedelta(hours=step_h))
    began_s = day.host_s
    day.host_s += 10.0
    before = [rfc3339(day.wall.at(began_s), session_s) for session_s in (1.0, 4.5)]
    day.set(datetime(2026, 5, 1, 17, 0, 10, tzinfo=UTC))
    day.host_s += 10.0
    after = [rfc3339(day.wall.at(began_s), session_s) for session_s in (1.0, 4.5)]
    assert after == ["2026-05-01T17:00:01.000Z", "2026-05-01T17:00:04.500Z"]
    for moments in (before, after):
        first, second = (datetime.fromisoformat(str(moment)) for moment in moments)
        assert second - first == timedelta(seconds=3.5)
