"""The appliance on the virtual rig: one thread, virtual time, and everything it says and writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from gpiozero import Factory

from firmware.app import Outcome
from firmware.appliance import World, appliance
from firmware.config import Config, Panel, Places
from firmware.config.sections import Mqtt, Recording
from firmware.i2c.bus import Adapter, Bus
from firmware.journal.journal import Journal
from firmware.notify import ServiceManager
from firmware.panel.gpio import pin_factory
from firmware.sampling.account import Sampled
from firmware.sampling.sampler import Sampler
from firmware.wall_clock import WallClock
from tests.virtual_rig import POWER_ON_S, VirtualRig
from tracker.calibration import Calibration

BEGAN = datetime(2026, 5, 1, 17, 30, tzinfo=UTC)
"""What the wall clock says when the session begins."""

WATCHDOG_S = 10.0


class Manager(ServiceManager):
    """A service manager that keeps what it is told, with the host time."""

    def __init__(self, now: Callable[[], float], watchdog_s: float | None = WATCHDOG_S) -> None:
        super().__init__({})
        self.watchdog_s = watchdog_s
        self.said: list[tuple[float, str]] = []
        self._now = now

    @property
    def listens(self) -> bool:
        return True

    def times(self, message: str) -> list[float]:
        """Session times at which this was said."""
        return [at_s - POWER_ON_S for at_s, text in self.said if text == message]

    @property
    def last_status(self) -> str:
        """What `systemctl status` would show."""
        return next(text for _, text in reversed(self.said) if text.startswith("STATUS=")).removeprefix(
            "STATUS="
        )

    def _send(self, message: str) -> None:
        self.said.append((self._now(), message))


class Steps:
    """The rig's blocks with the appliance's own sampler, each tick when the loop asks for it."""

    def __init__(self, rig: VirtualRig) -> None:
        self._rig = rig
        self._stopped = False

    def __iter__(self) -> Iterator[Sampled]:
        for sampled in self._rig.blocks():
            yield sampled
            if self._stopped:
                yield from self._rig.sampler.finish()
                return

    def stop(self) -> None:
        self._stopped = True


def patient_journal(path: Path, device: str) -> Journal:
    """A journal for which no real time passes: however slow the disk is, nothing is shown as not saved."""
    return Journal(path, device, clock=lambda: 0.0)


@dataclass
class Bench:
    """One appliance on one rig. `asked_at_s`: when an end is asked for, in session time.

    `display`: what is on every other bus than the sensors' first. `pins`: opens the GPIO. `power`: what the
    firmware says of the supply.
    """

    rig: VirtualRig
    state: Path
    config: Config = field(default_factory=Config)
    asked_at_s: float = float("inf")
    calibration: Calibration | None = None
    display: Adapter | None = None
    pins: Callable[[], Factory] = pin_factory
    power: int | None = None
    manager: Manager = field(init=False)

    def __post_init__(self) -> None:
        self.manager = Manager(self.rig.clock.now)

    @property
    def places(self) -> Places:
        return Places(self.state, self.state / "recordings")

    @property
    def recordings(self) -> list[Path]:
        return sorted(self.places.recordings.glob("*"))

    def utc(self) -> datetime:
        return BEGAN + timedelta(seconds=self.rig.clock.now() - POWER_ON_S)

    def run(self) -> Outcome:
        now = self.rig.clock.now

        @contextmanager
        def sampling(sampler: Sampler) -> Iterator[Steps]:
            self.rig.sampler = sampler
            for said in self.rig.session.announced:
                self.rig.at(said.t_s, partial(sampler.announce, said.announcement))
            yield Steps(self.rig)

        def open_bus(number: int) -> Bus:
            if self.display is not None and number != self.rig.sensors.ankle.bus:
                return Bus(self.display, f"i2c-{number}")
            return Bus(self.rig.model, f"i2c-{number}")

        world = World(
            open_bus=open_bus,
            pins=self.pins,
            now=now,
            wall=WallClock(now, self.utc, lambda: True),
            sampling=sampling,
            manager=self.manager,
            journal=patient_journal,
            power=lambda: self.power,
            asked=lambda: now() - POWER_ON_S >= self.asked_at_s,
        )
        known = self.rig.calibration if self.calibration is None else self.calibration
        return appliance(self.config, self.places, world, known)


def config_for(rig: VirtualRig, **sections: object) -> Config:
    """The rig's sensors, plain lines and no broker, unless told otherwise."""
    chosen = {
        "mqtt": Mqtt(enabled=False),
        "panel": Panel(kind="lines"),
        "recording": Recording(keep_free_mb=0),
    }
    return Config(sensors=rig.sensors, **(chosen | sections))  # type: ignore[arg-type]
