"""A broker with a WebSocket, the page served from it, and a browser to open it in."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from firmware.dashboard.serving import open_page
from firmware.dashboard.settings import PageSettings, Serving
from firmware.faults import ActiveFault
from firmware.mqtt.retained import History, PastSet, State, info_of
from firmware.mqtt.topics import PREFIX, Topics
from firmware.numbering import Numbered, Numbering
from tests.broker import LOOPBACK, PATIENCE_S, Mosquitto, free_port
from tracker.messages import Phase, Result, SetSummary

STARTED = "2026-11-24T17:30:00Z"


def broker_with_websocket(folder: Path, rules: str = "allow_anonymous true\n") -> tuple[Mosquitto, str]:
    """A mosquitto, not started, and the address that browsers find it at."""
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    broker = Mosquitto(folder, extra=f"{rules}listener {port} {LOOPBACK}\nprotocol websockets\n")
    return broker, f"ws://{LOOPBACK}:{port}"


@contextmanager
def page_of(websocket: str, user: str | None = None, device: str | None = None) -> Iterator[str]:
    settings = PageSettings(websocket=websocket, user=user, device=device)
    with open_page(Serving(settings, LOOPBACK, port=0)) as address:
        yield address


@dataclass
class StandIn:
    """A tracker's voice without a tracker: says what a test wants, retained where the contract says so."""

    port: int
    device: str = "gym-1"
    login: tuple[str, str] | None = None
    numbering: Numbering = field(init=False)
    sets: list[PastSet] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.topics = Topics(self.device)
        self.numbering = Numbering(self.device, replay=False)
        self.client = paho.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
        if self.login is not None:
            self.client.username_pw_set(*self.login)
        self.client.connect(LOOPBACK, self.port)
        self.client.loop_start()

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()

    def say(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Publish and wait for the broker's acknowledgement."""
        name = topic if topic.startswith(PREFIX) else f"{PREFIX}/{self.device}/{topic}"
        self.client.publish(name, payload, qos=1, retain=retain).wait_for_publish(PATIENCE_S)

    def online(self, *, simulated: bool = False) -> None:
        """What a tracker says when it starts."""
        info = info_of(
            self.device, replay=False, simulated=simulated, capabilities=("cable", "load", "ankle")
        )
        self.say("status", b"online", retain=True)
        self.say("info", msgspec.json.encode(info), retain=True)
        self.faults()

    def faults(self, *faults: ActiveFault) -> None:
        self.say("fault", msgspec.json.encode(faults), retain=True)

    def state(self, state: State) -> None:
        self.say("state", msgspec.json.encode(state), retain=True)

    def event(self, result: Result) -> Numbered:
        """A numbered event; a set also stands in the history."""
        numbered = self.numbering.number(result, STARTED)
        self.say(f"event/{result.TOPIC}", numbered.payload)
        if isinstance(result, SetSummary):
            fields = msgspec.structs.asdict(result)
            self.sets.append(PastSet(**fields, id=numbered.envelope.id, ts=numbered.envelope.ts))
            self.say("history", msgspec.json.encode(History(sets=tuple(self.sets))), retain=True)
        return numbered

    def moment(
        self,
        session_s: float,
        phase: Phase = Phase.IDLE,
        since_s: float | None = None,
        rep: int | None = None,
        set_number: int | None = None,
        position_m: float | None = 0.1,
        force_n: float | None = 90.0,
    ) -> None:
        """One moment of the live topic, with the fields that the page reads."""
        moment = {
            "schema": "kickback.live/1",
            "session_s": session_s,
            "phase": phase,
            "phase_since_s": since_s,
            "set": set_number,
            "rep": rep,
            "position_m": position_m,
            "force_n": force_n,
        }
        self.client.publish(self.topics.live, msgspec.json.encode(moment), qos=0)


@contextmanager
def standing_in(port: int, device: str = "gym-1", login: tuple[str, str] | None = None) -> Iterator[StandIn]:
    with ExitStack() as parts:
        tracker = StandIn(port, device, login)
        parts.callback(tracker.close)
        yield tracker
