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
from tests.chips.as5600 import As5600Model
from tests.chips.bus import BCM2835, Controller, ModelBus
from tests.chips.chip import Chip
from tests.chips.clock import VirtualClock
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.chips.nau7802 import Nau7802Model
from tests.chips.signals import GridScalar, GridVector
from tests.gym.script import STEP_S
from tests.gym.sensors import GRADES, ImuGrade
from tests.gym.simulate import GymSession
from tracker.blocks import FloatArray, Stream
from tracker.calibration import Calibration
from tracker.setup import SessionSetup

ImuModel = Lsm6dsoxModel | Mpu6050Model

POWER_ON_S = 1000.0
"""Virtual time at which the session begins: the host has been up for a while."""

MAGNET_RAD = 5.0
"""Where the magnet stands at zero travel: near the end of a turn, which the first pull passes."""

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
    ) -> None:
        self.session = session
        self.sensors = sensors or sensors_for(session)
        self.clock = VirtualClock(POWER_ON_S)
        self.chips = _chips(session, self.sensors, self.clock, rate_error, grade, seed)
        self.model = ModelBus(
            self.clock, {_address(s, self.sensors): c for s, c in self.chips.items()}, controller=controller
        )
        self.sampler = Sampler(
            wired(self.sensors, lambda n: Bus(self.model, f"i2c-{n}"), self.clock.now), self.clock.now
        )
        self.accounts = {stream: Account() for stream in self.chips}
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

    def at(self, session_s: float, action: Callable[[], object]) -> None:
        """Let something happen to the chips or the bus at a moment of the session."""
        heappush(self._scheduled, (session_s, next(self._order), action))

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

    def _counted(self, blocks: list[Sampled]) -> list[Sampled]:
        for sampled in blocks:
            for stream, account in sampled.health.accounts.items():
                self.accounts[stream].add(account)
        return blocks


def _address(stream: Stream, sensors: Sensors) -> int:
    if stream is Stream.CABLE:
        return 0x36
    if stream is Stream.LOAD:
        return 0x2A
    imu = sensors.ankle if stream is Stream.ANKLE else sensors.pelvis
    assert imu is not None
    return imu.address_of(stream)


def _chips(
    session: GymSession,
    sensors: Sensors,
    clock: VirtualClock,
    rate_error: float,
    grade: ImuGrade,
    seed: int,
) -> dict[Stream, Chip]:
    rng = np.random.default_rng(seed)
    signals = session.signals
    chips: dict[Stream, Chip] = {}
    if signals.travel_m is not None and signals.tension_n is not None:
        radius_m = 0.5 * sensors.cable.pulley_diameter_m
        chips[Stream.CABLE] = As5600Model(
            clock, angle=GridScalar(MAGNET_RAD + signals.travel_m / radius_m, STEP_S, POWER_ON_S)
        )
        window = round(1.0 / sensors.load.rate_sps / STEP_S)
        chips[Stream.LOAD] = Nau7802Model(
            clock,
            force=GridScalar(_averaged(signals.tension_n, window), STEP_S, POWER_ON_S),
            rate_error=rate_error,
        )
    chips[Stream.ANKLE] = _imu(signals.ankle, sensors.ankle, clock, rate_error, grade, rng)
    if signals.pelvis is not None and sensors.pelvis is not None:
        chips[Stream.PELVIS] = _imu(signals.pelvis, sensors.pelvis, clock, -rate_error, grade, rng)
    return chips


def _imu(
    signal: FloatArray,
    imu: Imu,
    clock: VirtualClock,
    rate_error: float,
    grade: ImuGrade,
    rng: np.random.Generator,
) -> ImuModel:
    """Return the chip with this signal, noise and bias.

    A straight line between two points of the noise keeps two thirds of their variance on the average.
    """
    spread = (1.5 * 0.5 * imu.settings.rate_hz) ** 0.5
    noise = np.repeat([grade.accel_noise, grade.gyro_noise], 3) * spread
    bias = rng.normal(0.0, np.repeat([grade.accel_bias, grade.gyro_bias], 3))
    noisy = signal + bias + rng.normal(0.0, 1.0, signal.shape) * noise
    acceleration = GridVector(noisy[:, :3], STEP_S, POWER_ON_S)
    rate = GridVector(noisy[:, 3:], STEP_S, POWER_ON_S)
    if imu.chip == "mpu6050":
        return Mpu6050Model(clock, acceleration=acceleration, rate=rate, rate_error=rate_error)
    return Lsm6dsoxModel(clock, acceleration=acceleration, rate=rate, variant=imu.chip, rate_error=rate_error)


def _averaged(tension_n: FloatArray, window: int) -> FloatArray:
    """Return the mean over the last `window` points: a conversion averages over the time it takes."""
    summed = np.cumsum(np.concatenate((np.repeat(tension_n[:1], window), tension_n)))
    return np.asarray((summed[window:] - summed[:-window]) / window)
