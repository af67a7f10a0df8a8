"""Publisher: results out to the broker in order, each until it is acknowledged, and the retained values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import msgspec

from firmware.faults import ActiveFault
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from firmware.mqtt.retained import HistoryKeeper, Info, StateKeeper
from firmware.mqtt.topics import Topics
from firmware.numbering import Numbered
from firmware.panel.view import PanelView
from tracker.messages import PhaseChange, SetSummary


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of the results: `refusals` maps the broker's reason to how many it refused so."""

    acknowledged: int
    waiting: int
    refusals: dict[str, int]

    @property
    def refused(self) -> int:
        """How many the broker refused."""
        return sum(self.refusals.values())


class Publisher:
    """Publishes one session. An absent broker never holds up the caller.

    Results wait here, in memory (about 1 kB each), until the broker has acknowledged them.
    """

    name = "mqtt"

    def __init__(self, link: Link, topics: Topics, info: Info, view: PanelView) -> None:
        self._link = link
        self._topics = topics
        self._replay = info.replay
        self._state = StateKeeper(view, replay=info.replay)
        self._history = HistoryKeeper()
        self._unsent: dict[int, Numbered] = {}
        self._sent: set[int] = set()
        self._acknowledged = 0
        self._refusals: dict[str, int] = {}
        link.retain(topics.info, msgspec.json.encode(info))
        self.faults(())
        link.retain(topics.history, msgspec.json.encode(self._history.history))
        self._retain_state(0.0)

    def begin(self, view: PanelView) -> None:
        """Another session begins; what waits for the broker goes on waiting."""
        self._state = StateKeeper(view, replay=self._replay)
        self._retain_state(0.0)

    def faults(self, faults: Sequence[ActiveFault]) -> None:
        """Retain what is wrong now."""
        self._link.retain(self._topics.fault, msgspec.json.encode(faults))

    def result(self, numbered: Numbered) -> None:
        """Take one result."""
        self._unsent[numbered.envelope.seq] = numbered
        self._state.result(numbered)
        if isinstance(numbered.result, SetSummary):
            history = self._history.add(numbered.result, numbered)
            self._link.retain(self._topics.history, msgspec.json.encode(history))
        self._service()

    def phase(self, change: PhaseChange) -> None:
        """Take one phase change; it shows in the retained state."""
        self._state.phase(change)

    def at(self, session_s: float) -> None:
        """Publish what can be published."""
        self._retain_state(session_s)
        self._service()

    def end(self, session_s: float) -> None:
        """Retain the last state whatever its age."""
        self._retain_state(float("inf"))
        self._service()

    def drain(
        self,
        within_s: float,
        clock: Callable[[], float] = monotonic,
        stop: Callable[[], bool] = lambda: False,
    ) -> Delivery:
        """Wait until everything is acknowledged, at most `within_s`; say what was and what was not.

        A broker that never took the connection is not waited for.
        """
        until_s = clock() + within_s
        self._service()
        while not self._done() and not stop() and (left_s := until_s - clock()) > 0.0:
            self._link.wait(min(left_s, 0.2))
            self._service()
        return self.delivery

    @property
    def delivery(self) -> Delivery:
        """What has become of the results so far."""
        return Delivery(self._acknowledged, len(self._unsent) + len(self._sent), dict(self._refusals))

    @property
    def standing(self) -> str:
        """How publishing stands, in words for a panel."""
        parts = [f"{self._link.broker} {self._link.state}"]
        delivery = self.delivery
        if delivery.waiting:
            parts.append(f"{delivery.waiting} waiting")
        if delivery.refused:
            parts.append(f"{delivery.refused} refused")
        return ", ".join(parts)

    def _done(self) -> bool:
        if not (self._unsent or self._sent) and self._link.idle:
            return True
        absent = self._link.state.phase in (LinkPhase.UNREACHABLE, LinkPhase.REFUSED)
        return absent and not self._link.reached

    def _retain_state(self, session_s: float) -> None:
        state = self._state.due(session_s)
        if state is not None:
            self._link.retain(self._topics.state, msgspec.json.encode(state))

    def _service(self) -> None:
        for answer in self._link.service():
            self._sent.discard(answer.token)
            if answer.refusal is None:
                self._acknowledged += 1
            else:
                self._refusals[answer.refusal] = self._refusals.get(answer.refusal, 0) + 1
        while self._unsent:
            seq, numbered = next(iter(self._unsent.items()))
            if not self._link.send(self._topics.event(numbered.result.TOPIC), numbered.payload, seq):
                break
            del self._unsent[seq]
            self._sent.add(seq)
