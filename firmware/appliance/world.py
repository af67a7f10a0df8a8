"""World: what the appliance stands on, so that it runs on a modelled bus as it does on a real one."""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from firmware.i2c.bus import Bus
from firmware.i2c.late import late_bus
from firmware.journal.journal import Journal
from firmware.notify import ServiceManager
from firmware.panel.gpio import pin_factory
from firmware.power import told_by_kernel
from firmware.sampling.account import Sampled
from firmware.sampling.live import Sampling
from firmware.sampling.sampler import Sampler
from firmware.wall_clock import WallClock

if TYPE_CHECKING:
    from gpiozero import Factory


class Running(Protocol):
    """A sampler that runs. Iterating gives its blocks; the last one comes soon after `stop`."""

    def __iter__(self) -> Iterator[Sampled]:
        """Yield the blocks, waiting for each."""

    def stop(self) -> None:
        """Ask for the end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """`open_bus`: the bus of a number. `now`: the host's monotonic clock (s). `sampling`: runs a sampler
    while inside. `manager`: the service manager. `asked`: whether an end was asked for. `pins`: opens the
    GPIO; raises FaultError where there is none. `journal`: the journal of a file and a device. `power`: what
    the firmware says of supply and speed.
    """

    open_bus: Callable[[int], Bus] = late_bus
    now: Callable[[], float] = time.monotonic
    wall: WallClock = field(default_factory=WallClock)
    sampling: Callable[[Sampler], AbstractContextManager[Running]] = Sampling
    manager: ServiceManager = field(default_factory=ServiceManager)
    asked: Callable[[], bool] = lambda: False
    pins: Callable[[], "Factory"] = pin_factory
    journal: Callable[[Path, str], Journal] = Journal
    power: Callable[[], int | None] = told_by_kernel
