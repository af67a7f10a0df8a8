"""Live: what happens this moment, published while somebody has asked for it, or always if so set."""

from collections.abc import Callable
from math import sqrt
from time import monotonic

import msgspec

from firmware.mqtt.link import Link
from firmware.mqtt.topics import Topics
from firmware.numbering import Numbered
from tracker.blocks import SampleBlock, Stream
from tracker.cues.phase_cue import phase_cue
from tracker.cues.words import PhaseWord
from tracker.messages import Phase, PhaseChange

_INTERVAL_S = 0.1


class LiveMoment(msgspec.Struct, frozen=True, kw_only=True):
    """One moment of the session: the newest sample of each stream, null where there is none.

    `tilt_rate_radps`: how fast the ankle sensor turns, whichever way. `cue`: what the lifter is to do in this
    phase, `cue_target_s` how long it should take and `cue_remaining_s` what of that is left, below zero
    beyond it; null where nobody aimed at a tempo.
    """

    schema: str = "kickback.live/1"
    session_s: float
    phase: Phase
    phase_since_s: float | None
    set: int | None
    rep: int | None
    cue: PhaseWord | None
    cue_target_s: float | None
    cue_remaining_s: float | None
    position_m: float | None
    force_n: float | None
    tilt_rate_radps: float | None


class LiveFeed:
    """An output of the loop: ten moments a second while a lease runs.

    QoS 0, since a moment is worth nothing later. `always`: as if a lease never ended, for a page that may
    not ask.
    """

    name = "live"

    def __init__(
        self, link: Link, topics: Topics, clock: Callable[[], float] = monotonic, *, always: bool = False
    ) -> None:
        self._link = link
        self._topic = topics.live
        self._clock = clock
        self._always = always
        self._until_s = -float("inf")
        self._last_s = -float("inf")
        self._change: PhaseChange | None = None

    def lease(self, seconds: float) -> None:
        """Publish for so long from now; 0 ends it."""
        self._until_s = self._clock() + seconds

    @property
    def leased(self) -> bool:
        """Whether somebody wants it."""
        return self._always or self._clock() < self._until_s

    def result(self, numbered: Numbered) -> None:
        """Results are the publisher's."""

    def phase(self, change: PhaseChange) -> None:
        """Take a phase change."""
        self._change = change

    def at(self, session_s: float) -> None:
        """Moments come with the samples."""

    def end(self, session_s: float) -> None:
        """Of the next session nothing is known yet."""
        self._change = None

    def sampled(self, block: SampleBlock) -> None:
        """Take a block as it goes to the tracker."""
        now_s = self._clock()
        if not self.leased or now_s - self._last_s < _INTERVAL_S:
            return
        self._last_s = now_s
        change = self._change
        cue = None if change is None else phase_cue(change, block.end_s)
        left_s = None if cue is None else cue.remaining_s
        moment = LiveMoment(
            session_s=round(block.end_s, 3),
            phase=Phase.IDLE if change is None else change.phase,
            phase_since_s=None if change is None else change.began_s,
            set=None if change is None else change.set,
            rep=None if change is None else change.rep,
            cue=None if cue is None else cue.word,
            cue_target_s=None if cue is None else cue.target_s,
            cue_remaining_s=None if left_s is None else round(left_s, 2),
            position_m=_newest(block, Stream.CABLE, 1),
            force_n=_newest(block, Stream.LOAD, 1),
            tilt_rate_radps=_turning(block),
        )
        self._link.send_once(self._topic, msgspec.json.encode(moment), qos=0)


def _newest(block: SampleBlock, stream: Stream, column: int) -> float | None:
    samples = block.streams.get(stream)
    return None if samples is None or len(samples) == 0 else round(float(samples[-1, column]), 4)


def _turning(block: SampleBlock) -> float | None:
    samples = block.streams.get(Stream.ANKLE)
    if samples is None or len(samples) == 0:
        return None
    x, y, z = (float(value) for value in samples[-1, 4:7])
    return round(sqrt(x * x + y * y + z * z), 4)
