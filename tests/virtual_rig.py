"""The virtual rig: a simulated session acts on modelled chips, and the appliance's own parts sample them.

Body and machine of the gym -> chips -> bus -> drivers -> sampler, all in virtual time. The chips count
with their own ranges at their own, erroneous rates; the host wakes a little late, as a busy Pi does.
"""

from collections.abc import Callable, Iterator
from functools import partial
from heapq import heappop, heappush
from itertools import count
from math import pi
from random import Random

import msgspec
import numpy as np

from firmware.config import Cable, Imu, Load, Sensors
from firmware.i2c.bus import Bus
from firmware.rig import load_by_rating, nominal, wired
from firmware.sampling.account import Account, Sampled
from firmware.sampling.sampler import Sampler
from firmware.sampling.schedule import TICK_S
from tests.chips.as5600 import As5600Model
from tests.chips.bus import BCM2835, Controller, ModelBus
from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.nau7802 import Nau7802Model
from tests.chips.signals import GridScalar, GridVector
from tests.gym.noise import wander
from tests.gym.script import STEP_S
from tests.gym.sensors import GRADES, ImuGrade
from tests.gym.signals import Signals
from tests.gym.simulate import GymSession
from tracker.blocks import FloatArray, RawBlock, RawSamples, SampleBlock, Stream
from tracker.calibration import Calibration, apply
from tracker.messages import Event
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup

ImuModel = Lsm6dsoxModel | Mpu6050Model

POWER_ON_S = 1000.0
"""Virtual time at which the session begins: the host has been up for a while."""

MAGNET_RAD = 5.0
"""Where the magnet stands at zero travel: near the end of a turn, which the first pull passes."""

NOISE_COUNTS = 0.5
CONVERTER_NOISE_COUNTS = 40.0
"""What the chips add of their own: the last digit of an inertial sensor, beside the noise of its grade, and
0.02 N of the load cell's converter."""

STILL_S = 3.0
"""How long the rig still runs after the session, so that the tracker sees its end."""


def sensors_for(session: GymSession, imu: Imu | None = None, *, load_sps: int = 80) -> Sensors:
    """Return the config of the sensors that this session needs: `imu` at the ankle, alike at the pelvis."""
    imu = imu or Imu()
    at_machine = session.signals.travel_m is not None
    return Sensors(
        ankle=imu,
        pelvis=imu if session.signals.pelvis is not None else None,
        load=Load(enabled=at_machine, rate_sps=load_sps),
        cable=Cable(enabled=at_machine),
    )


class VirtualRig:
    """One session on one bus. Make it, schedule faults with `at`, then take its `blocks`.

    `rate_error`: every chip's oscillator is fast by this share, the pelvis sensor's slow by it.
    `lateness_s`: the host wakes up to this late in each tick. `grade`: noise and bias of the IMUs.
    `note_taken`: every sample is noted where it is taken, for `taken`.
    """

    def __init__(
        self,
        session: GymSession,
        sensors: Sensors | None = None,
        *,
        controller: Controller = BCM2835,
        rate_error: float = 0.0,
        lateness_s: float = 0.001,
        grade: ImuGrade = GRADES["good"],
        seed: int = 1,
        note_taken: bool = False,
    ) -> None:
        self.session = session
        self.sensors = sensors or sensors_for(session)
        self.clock = VirtualClock(POWER_ON_S)
        self.exerted = _exerted(session, self.sensors, grade, seed)
        self.chips = _chips(self.exerted, self.sensors, self.clock, rate_error)
        self.model = ModelBus(
            self.clock, {_address(s, self.sensors): c for s, c in self.chips.items()}, controller=controller
        )
        self.sampler = Sampler(
            wired(self.sensors, lambda n: Bus(self.model, f"i2c-{n}"), self.clock.now), self.clock.now
        )
        self.accounts = {stream: Account() for stream in self.chips}
        self._first_s: dict[Stream, float] = {}
        for chip in self.chips.values() if note_taken else ():
            chip.noted = []
        self._lateness_s = lateness_s
        self._random = Random(seed)
        self._order = count()
        self._scheduled: list[tuple[float, int, Callable[[], object]]] = []
        for said in session.announced:
            self.at(said.t_s, partial(self.sampler.announce, said.announcement))

    @property
    def setup(self) -> SessionSetup:
        """The setup of the session that is sampled."""
        return self.session.setup

    @property
    def calibration(self) -> Calibration:
        """What the counts mean: by datasheet, and the zeros that a guided calibration would find."""
        known = nominal(self.sensors)
        if known.cable is None:
            return known
        zero_counts = int(MAGNET_RAD / (2.0 * pi) * 4096.0)
        return msgspec.structs.replace(
            known,
            cable=msgspec.structs.replace(known.cable, zero_counts=zero_counts),
            load=load_by_rating(self.sensors.load),
        )

    def direct(self) -> SampleBlock:
        """Return the whole session as perfect sensors at the same nominal rates would deliver it."""
        sensors, exerted = self.sensors, self.exerted
        streams = {Stream.ANKLE: _at_rate(exerted.ankle, sensors.ankle.settings.rate_hz)}
        if exerted.pelvis is not None and sensors.pelvis is not None:
            streams[Stream.PELVIS] = _at_rate(exerted.pelvis, sensors.pelvis.settings.rate_hz)
        if exerted.travel_m is not None and exerted.tension_n is not None:
            streams[Stream.CABLE] = _at_rate(exerted.travel_m, 1.0 / TICK_S)
            streams[Stream.LOAD] = _at_rate(exerted.tension_n, sensors.load.rate_sps)
        end_s = self.session.duration_s + STILL_S
        return SampleBlock(0.0, end_s, streams, self.session.announced)

    def taken(self) -> SampleBlock:
        """Return the session as the chips took it, in counts made SI units, each sample at its true time.

        It begins for each stream with the first sample that was delivered; so what is different in the
        blocks is due to bus, drivers, sample clocks and sampler.
        """
        streams = {}
        for stream, chip in self.chips.items():
            assert chip.noted is not None
            t_s = np.array([t for t, _ in chip.noted]) - self.sampler.start_s
            kept = t_s > self._first_s[stream] - 0.5 * TICK_S
            counts = np.array([counts for _, counts in chip.noted], dtype=np.int64)
            streams[stream] = RawSamples(t_s[kept], counts[kept])
        end_s = self.session.duration_s + STILL_S
        return apply(self.calibration, RawBlock(0.0, end_s, streams, self.session.announced))

    def at(self, session_s: float, action: Callable[[], object]) -> None:
        """Let something happen to the chips or the bus at a moment of the session."""
        heappush(self._scheduled, (session_s, next(self._order), action))

    def sleep(self, length_s: float) -> None:
        """The host sleeps; what was scheduled for the time happens all the same."""
        until_s = self.clock.now() + length_s
        while self._scheduled and self._scheduled[0][0] <= until_s - POWER_ON_S:
            at_s, _, action = heappop(self._scheduled)
            self.clock.until(at_s + POWER_ON_S)
            action()
        self.clock.until(until_s)

    def blocks(self) -> Iterator[Sampled]:
        """Run the session and yield its blocks as the sampler cuts them."""
        clock, sampler = self.clock, self.sampler
        end_s = POWER_ON_S + self.session.duration_s + STILL_S
        while sampler.next_s < end_s:
            clock.until(sampler.next_s + self._random.random() * self._lateness_s)
            while self._scheduled and self._scheduled[0][0] <= clock.now() - POWER_ON_S:
                heappop(self._scheduled)[2]()
            yield from self._counted(sampler.tick())
        yield from self._counted(sampler.finish())
        sampler.close()

    def track(self) -> list[Event]:
        """Run the session live, calibrating and tracking each block as it comes, and return the events."""
        tracker, calibration = Tracker(self.setup), self.calibration
        events: list[Event] = []
        for sampled in self.blocks():
            events += tracker.process(apply(calibration, sampled.block))
        return [*events, *tracker.finish()]

    def _counted(self, blocks: list[Sampled]) -> list[Sampled]:
        for sampled in blocks:
            for stream, account in sampled.health.accounts.items():
                self.accounts[stream].add(account)
            for stream, samples in sampled.block.streams.items():
                self._first_s.setdefault(stream, float(samples.t_s[0]))
        return blocks


def _address(stream: Stream, sensors: Sensors) -> int:
    if stream is Stream.CABLE:
        return 0x36
    if stream is Stream.LOAD:
        return 0x2A
    imu = sensors.ankle if stream is Stream.ANKLE else sensors.pelvis
    assert imu is not None
    return imu.address_of(stream)


def _exerted(session: GymSession, sensors: Sensors, grade: ImuGrade, seed: int) -> Signals:
    """Return what the chips convert: the session's signals with the noise and bias of the chips' senses."""
    rng = np.random.default_rng(seed)
    signals = session.signals
    tension_n = signals.tension_n
    if tension_n is not None:
        tension_n = _averaged(tension_n, round(1.0 / sensors.load.rate_sps / STEP_S))
    pelvis = signals.pelvis
    return Signals(
        _sensed(signals.ankle, sensors.ankle, grade, rng),
        None if pelvis is None or sensors.pelvis is None else _sensed(pelvis, sensors.pelvis, grade, rng),
        signals.travel_m,
        tension_n,
    )


def _sensed(signal: FloatArray, imu: Imu, grade: ImuGrade, rng: np.random.Generator) -> FloatArray:
    """Add noise up to half the sampling rate, as the chip's own filter leaves it, and a bias."""
    below_hz = 0.5 * imu.settings.rate_hz
    densities = np.repeat([grade.accel_noise, grade.gyro_noise], 3)
    bias = rng.normal(0.0, np.repeat([grade.accel_bias, grade.gyro_bias], 3))
    noise = [wander(rng, len(signal), 1.0 / STEP_S, below_hz, d * below_hz**0.5) for d in densities]
    return np.asarray(signal + bias + np.column_stack(noise))


def _averaged(tension_n: FloatArray, window: int) -> FloatArray:
    """Return the mean over the last `window` points: a conversion averages over the time it takes."""
    summed = np.cumsum(np.concatenate((np.repeat(tension_n[:1], window), tension_n)))
    return np.asarray((summed[window:] - summed[:-window]) / window)


def _chips(exerted: Signals, sensors: Sensors, clock: VirtualClock, rate_error: float) -> dict[Stream, Chip]:
    chips: dict[Stream, Chip] = {}
    if exerted.travel_m is not None and exerted.tension_n is not None:
        radius_m = 0.5 * sensors.cable.pulley_in_use_m
        angle = GridScalar(MAGNET_RAD + exerted.travel_m / radius_m, STEP_S, POWER_ON_S)
        force = GridScalar(exerted.tension_n, STEP_S, POWER_ON_S)
        chips[Stream.CABLE] = As5600Model(clock, angle=angle)
        chips[Stream.LOAD] = Nau7802Model(clock, force=force, rate_error=rate_error)
        chips[Stream.LOAD].noise_counts = CONVERTER_NOISE_COUNTS
    chips[Stream.ANKLE] = _imu(exerted.ankle, sensors.ankle, clock, rate_error)
    if exerted.pelvis is not None and sensors.pelvis is not None:
        chips[Stream.PELVIS] = _imu(exerted.pelvis, sensors.pelvis, clock, -rate_error)
    return chips


def _imu(signal: FloatArray, imu: Imu, clock: VirtualClock, rate_error: float) -> ImuModel:
    acceleration = GridVector(signal[:, :3], STEP_S, POWER_ON_S)
    rate = GridVector(signal[:, 3:], STEP_S, POWER_ON_S)
    chip: ImuModel
    if imu.chip == "mpu6050":
        chip = Mpu6050Model(clock, acceleration=acceleration, rate=rate, rate_error=rate_error)
    else:
        chip = Lsm6dsoxModel(
            clock, acceleration=acceleration, rate=rate, variant=imu.chip, rate_error=rate_error
        )
    chip.noise_counts = NOISE_COUNTS
    return chip


def _at_rate(signal: FloatArray, rate_hz: float) -> FloatArray:
    """Return t_s and the signal at that rate, exactly."""
    grid = np.arange(len(signal)) * STEP_S
    t = np.arange(0.0, grid[-1], 1.0 / rate_hz)
    columns = signal.reshape(len(signal), -1)
    return np.column_stack([t, *(np.interp(t, grid, columns[:, i]) for i in range(columns.shape[1]))])
