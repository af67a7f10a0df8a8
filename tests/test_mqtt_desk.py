"""Commands and the live topic over a real mosquitto."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

import msgspec
import numpy as np
import pytest

from firmware.mqtt.broker import Broker
from firmware.mqtt.commands import AT_ONCE, Action, action
from firmware.mqtt.desk import CommandDesk
from firmware.mqtt.link import Link
from firmware.mqtt.live import LiveFeed, LiveMoment
from firmware.mqtt.received import MOST_WAITING, Inbox, Received
from firmware.mqtt.topics import HOME_ASSISTANT_STATUS, Topics
from firmware.mqtt.verbs import Command, CommandResult, Live
from tests.broker import LOOPBACK, Heard, Mosquitto, Subscriber, listening
from tests.made_events import phase
from tests.test_mqtt_link import connected, serve_until
from tracker.blocks import SampleBlock, Stream
from tracker.messages import Phase

TOPICS = Topics("gym")


@contextmanager
def desk(mosquitto: Mosquitto, actions: dict[str, Action]) -> Iterator[tuple[CommandDesk, Link, Subscriber]]:
    link = Link(Broker(LOOPBACK, mosquitto.port), "gym")
    taking = CommandDesk(link, TOPICS, actions)
    link.open()
    try:
        with listening(mosquitto.port, "#") as phone:
            serve_until(link, connected(link))
            serve_until(link, lambda: link.idle)
            yield taking, link, phone
    finally:
        link.close()


def tell(phone: Subscriber, topic: str, payload: bytes, retain: bool = False) -> None:
    phone._client.publish(topic, payload, qos=1, retain=retain)


def answers(heard: list[Heard]) -> list[CommandResult]:
    return [msgspec.json.decode(h.payload, type=CommandResult) for h in heard if h.topic.endswith("/result")]


def served(taking: CommandDesk, link: Link, phone: Subscriber, count: int) -> list[CommandResult]:
    def answered() -> bool:
        taking.at(0.0)
        return len(answers(list(phone.heard))) >= count

    serve_until(link, answered)
    return answers(list(phone.heard))


def test_a_command_is_done_and_its_result_published(mosquitto: Mosquitto) -> None:
    asked: list[Command] = []

    def note(command: Command) -> str | None:
        asked.append(command)
        return None

    with desk(mosquitto, {"new-set": note}) as (taking, link, phone):
        tell(phone, TOPICS.command("new-set"), b'{"request_id": "a"}')
        tell(phone, TOPICS.command("new-set"), b'{"request_id": "a"}')
        tell(phone, TOPICS.command("tare"), b"")
        tell(phone, TOPICS.command("new-set"), bytes(5000))
        first, second, third, fourth = served(taking, link, phone, 4)
    assert (first.done, first.request_id, first.repeated) == (True, "a", False)
    assert second.repeated
    assert (third.verb, third.done) == ("tare", False)
    assert fourth.reason == "5000 bytes are more than 4096"
    assert len(asked) == 1
    assert not any(h.retained for h in phone.heard if h.topic.endswith("/result"))


def test_a_command_that_was_left_at_the_broker_is_not_done(mosquitto: Mosquitto) -> None:
    with listening(mosquitto.port, "kickback/v1/gym/cmd/#") as phone:
        tell(phone, TOPICS.command("new-set"), b"{}", retain=True)
        phone.until(lambda heard: len(heard) == 1)
    asked: list[Command] = []

    def note(command: Command) -> str | None:
        asked.append(command)
        return None

    with desk(mosquitto, {"new-set": note, "tare": lambda command: None}) as (taking, link, phone):
        tell(phone, TOPICS.command("tare"), b"{}")
        (only,) = served(taking, link, phone, 1)
    assert only.verb == "tare"
    assert asked == []


class Flood:
    """A link to which messages come at once."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.received, self.missed = self.inbox.taken, self.inbox.missed
        self.sent: list[CommandResult] = []

    def subscribe(self, topic_filter: str) -> None:
        """Everything comes anyway."""

    def send_once(self, topic: str, payload: bytes, qos: int) -> None:
        self.sent.append(msgspec.json.decode(payload, type=CommandResult))
        assert topic == TOPICS.command_result(self.sent[-1].verb)


def test_commands_that_come_too_fast_are_answered_in_one_for_each_verb() -> None:
    flood = Flood()
    taking = CommandDesk(cast(Link, flood), TOPICS, {"new-set": lambda command: None})
    for verb, number, retained in (
        ("new-set", MOST_WAITING + 6, False),
        ("tare", 3, False),
        ("leg", 5, True),
    ):
        for _ in range(number):
            flood.inbox.add(Received(TOPICS.command(verb), b"{}", 2, retained))
    for number in range(500):
        flood.inbox.add(Received(TOPICS.command(f"verb-{number}"), b"{}", 2, retained=False))
    taking.at(0.0)
    assert [(result.verb, result.done) for result in flood.sent] == [
        *[("new-set", True)] * AT_ONCE,
        *[("new-set", False)] * (MOST_WAITING - AT_ONCE),
        ("new-set", False),
        ("tare", False),
    ]
    assert [result.reason for result in flood.sent[-2:]] == [
        f"{number} came faster than they can be looked at, and were not done" for number in (6, 3)
    ]
    taking.at(0.1)
    assert len(flood.sent) == MOST_WAITING + 2


@pytest.mark.fault(28)
def test_a_command_after_the_broker_came_back(mosquitto: Mosquitto) -> None:
    with desk(mosquitto, {"tare": lambda command: None}) as (taking, link, _):
        mosquitto.kill()
        serve_until(link, lambda: not connected(link)())
        mosquitto.start()
        serve_until(link, connected(link))
        with listening(mosquitto.port, "#") as phone:
            tell(phone, TOPICS.command("tare"), b"{}")
            assert served(taking, link, phone, 1)[0].done


def test_everything_retained_comes_again_when_home_assistant_starts(mosquitto: Mosquitto) -> None:
    with desk(mosquitto, {}) as (taking, link, phone):
        before = sum(h.topic == TOPICS.status for h in phone.heard)
        tell(phone, HOME_ASSISTANT_STATUS, b"online")

        def again() -> bool:
            taking.at(0.0)
            return sum(h.topic == TOPICS.status for h in list(phone.heard)) > before

        serve_until(link, again)


def block(end_s: float) -> SampleBlock:
    return SampleBlock(
        end_s - 0.02,
        end_s,
        {
            Stream.CABLE: np.array([[end_s - 0.01, 0.1234]]),
            Stream.ANKLE: np.array([[end_s - 0.01, 0.0, 0.0, 9.81, 0.6, 0.0, 0.8]]),
        },
    )


def test_the_live_topic_lives_as_long_as_its_lease(mosquitto: Mosquitto) -> None:
    now = [100.0]
    with desk(mosquitto, {}) as (_, link, phone):
        feed = LiveFeed(link, TOPICS, lambda: now[0])
        lease = action(Live, lambda command: feed.lease(command.lease_s))
        feed.sampled(block(1.0))
        assert lease(Live(lease_s=60)) is None
        feed.phase(phase(Phase.CONCENTRIC, 3, at_s=1.5))
        for number in range(100):
            now[0] += 0.02
            feed.sampled(block(2.0 + 0.02 * number))
        lease(Live(lease_s=0))
        feed.sampled(block(9.0))
        lease(Live(lease_s=60))
        now[0] += 60.0
        feed.sampled(block(10.0))
        assert not feed.leased
        link.send_once("end", b"", qos=0)
        heard = phone.until(lambda heard: bool(heard) and heard[-1].topic == "end")
    moments = [msgspec.json.decode(h.payload, type=LiveMoment) for h in heard if h.topic == TOPICS.live]
    # 2 s of blocks every 20 ms, at most every 0.1 s.
    assert 17 <= len(moments) <= 20
    assert json.loads(msgspec.json.encode(moments[0])) == {
        "schema": "kickback.live/1", "session_s": 2.0, "phase": "concentric", "phase_since_s": 1.5, "set": 1,
        "rep": 3, "cue": "kick", "cue_target_s": 2.0, "cue_remaining_s": 1.5,
        "position_m": 0.1234, "force_n": None, "tilt_rate_radps": 1.0,
    }  # fmt: skip


def test_the_live_topic_needs_no_lease_where_the_config_says_always(mosquitto: Mosquitto) -> None:
    now = [100.0]
    with desk(mosquitto, {}) as (_, link, phone):
        feed = LiveFeed(link, TOPICS, lambda: now[0], always=True)
        feed.lease(0)
        for number in range(10):
            now[0] += 0.1001
            feed.sampled(block(2.0 + 0.1 * number))
        link.send_once("end", b"", qos=0)
        heard = phone.until(lambda heard: bool(heard) and heard[-1].topic == "end")
    assert sum(h.topic == TOPICS.live for h in heard) == 10
