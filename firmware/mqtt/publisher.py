"""Publisher: results out to the broker in order, each until it is acknowledged, and the retained values."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic

import msgspec

from firmware.faults import ActiveFault
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from firmware.mqtt.outbox import MemoryOutbox, Outbox
from firmware.mqtt.pace import Pace
from firmware.mqtt.replaying import Recalls, Replaying
from firmware.mqtt.retained import SETS_KEPT, History, HistoryKeeper, Info, StateKeeper
from firmware.mqtt.topics import Topics
from firmware.numbering import Numbered
from firmware.panel.view import PanelView
from tracker.blocks import Announced
from tracker.messages import PhaseChange, SetSummary

_OFFER_AGAIN_S = 30.0


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

    Results wait in the `outbox` until the broker has acknowledged them; a result that it refused is
    offered again every 30 s. A backlog goes out at the `pace`.
    """

    name = "mqtt"

    def __init__(
        self,
        link: Link,
        topics: Topics,
        info: Info,
        view: PanelView,
        outbox: Outbox | None = None,
        recalls: Recalls | None = None,
        pace: Pace | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._link = link
        self._topics = topics
        self._replay = info.replay
        self._journal = None if recalls is None else lambda: recalls.status
        self._state = StateKeeper(view, replay=info.replay, journal=self._journal)
        self._history = HistoryKeeper()
        self._outbox: Outbox = MemoryOutbox() if outbox is None else outbox
        self._pace = Pace() if pace is None else pace
        self._replaying = None if recalls is None else Replaying(recalls)
        self._clock = clock
        self._offered_s = clock()
        self._acknowledged = 0
        self._refusals: dict[str, int] = {}
        self._refused: dict[int, str] = {}
        link.retain(topics.info, msgspec.json.encode(info))
        self.faults(())
        self._earlier = None if recalls is None else recalls.latest(SetSummary.TOPIC, SETS_KEPT)
        if self._earlier is None:
            self._retain_history(self._history.history)
        self._retain_state(0.0)

    def begin(self, view: PanelView) -> None:
        """Another session begins; what waits for the broker goes on waiting."""
        self._state = StateKeeper(view, replay=self._replay, journal=self._journal)
        self._retain_state(0.0)

    def faults(self, faults: Sequence[ActiveFault]) -> None:
        """Retain what is wrong now."""
        self._link.retain(self._topics.fault, msgspec.json.encode(faults))

    def result(self, numbered: Numbered) -> None:
        """Take one result."""
        self._outbox.add(numbered)
        self._state.result(numbered)
        if numbered.saved and isinstance(numbered.result, SetSummary):
            self._retain_history(self._history.add(numbered.result, numbered))
        self._service()

    def phase(self, change: PhaseChange) -> None:
        """Take one phase change; it shows in the retained state."""
        self._state.phase(change)

    def announced(self, made: Announced) -> None:
        """Take what a button or a command announced; it shows in the retained state."""
        self._state.announced(made)

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

        So is the history of earlier runs. A broker that never took the connection is not waited for.
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
        return Delivery(self._acknowledged, self._outbox.waiting, dict(self._refusals))

    def replay(self, first_seq: int, last_seq: int) -> bool:
        """Publish a range once more, after what is new; False where no older results are kept."""
        if self._replaying is None:
            return False
        self._replaying.begin(first_seq, last_seq)
        return True

    @property
    def replaying(self) -> bool:
        """Whether a range is being published once more."""
        return self._replaying is not None and self._replaying.active

    @property
    def wrong(self) -> str | None:
        """What is wrong with publishing and what to do about it; None when nothing is."""
        if self._link.wrong is not None:
            return self._link.wrong
        if not self._refused:
            return None
        reasons = ", ".join(sorted(set(self._refused.values())))
        return f"broker {self._link.broker} refuses results ({reasons}); check its access rules and limits"

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
        if self._earlier is None and not self._outbox.waiting and self._link.idle:
            return True
        absent = self._link.state.phase in (LinkPhase.UNREACHABLE, LinkPhase.REFUSED)
        return absent and not self._link.reached

    def _retain_history(self, history: History) -> None:
        self._link.retain(self._topics.history, msgspec.json.encode(history))

    def _restore_history(self) -> None:
        """Fetch the sets of earlier runs; until they are read the broker keeps what it has."""
        if self._earlier is not None and self._earlier.done():
            found = () if self._earlier.exception() is not None else self._earlier.result()
            self._retain_history(self._history.restore(entry.payload for entry in found))
            self._earlier = None

    def _retain_state(self, session_s: float) -> None:
        state = self._state.due(session_s)
        if state is not None:
            self._link.retain(self._topics.state, msgspec.json.encode(state))

    def _service(self) -> None:
        self._restore_history()
        for answer in self._link.service():
            self._outbox.settle(answer.token, answer.refusal)
            if answer.refusal is None:
                self._acknowledged += 1
                if self._refused.pop(answer.token, None) is not None:
                    self._outbox.offer_refused()
            else:
                self._refused[answer.token] = answer.refusal
                self._refusals[answer.refusal] = self._refusals.get(answer.refusal, 0) + 1
        if self._clock() - self._offered_s >= _OFFER_AGAIN_S:
            self._offered_s = self._clock()
            self._outbox.offer_refused()
        self._send_results()
        self._send_replayed()

    def _send_results(self) -> None:
        while self._pace.allows() and (entry := self._outbox.take()) is not None:
            if not self._link.send(self._topics.event(entry.kind), entry.payload, entry.seq):
                self._outbox.put_back(entry)
                break
            self._pace.went()

    def _send_replayed(self) -> None:
        if self._replaying is None or self._link.state.phase is not LinkPhase.CONNECTED:
            return
        while self._pace.allows() and (entry := self._replaying.first()) is not None:
            if not self._link.send(self._topics.event(entry.kind), entry.payload, entry.seq):
                break
            self._replaying.published()
            self._pace.went()
