"""Load readings: what the load cell's converter gives over some seconds."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, pstdev

from firmware.calibrating.host import Host
from firmware.i2c.nau7802 import Nau7802
from firmware.i2c.registers import ChipError

_POLLS_PER_PERIOD = 4
_SILENT_S = 1.0


@dataclass(frozen=True, slots=True)
class LoadReadings:
    """`counts`: conversions inside the range. `saturated`: how many were at its end. `rate_hz`: measured."""

    counts: list[int]
    saturated: int
    rate_hz: float

    @property
    def number(self) -> int:
        """Conversions of either kind."""
        return len(self.counts) + self.saturated

    @property
    def mean(self) -> float:
        """Mean of those inside the range; 0 when there are none."""
        return fmean(self.counts) if self.counts else 0.0

    @property
    def noise(self) -> float:
        """Standard deviation in counts."""
        return pstdev(self.counts) if self.counts else 0.0

    @property
    def span(self) -> int:
        """Largest less smallest, in counts."""
        return max(self.counts) - min(self.counts) if self.counts else 0

    @property
    def distinct(self) -> int:
        """How many different values there were; one alone means that nothing is measured."""
        return len(set(self.counts))


def read_load(
    driver: Nau7802, seconds: float, host: Host, progress: Callable[[float], None] = lambda passed_s: None
) -> LoadReadings:
    """Read a chip that is set up; raise ChipError when it converts nothing, TransferError from the bus."""
    counts = []
    saturated = 0
    first_s = last_s = host.now()
    number = 0
    for passed_s in host.ticks(seconds, 1.0 / (_POLLS_PER_PERIOD * driver.settings.rate_sps)):
        conversion = driver.read()
        progress(passed_s)
        if conversion is None:
            if host.now() - last_s > _SILENT_S:
                raise ChipError(
                    f"the NAU7802 has converted nothing for {_SILENT_S:g} s; check its supply and wiring"
                )
            continue
        number += 1
        first_s = conversion.host_s if number == 1 else first_s
        last_s = conversion.host_s
        if conversion.saturated:
            saturated += 1
        else:
            counts.append(conversion.counts)
    elapsed_s = last_s - first_s
    return LoadReadings(counts, saturated, (number - 1) / elapsed_s if elapsed_s > 0.0 else 0.0)
