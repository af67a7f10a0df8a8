"""What became of all samples since the start, said when it ends."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from firmware.sampling.account import Account, Health, Reason
from tracker.blocks import Stream


class SampleCount:
    """Adds up the accounts of the sampler's blocks."""

    def __init__(self) -> None:
        """Start with no sample."""
        self._accounts: defaultdict[Stream, Account] = defaultdict(Account)
        self._bus_errors = 0
        self._missed_ticks = 0

    def add(self, health: Health) -> None:
        """Take how the sampling of a block went."""
        for stream, account in health.accounts.items():
            self._accounts[stream].add(account)
        self._bus_errors += health.bus_errors
        self._missed_ticks += health.missed_ticks

    def lines(self) -> Iterator[str]:
        """Say of each stream how many samples it lost once it had started and why; of the bus too.

        A sensor that was never there is a fault, and is not said again.
        """
        for stream, account in self._accounts.items():
            lost = Counter({why: n for why, n in account.lost.items() if n and why is not Reason.STARTING})
            if not account.delivered or not (lost or account.restarts):
                continue
            share = 100.0 * lost.total() / (lost.total() + account.delivered)
            why = ", ".join(f"{reason} {number}" for reason, number in lost.most_common() if number > 0)
            restarts = f", started anew {_times(account.restarts)}" if account.restarts else ""
            yield (
                f"{stream}: {lost.total()} of {lost.total() + account.delivered} samples lost "
                f"({share:.1f} %{': ' if why else ''}{why}){restarts}"
            )
        if self._missed_ticks:
            yield f"the sensors were looked at too late {_times(self._missed_ticks)}"
        if self._bus_errors and any(account.delivered for account in self._accounts.values()):
            yield (
                f"the bus failed {_times(self._bus_errors)}, repeats included; where it keeps failing "
                "`kickback doctor` looks for the cause"
            )


def _times(number: int) -> str:
    return "once" if number == 1 else f"{number} times"
