"""The loop: blocks from a source, through the tracker, out to every output."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from firmware.guard import Guard
from firmware.numbering import Numbered
from tracker.blocks import SampleBlock
from tracker.messages import Event, PhaseChange, Rejected, Rep, Result, SetSummary

T = TypeVar("T")

_LAST_WAIT_S = 2.0
"""Wait for the last results of a session to become safe, where a keeper needs time for that."""


class Tracks(Protocol):
    """What the loop needs of the core."""

    def process(self, block: SampleBlock) -> Sequence[Event]:
        """Return what happened, in order."""

    def finish(self) -> Sequence[Event]:
        """Return what the end of the session decides."""


class Keeper(Protocol):
    """What makes results safe and gives them their numbers; only what it gives back is confirmed."""

    def keep(self, result: Result) -> None:
        """Take one result; it never waits for a disk."""

    def kept(self, within_s: float = 0.0) -> Sequence[Numbered]:
        """Give back each result once, in order; wait `within_s` at most for those still under way."""


class Output(Protocol):
    """Where events go: a panel, a broker, standard output. None may block for longer than a block."""

    name: str

    def result(self, numbered: Numbered) -> None:
        """Take one numbered result."""

    def phase(self, change: PhaseChange) -> None:
        """Take one live phase change."""

    def at(self, session_s: float) -> None:
        """Learn that every event up to this session time has been handed over."""

    def end(self, session_s: float) -> None:
        """Learn that the session is over."""


@dataclass(slots=True)
class Outcome:
    """What a session came to. `faults` maps the name of a failed output to its first error."""

    reps: int = 0
    sets: int = 0
    rejected: int = 0
    ended_s: float = 0.0
    stopped: bool = False
    faults: dict[str, str] = field(default_factory=dict)


class Loop:
    """Runs one session; the same for live, replay and demo.

    `keeper` takes a result when it happens and gives it back, at once or some blocks later, when the
    outputs may have it. `record` takes each block before it is tracked. `on_fault`
    hears of an output or a recorder that fails, once for each; it is called again with the next
    event, so that what fails for a moment comes back, and tracking never stops for it.
    """

    def __init__(
        self,
        tracker: Tracks,
        keeper: Keeper,
        outputs: Sequence[Output],
        record: Callable[[SampleBlock], None] | None = None,
        on_fault: Callable[[str, str], None] = lambda name, error: None,
    ) -> None:
        self._tracker = tracker
        self._keeper = keeper
        self._outputs = outputs
        self._record = record
        self._guarded = Guard(on_fault)
        self._outcome = Outcome(faults=self._guarded.faults)

    def run(self, blocks: Iterable[SampleBlock], stop: Callable[[], bool] = lambda: False) -> Outcome:
        """Track until the source ends or `stop` says so; the last rep and set come out either way."""
        outcome = self._outcome
        for block in blocks:
            if stop():
                outcome.stopped = True
                break
            if self._record is not None:
                self._guarded("recorder", self._record, block)
            self._hand_on(self._tracker.process(block))
            outcome.ended_s = block.end_s
            self._confirm()
            for output in self._outputs:
                self._guarded(output.name, output.at, block.end_s)
        self._hand_on(self._tracker.finish())
        self._confirm(_LAST_WAIT_S)
        for output in self._outputs:
            self._guarded(output.name, output.end, outcome.ended_s)
        return outcome

    def _hand_on(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, PhaseChange):
                for output in self._outputs:
                    self._guarded(output.name, output.phase, event)
                continue
            self._count(event)
            self._keeper.keep(event)
            self._confirm()

    def _confirm(self, within_s: float = 0.0) -> None:
        for numbered in self._keeper.kept(within_s):
            for output in self._outputs:
                self._guarded(output.name, output.result, numbered)

    def _count(self, result: Result) -> None:
        if isinstance(result, Rep):
            self._outcome.reps += 1
        elif isinstance(result, Rejected):
            self._outcome.rejected += 1
        elif isinstance(result, SetSummary):
            self._outcome.sets += 1
