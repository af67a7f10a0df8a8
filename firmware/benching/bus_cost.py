"""Bus cost: what each sensor's transfers take, sampled as the appliance samples them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from smbus2 import i2c_msg

from firmware.config import Sensors
from firmware.errors import FaultError
from firmware.i2c.bus import Adapter, Bus
from firmware.i2c.late import LateAdapter
from firmware.rig import wired
from firmware.sampling.sampler import Sampler
from tracker.blocks import Stream

SETTLING_S = 2.0
"""Until every chip has been set up; a NAU7802 takes 1.2 s."""

_ADDRESSES = {Stream.CABLE: 0x36, Stream.LOAD: 0x2A}


@dataclass(slots=True)
class Transfers:
    """What one address was asked: number of transfers, bytes, and the time they took (s)."""

    number: int = 0
    octets: int = 0
    taken_s: float = 0.0
    longest_s: float = 0.0


class TimedAdapter:
    """An adapter that times each transfer, by address; one that fails counts like any other."""

    def __init__(self, adapter: Adapter, now: Callable[[], float]) -> None:
        self.transfers: dict[int, Transfers] = {}
        self._adapter = adapter
        self._now = now

    def i2c_rdwr(self, *i2c_msgs: i2c_msg) -> None:
        """Carry one transaction."""
        address = i2c_msgs[0].addr
        began_s = self._now()
        try:
            self._adapter.i2c_rdwr(*i2c_msgs)
        finally:
            taken_s = self._now() - began_s
            seen = self.transfers.setdefault(address, Transfers())
            seen.number += 1
            seen.octets += sum(message.len for message in i2c_msgs)
            seen.taken_s += taken_s
            seen.longest_s = max(seen.longest_s, taken_s)

    def close(self) -> None:
        """Release the adapter."""
        self._adapter.close()


@dataclass(frozen=True, slots=True)
class SensorCost:
    """One sensor over the time of measuring. `fault`: what was wrong with it at the end, None when nothing.

    `per_s`: transfers per second; `octets_per_s` without the address. `mean_us`, `longest_us`: time of a
    transfer, kernel included. `share`: of its bus's time.
    """

    stream: Stream
    bus: int
    address: int
    fault: str | None
    per_s: float = 0.0
    octets_per_s: float = 0.0
    mean_us: float = 0.0
    longest_us: float = 0.0
    share: float = 0.0


def bus_cost(
    sensors: Sensors,
    open_adapter: Callable[[int], Adapter],
    seconds: float,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> list[SensorCost]:
    """Sample all sensors for some seconds, after `SETTLING_S`, and return what each cost its bus.

    Raise FaultError when no sensor answers.
    """
    adapters: dict[int, TimedAdapter] = {}

    def open_bus(number: int) -> Bus:
        adapters[number] = TimedAdapter(LateAdapter(lambda: open_adapter(number)), now)
        return Bus(adapters[number], f"i2c-{number}")

    sampler = Sampler(wired(sensors, open_bus, now), now)
    try:
        _sample(sampler, SETTLING_S, now, sleep)
        for adapter in adapters.values():
            adapter.transfers.clear()
        began_s = now()
        faults = _sample(sampler, seconds, now, sleep)
        passed_s = now() - began_s
    finally:
        sampler.close()
        for adapter in adapters.values():
            adapter.close()
    if set(sensors.enabled) <= faults.keys():
        first = next(iter(faults))
        raise FaultError(f"no sensor answers: {first}: {faults[first]}")
    return [_cost(stream, sensors, adapters, faults.get(stream), passed_s) for stream in sensors.enabled]


def _sample(
    sampler: Sampler, seconds: float, now: Callable[[], float], sleep: Callable[[float], None]
) -> dict[Stream, str]:
    """Run the sampler's ticks; return what was wrong in the last block. Ends early when nothing answers."""
    faults: dict[Stream, str] = {}
    until_s = now() + seconds
    while sampler.next_s < until_s and not faults.keys() >= set(sampler.streams):
        pause_s = sampler.next_s - now()
        if pause_s > 0.0:
            sleep(pause_s)
        for sampled in sampler.tick():
            faults = dict(sampled.health.faults)
    return faults


def _cost(
    stream: Stream, sensors: Sensors, adapters: dict[int, TimedAdapter], fault: str | None, passed_s: float
) -> SensorCost:
    number, address = where(stream, sensors)
    seen = adapters[number].transfers.get(address)
    if seen is None or fault is not None:
        return SensorCost(stream, number, address, fault or "it was not asked anything")
    return SensorCost(
        stream,
        number,
        address,
        None,
        per_s=seen.number / passed_s,
        octets_per_s=seen.octets / passed_s,
        mean_us=1e6 * seen.taken_s / seen.number,
        longest_us=1e6 * seen.longest_s,
        share=seen.taken_s / passed_s,
    )


def where(stream: Stream, sensors: Sensors) -> tuple[int, int]:
    """The number of the bus and the address of a sensor."""
    if stream is Stream.CABLE:
        return sensors.cable.bus, _ADDRESSES[stream]
    if stream is Stream.LOAD:
        return sensors.load.bus, _ADDRESSES[stream]
    imu = sensors.ankle if stream is Stream.ANKLE else sensors.pelvis
    assert imu is not None
    return imu.bus, imu.address_of(stream)


def shares(costs: Sequence[SensorCost]) -> dict[int, float]:
    """How much of its time each bus is in use."""
    return {
        bus: sum(cost.share for cost in costs if cost.bus == bus)
        for bus in dict.fromkeys(cost.bus for cost in costs)
    }
