"""Outlets: where a running appliance's events go, broker and panels, over all its sessions."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import msgspec
from rich.console import Console

from firmware.app import Output
from firmware.appliance.requests import Requests
from firmware.commands.face import Face, face_for
from firmware.config import Config
from firmware.config.sections import Mqtt
from firmware.errors import BadInputError
from firmware.faults import ActiveFault
from firmware.journal.journal import Journal
from firmware.mqtt.broker import Broker, broker_at, tls_context
from firmware.mqtt.commands import Action
from firmware.mqtt.desk import CommandDesk
from firmware.mqtt.discovery import discovery
from firmware.mqtt.link import Link
from firmware.mqtt.live import LiveFeed
from firmware.mqtt.publisher import Publisher
from firmware.mqtt.retained import info_of
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import Command
from firmware.panel.lines import PlainLines
from firmware.panel.machine import MachinePanel
from firmware.panel.terminal import TerminalPanel
from firmware.panel.view import PanelView
from tracker.blocks import Announced, SampleBlock

GOODBYE_S = 1.0
"""For the broker at a stop, twice: whatever it has not taken by then is in the journal."""


def broker_of(mqtt: Mqtt) -> Broker | None:
    """The broker of a config; raise BadInputError for a password or certificate that cannot be read."""
    if not mqtt.enabled:
        return None
    host = f"[{mqtt.host}]" if ":" in mqtt.host else mqtt.host
    password_file = None if mqtt.password_file is None else Path(mqtt.password_file).expanduser()
    plain = broker_at(f"{host}:{mqtt.port_in_use}", mqtt.user, password_file)
    if not mqtt.tls:
        return plain
    ca_file = None if mqtt.ca_file is None else Path(mqtt.ca_file).expanduser()
    return Broker(plain.host, plain.port, plain.username, plain.password, tls_context(ca_file))


def broker_or_why_not(mqtt: Mqtt, *, as_service: bool) -> tuple[Broker | None, str | None]:
    """The broker of a config; for a service, which nobody watches, else why nothing is published.

    Counting needs no broker, so that a service goes on. A person at a terminal gets the BadInputError.
    """
    try:
        return broker_of(mqtt), None
    except BadInputError as error:
        if not as_service:
            raise
        return None, f"{error}; nothing is published until that is mended and kickback started again"


class Outlets:
    """Opened into `parts`, which closes them. `view` is the first session's, `machine` the panel there.

    `notices`: what the machine's setup leaves unknown.
    """

    def __init__(
        self,
        config: Config,
        broker: Broker | None,
        journal: Journal,
        requests: Requests,
        view: PanelView,
        machine: MachinePanel | None,
        parts: ExitStack,
        notices: tuple[str, ...] = (),
    ) -> None:
        self._machine = machine
        self._publisher: Publisher | None = None
        self._live: LiveFeed | None = None
        desk: CommandDesk | None = None
        if broker is not None:
            link = Link(broker, config.device.id)
            capabilities = tuple(map(str, config.sensors.enabled))
            info = info_of(
                config.device.id,
                replay=False,
                simulated=False,
                capabilities=capabilities,
                notices=notices,
            )
            topics = Topics(config.device.id)
            self._publisher = Publisher(link, topics, info, view, journal, journal)
            self._live = LiveFeed(link, topics, always=config.mqtt.live == "always")
            actions = {
                **requests.actions(self._live.lease, self._publisher.replay),
                **self._identifying(config.device.id),
            }
            desk = CommandDesk(link, topics, actions)
            found = discovery(config.device.id, capabilities, actions)
            known = msgspec.json.encode(found) if config.mqtt.home_assistant else b""
            link.retain(topics.discovery, known)
            link.open()
            parts.callback(link.close, GOODBYE_S)
        self.face = self._face(config.panel.kind, view)
        if isinstance(self.face, TerminalPanel):
            self.face.open()
            parts.callback(self.face.close)
        self.outputs: tuple[Output, ...] = tuple(
            part for part in (self._publisher, self.face, machine, self._live, desk) if part is not None
        )

    def begin(self, view: PanelView) -> None:
        """Another session begins."""
        if self._publisher is not None:
            self._publisher.begin(view)
        for panel in self._panels:
            panel.begin(view)

    def sampled(self, block: SampleBlock) -> None:
        """Take a block as it goes to the tracker."""
        if self._live is not None:
            self._live.sampled(block)

    def announced(self, made: Sequence[Announced]) -> None:
        """Show what a button or a command announced."""
        takers = [*self._panels, *(() if self._publisher is None else (self._publisher,))]
        for each in made:
            for taker in takers:
                taker.announced(each)

    def answer(self, done: bool) -> None:
        """Let a button's press be answered."""
        if self._machine is not None:
            self._machine.answer(done)

    def show(self, faults: Sequence[ActiveFault]) -> None:
        """Show what is wrong now."""
        if self._publisher is not None:
            self._publisher.faults(faults)
        for panel in self._panels:
            panel.faults(tuple(f"{fault.part}: {fault.what}" for fault in faults))

    @property
    def wrong(self) -> Mapping[str, str]:
        """What is wrong with the outlets themselves, by part."""
        wrong = dict(() if self._machine is None else self._machine.own_faults)
        if self._publisher is not None and (unsent := self._publisher.wrong) is not None:
            wrong[self._publisher.name] = unsent
        return wrong

    @property
    def publishing(self) -> str | None:
        """How publishing stands, in words; None where nothing is published."""
        return None if self._publisher is None else self._publisher.standing

    def drain(self) -> None:
        """Give the broker a moment to acknowledge what is on its way."""
        if self._publisher is not None:
            self._publisher.drain(GOODBYE_S)

    def _identifying(self, name: str) -> Mapping[str, Action]:
        """What shows or sounds which device this is, where something at the machine can."""
        machine = self._machine
        if machine is None or not machine.can_identify:
            return {}

        def identify(command: Command) -> None:
            machine.identify(name)

        return {"identify": identify}

    @property
    def _panels(self) -> Iterator[TerminalPanel | MachinePanel]:
        if isinstance(self.face, TerminalPanel):
            yield self.face
        if self._machine is not None:
            yield self._machine

    def _face(self, kind: str, view: PanelView) -> Face | None:
        match kind:
            case "terminal":
                return TerminalPanel(Console(force_terminal=True), view, lambda: self.publishing)
            case "lines":
                return PlainLines(sys.stdout)
            case "none":
                return None
        return face_for(view, lambda: self.publishing)
