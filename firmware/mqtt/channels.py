"""Channels: every topic of the contract with its payload's type, how it is sent, and what it is for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from firmware.faults import ActiveFault, FaultEvent
from firmware.mqtt.live import LiveMoment
from firmware.mqtt.retained import HISTORY_BYTES, SETS_KEPT, History, Info, State
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import VERBS, CommandResult
from firmware.numbering import NUMBERED_TYPES
from tracker.messages import Cue, Rejected, Rep, SetSummary

DEVICE = "{device}"


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic. `kind`: type of the payload, `numbered` with the envelope of an event around it.

    `action` is the device's: it sends, or it receives.
    """

    name: str
    address: str
    kind: Any
    summary: str
    qos: Literal[0, 1] = 1
    retain: bool = False
    action: Literal["send", "receive"] = "send"
    numbered: bool = False

    @property
    def message(self) -> str:
        """Name of the message and its schema; all commands are answered by one kind."""
        return "command-result" if self.kind is CommandResult else self.name


_EVENTS = {
    Rep: "One repetition, when its return has ended.",
    SetSummary: "One set, when it has ended.",
    Rejected: "A movement that was seen, judged and not counted, with the reason.",
    Cue: "What the lifter is told after a rep or a set; screen and buzzer say the same.",
    FaultEvent: "A part that went wrong, or is fine again.",
}


def channels() -> Iterator[Channel]:
    """Yield them all, for a device that is named by a parameter."""
    # The parameter is no device id, which only its place in the topics matters for.
    at = Topics("device")

    def address(topic: str) -> str:
        return topic.replace("/device", f"/{DEVICE}", 1)

    status = Literal["online", "offline"]
    yield Channel("status", address(at.status), status, "Plain text; also the last will.", retain=True)
    yield Channel("info", address(at.info), Info, "What the device is and can do.", retain=True)
    yield Channel(
        "state",
        address(at.state),
        State,
        "Where the session stands; on change, twice a second at most.",
        retain=True,
    )
    yield Channel(
        "history",
        address(at.history),
        History,
        f"The last {SETS_KEPT} sets, oldest first, so that a page opens with context; fewer where they would "
        f"pass {HISTORY_BYTES} bytes or another version wrote them otherwise. Older ones come by replay.",
        retain=True,
    )
    faults = tuple[ActiveFault, ...]
    yield Channel(
        "fault", address(at.fault), faults, "What is wrong now; empty when nothing is.", retain=True
    )
    live = "This moment, ten times a second, while a lease of cmd/live runs, or always where so configured."
    yield Channel("live", address(at.live), LiveMoment, live, qos=0)
    for kind in NUMBERED_TYPES:
        yield Channel(
            f"event-{kind.TOPIC}", address(at.event(kind.TOPIC)), kind, _EVENTS[kind], numbered=True
        )
    for verb, command in VERBS.items():
        summary = (command.__doc__ or "").strip()
        yield Channel(f"cmd-{verb}", address(at.command(verb)), command, summary, action="receive")
        yield Channel(
            f"cmd-{verb}-result", address(at.command_result(verb)), CommandResult, "What became of a command."
        )
