"""Fault schedules: what happens to the chips, the bus and the host of a virtual rig, and when.

A schedule is a few strikes. Their moments and lengths are drawn from boundary values as often as from
anywhere: a rep's own boundaries, nothing, one tick, what is bridged and what no longer is, a second, longer
than the set; one upon another, as another ends, and while what came back is still in doubt.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from hypothesis import strategies as st

from firmware.sampling.schedule import TICK_S
from tests.chips.bus import Fault
from tests.chips.chip import Vector
from tests.chips.lsm6dsox import Lsm6dsoxModel
from tests.chips.mpu6050 import Mpu6050Model
from tests.virtual_rig import VirtualRig
from tracker.blocks import Stream
from tracker.gaps import GapParams
from tracker.unseen_turns import WAITS_S

_BRIDGED_S = (*GapParams().bridged_s.values(), GapParams().silent_s)

LENGTHS_S = (
    0.0,
    TICK_S,
    *_BRIDGED_S,
    *(bridged_s + TICK_S for bridged_s in _BRIDGED_S),
    0.25,
    0.5,
    1.0,
    1.0 + TICK_S,
    3.0,
    30.0,
)
"""Boundary values: no time, a tick, what is bridged and what is not, and longer than any session."""

READS = {Stream.CABLE: (0x0C, 2), Stream.LOAD: (0x12, 3)}
"""Where a chip's samples are read, and how many bytes of them a flip may hit."""

LONGEST_KNOCK_S = 0.1

SOON_OVER = 9
"""After more failures in a row a chip is asked only every five seconds: thirty of them outlast a session."""

FIFOS = {"lsm6dsox": (0x78, 42), "mpu6050": (0x74, 28)}


@dataclass(frozen=True, slots=True)
class Strike:
    """One fault. `what` names it, `stream` the chip it befalls.

    `start_s`: session time. `length_s`: how long it lasts. `times`: so many transfers fail, where it is one
    of the bus. `detail`: after how many bytes they do, or which bit is flipped.
    """

    what: str
    stream: Stream
    start_s: float
    length_s: float = 0.0
    times: int = 1
    detail: int = 0

    @property
    def end_s(self) -> float:
        """When its cause is over, unless it lasts until so many transfers have failed."""
        return self.start_s + self.length_s

    @property
    def lasts(self) -> bool:
        """Whether it is over no sooner than the session."""
        return self.what in TRANSFERS and self.times > SOON_OVER


Schedule = tuple[Strike, ...]
Happening = Callable[[VirtualRig, Strike], None]


def _transfers(fault: Fault, rig: VirtualRig, strike: Strike) -> None:
    if fault in rig.model.controller.numbers:
        address = next(a for a, chip in rig.model.chips.items() if chip is rig.chips[strike.stream])
        inject = partial(rig.model.inject, fault, address=address, times=strike.times)
        rig.at(strike.start_s, partial(inject, after_bytes=strike.detail))


def _so_for_a_while(name: str, is_so: object, else_is: object, rig: VirtualRig, strike: Strike) -> None:
    """Something about the chip is otherwise."""
    rig.at(strike.start_s, partial(setattr, rig.chips[strike.stream], name, is_so))
    rig.at(strike.end_s, partial(setattr, rig.chips[strike.stream], name, else_is))


def _held_low(rig: VirtualRig, strike: Strike) -> None:
    rig.at(strike.start_s, partial(setattr, rig.model, "stuck", True))
    rig.at(strike.end_s, partial(setattr, rig.model, "stuck", False))


def _reset(rig: VirtualRig, strike: Strike) -> None:
    rig.at(strike.start_s, rig.chips[strike.stream].brown_out)


def _asleep(rig: VirtualRig, strike: Strike) -> None:
    rig.at(strike.start_s, partial(rig.sleep, strike.length_s))


def _flipped(rig: VirtualRig, strike: Strike) -> None:
    chip = rig.chips[strike.stream]
    register, count = READS.get(strike.stream) or FIFOS[chip.name]
    place = (strike.detail // 8 % count, strike.detail % 8)
    rig.at(strike.start_s, partial(chip.flips.__setitem__, register, [place]))


def _knocked(rig: VirtualRig, strike: Strike) -> None:
    """The cuff rings of a blow: its gyroscope is at either end of its range in turn, and ends as it began."""
    chip = rig.chips[Stream.ANKLE]
    assert isinstance(chip, Lsm6dsoxModel | Mpu6050Model)
    rig.at(strike.start_s, partial(setattr, chip, "rate", _ringing))
    rig.at(strike.start_s + min(strike.length_s, LONGEST_KNOCK_S), partial(setattr, chip, "rate", chip.rate))


def _pinned(rig: VirtualRig, strike: Strike) -> None:
    """The gyroscope shows the most it can, one way, and ends as it began."""
    chip = rig.chips[Stream.ANKLE]
    assert isinstance(chip, Lsm6dsoxModel | Mpu6050Model)
    rig.at(strike.start_s, partial(setattr, chip, "rate", lambda _: (0.0, 40.0, 0.0)))
    rig.at(strike.end_s, partial(setattr, chip, "rate", chip.rate))


def _ringing(t_s: float) -> Vector:
    return (0.0, 40.0 if int(t_s / 0.01) % 2 else -40.0, 0.0)


TRANSFERS = {
    "hangs": Fault.HANG,
    "cut short": Fault.SHORT,
    "arbitration lost": Fault.ARBITRATION,
    "not acknowledged": Fault.NACK,
    "byte not acknowledged": Fault.DATA_NACK,
}
"""What befalls so many transfers."""

_EVERYWHERE: Mapping[str, Happening] = {
    "away": partial(_so_for_a_while, "present", False, True),
    "reset": _reset,
    "bit flipped": _flipped,
    **{what: partial(_transfers, fault) for what, fault in TRANSFERS.items()},
    "bus held low": _held_low,
    "host asleep": _asleep,
}
_AT_ONE: Mapping[str, tuple[Stream, Happening]] = {
    "magnet lost": (Stream.CABLE, partial(_so_for_a_while, "magnet", "lost", "good")),
    "magnet weak": (Stream.CABLE, partial(_so_for_a_while, "magnet", "weak", "good")),
    "wire broken": (Stream.LOAD, partial(_so_for_a_while, "broken_wire", True, False)),
    "knocked": (Stream.ANKLE, _knocked),
    "pinned": (Stream.ANKLE, _pinned),
}


def strike_all(rig: VirtualRig, schedule: Schedule) -> None:
    """Let a schedule befall a rig."""
    for strike in schedule:
        happening = _EVERYWHERE.get(strike.what) or _AT_ONE[strike.what][1]
        happening(rig, strike)


@st.composite
def schedules(
    draw: st.DrawFn, streams: Sequence[Stream], moments_s: Sequence[float], from_s: float, until_s: float
) -> Schedule:
    """Return a schedule for a rig with these streams; `moments_s` are worth striking at exactly."""
    at_one = [(what, stream) for what, (stream, _) in _AT_ONE.items() if stream in streams]
    befalls = st.sampled_from([*((what, stream) for stream in streams for what in _EVERYWHERE), *at_one])
    anywhen = st.integers(int(1000.0 * from_s), int(1000.0 * until_s)).map(lambda ms: ms / 1000.0)
    any_length = st.integers(0, 2000).map(lambda ms: ms / 1000.0)
    made: list[Strike] = []
    for _ in range(draw(st.integers(1, 3))):
        what, stream = draw(befalls)
        others_s = [
            moment_s
            for strike in made
            for moment_s in (strike.start_s, strike.end_s, strike.end_s + 0.5 * WAITS_S)
        ]
        start_s = draw(st.one_of(anywhen, *(st.sampled_from(each) for each in (moments_s, others_s) if each)))
        length_s = draw(any_length | st.sampled_from(LENGTHS_S))
        times, detail = draw(st.sampled_from((1, 2, 3, 4, 9, 30))), draw(st.integers(0, 335))
        made.append(Strike(what, stream, start_s, length_s, times, detail))
    return tuple(made)
