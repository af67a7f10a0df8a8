"""Desk: takes in what the broker brings, has it answered, and sends the answers."""

import logging
from collections.abc import Mapping

import msgspec

from firmware.mqtt.commands import Action, Commands
from firmware.mqtt.link import Link
from firmware.mqtt.received import Received
from firmware.mqtt.topics import HOME_ASSISTANT_STATUS, Topics
from firmware.mqtt.verbs import CommandResult
from firmware.numbering import Numbered
from tracker.messages import PhaseChange

log = logging.getLogger(__name__)


class CommandDesk:
    """An output of the loop that looks, after each block, for commands to this device.

    When Home Assistant says that it has started, everything retained is published once more, so that
    it finds the device whatever the broker has forgotten.
    """

    name = "commands"

    def __init__(self, link: Link, topics: Topics, actions: Mapping[str, Action]) -> None:
        self._link = link
        self._topics = topics
        self._commands = Commands(actions)
        link.subscribe(topics.commands)
        link.subscribe(HOME_ASSISTANT_STATUS)

    def result(self, numbered: Numbered) -> None:
        """Results are the publisher's."""

    def phase(self, change: PhaseChange) -> None:
        """Phases are the publisher's."""

    def at(self, session_s: float) -> None:
        """Answer what has come."""
        for message in self._link.received():
            if message.topic == HOME_ASSISTANT_STATUS:
                self._home_assistant(message)
            else:
                self._reply(self._commands.answer(message))
        for topic, number in self._link.missed().items():
            self._reply(self._commands.missed(topic, number))

    def end(self, session_s: float) -> None:
        """Answer what has come."""
        self.at(session_s)

    def _reply(self, result: CommandResult | None) -> None:
        if result is not None:
            topic = self._topics.command_result(result.verb)
            self._link.send_once(topic, msgspec.json.encode(result), qos=1)

    def _home_assistant(self, message: Received) -> None:
        # A retained one comes with every connect, when everything has just been published.
        if message.payload == b"online" and not message.retained:
            log.info("Home Assistant has started")
            self._link.announce()
