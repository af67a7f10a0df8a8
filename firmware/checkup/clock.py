"""Clock: whether the wall clock is right, which dates results and certificates; counting needs none."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from firmware.checkup.finding import Finding, fine, note, wrong
from firmware.wall_clock import set_by_network

_EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)


def examine_clock(
    now: Callable[[], datetime] = lambda: datetime.now(UTC), synchronized: Callable[[], bool] = set_by_network
) -> Iterator[Finding]:
    """Look at the wall clock, which dates results and certificates; counting needs none."""
    moment = now()
    shown = moment.isoformat(sep=" ", timespec="minutes")
    if synchronized():
        yield fine("clock", f"{shown}, set by the network")
    elif moment < _EARLIEST:
        yield wrong("clock", f"{shown} is long past", "connect it to a network, or sudo date --set '...'")
    else:
        yield note(
            "clock",
            f"{shown}, not set by the network yet; results are marked so",
            "look with timedatectl; without a network dates may be wrong, counting is not",
        )
