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
        """Say of each stream how many samples it lost once it had started and why; of the bus too."""
        for stream, account in self._accounts.items():
            lost = account.lost - Counter({Reason.STARTING: account.lost[Reason.STARTING]})
            if lost and account.delivered:
                why = ", ".join(f"{reason}: {number}" for reason, number in lost.most_common())
                yield f"{stream}: {account.delivered} samples, {lost.total()} lost ({why})"
        if self._missed_ticks:
            yield f"{self._missed_ticks} looks at the sensors were left out, as an earlier one took too long"
        if self._bus_errors and any(account.delivered for account in self._accounts.values()):
            yield f"{self._bus_errors} transfers on the bus failed, repeated ones included"
