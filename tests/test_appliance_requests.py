"""What the appliance does of what it is asked over MQTT, while it runs."""

import threading
from functools import partial
from pathlib import Path

import msgspec

from firmware.appliance.leg_seen import LegSeen
from firmware.appliance.requests import Requests
from firmware.config.sections import Mqtt, Session
from firmware.mqtt.commands import Commands
from firmware.mqtt.received import Received
from firmware.mqtt.topics import Topics
from firmware.mqtt.verbs import CommandResult
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, Subscriber, listening
from tests.made_events import numbered, rep
from tests.test_appliance import two_reps
from tests.virtual_rig import VirtualRig
from tracker.blocks import Announcement
from tracker.setup import Leg

TOPICS = Topics("kickback")


class Asked:
    """Requests with everything they would move noted."""

    def __init__(self, kept: bool = True, leg: Leg | None = "right") -> None:
        self.announced: list[Announcement] = []
        self.leased: list[float] = []
        self.replayed: list[tuple[int, int]] = []
        self.seen = LegSeen()
        self.requests = Requests(Session(leg=leg), self._announce, leg_seen=lambda: self.seen.leg)
        self._kept = kept
        self._commands = Commands(self.requests.actions(self.leased.append, self._replay))

    def _announce(self, announcement: Announcement, value: str = "", /) -> None:
        self.announced.append(announcement)

    def _replay(self, first_seq: int, last_seq: int) -> bool:
        self.replayed.append((first_seq, last_seq))
        return self._kept

    def press_leg(self) -> None:
        self.requests.other_leg()
        self.requests.attend()

    def tell(self, verb: str, payload: bytes = b"{}") -> CommandResult:
        result = self._commands.answer(Received(TOPICS.command(verb), payload, len(payload), False))
        assert result is not None
        return result


def test_buttons_and_commands_announce_alike() -> None:
    asked = Asked()
    assert all(asked.tell(verb).done for verb in ("new-set", "end-set", "calibrate"))
    assert asked.announced == [Announcement.NEW_SET, Announcement.END_SET, Announcement.CALIBRATE]


def test_the_other_leg_goes_on_in_the_same_session_and_in_the_next_one() -> None:
    asked = Asked()
    asked.press_leg()
    assert asked.tell("leg", b'{"leg": "left"}').done
    asked.press_leg()
    assert asked.announced == [Announcement.LEFT_LEG, Announcement.LEFT_LEG, Announcement.RIGHT_LEG]
    assert not asked.requests.changed
    assert asked.requests.setup("evening").leg == "right"


def test_the_other_leg_is_the_other_one_than_was_seen_where_none_was_told() -> None:
    asked = Asked(leg=None)
    for one in numbered(rep(leg="right"), rep(leg="left"), rep(leg=None)):
        asked.seen.result(one)
    asked.press_leg()
    asked.press_leg()
    assert asked.announced == [Announcement.RIGHT_LEG, Announcement.LEFT_LEG]
    nothing_known = Asked(leg=None)
    nothing_known.press_leg()
    assert nothing_known.announced == [Announcement.LEFT_LEG]


def test_a_press_changes_nothing_before_it_is_attended_to() -> None:
    asked = Asked()
    asked.requests.other_leg()
    assert (asked.announced, asked.requests.setup("evening").leg) == ([], "right")
    assert asked.requests.attend() is None, "no tare was asked for"
    assert (asked.announced, asked.requests.setup("evening").leg) == ([Announcement.LEFT_LEG], "left")
    asked.requests.attend()
    assert asked.announced == [Announcement.LEFT_LEG], "one press, one change"


def test_choosing_what_is_so_already_ends_no_session() -> None:
    asked = Asked()
    assert asked.tell("leg", b'{"leg": "right"}').done
    assert not asked.requests.changed


def test_a_choice_is_for_the_next_session() -> None:
    asked = Asked()
    assert asked.tell("leg", b'{"leg": null}').done
    assert asked.tell("exercise", b'{"exercise": "free"}').done
    assert asked.tell("target", b'{"target": "3-1-2-1"}').done
    before = asked.requests.changed
    setup = asked.requests.setup("evening")
    assert (setup.session, setup.leg, setup.exercise, setup.target) == ("evening", None, "free", "3-1-2-1")
    assert (before, asked.requests.changed) == (True, False)


def test_live_and_replay_reach_the_publisher() -> None:
    asked = Asked()
    assert asked.tell("live", b'{"lease_s": 30}').done
    assert asked.tell("replay", b'{"from_seq": 3, "to_seq": 9}').done
    assert (asked.leased, asked.replayed) == ([30.0], [(3, 9)])
    assert (
        Asked(kept=False).tell("replay", b'{"from_seq": 3, "to_seq": 9}').reason
        == "no older results are kept"
    )


def test_what_it_cannot_do_is_refused() -> None:
    assert [Asked().tell(verb).reason for verb in ("tare", "identify")] == ["this device cannot do that"] * 2


def test_commands_while_it_runs(tmp_path: Path, mosquitto: Mosquitto) -> None:
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(port=mosquitto.port)))
    pause = threading.Event()

    def slowly_until(heard: str, phone: Subscriber) -> None:
        """Give the broker real time, which the rig's own time does not."""
        if not any(h.topic == heard for h in list(phone.heard)):
            pause.wait(0.1)

    with listening(mosquitto.port, "#") as phone:
        tell = partial(phone._client.publish, qos=1)
        for number in range(150):
            rig.at(1.0 + 0.02 * number, partial(slowly_until, TOPICS.discovery, phone))
            rig.at(4.2 + 0.02 * number, partial(slowly_until, TOPICS.command_result("leg"), phone))
        rig.at(
            4.1,
            lambda: [tell(TOPICS.command("live"), b"{}"), tell(TOPICS.command("leg"), b'{"leg": "left"}')],
        )
        bench.run()
        heard = phone.until_payload(TOPICS.status, b"offline")
    results = {
        h.topic: msgspec.json.decode(h.payload, type=CommandResult)
        for h in heard
        if h.topic.endswith("result")
    }
    assert all(result.done for result in results.values())
    assert set(results) == {TOPICS.command_result("live"), TOPICS.command_result("leg")}
    live = [msgspec.json.decode(h.payload) for h in heard if h.topic == TOPICS.live]
    assert live
    assert all(moment["schema"] == "kickback.live/1" for moment in live)
    reps = [msgspec.json.decode(h.payload) for h in heard if h.topic == TOPICS.event("rep")]
    assert [(rep["leg"], rep["leg_source"]) for rep in reps] == [("left", "told")] * 2
    found = [msgspec.json.decode(h.payload) for h in heard if h.topic == TOPICS.discovery]
    assert {"new_set", "leg", "target", "exercise"} <= set(found[0]["components"])
    assert "tare" in found[0]["components"], "the rig has a load cell"


def test_home_assistant_forgets_a_device_that_no_longer_wants_to_be_found(
    tmp_path: Path, mosquitto: Mosquitto
) -> None:
    def run(wanted: bool) -> None:
        rig = VirtualRig(two_reps())
        mqtt = Mqtt(port=mosquitto.port, home_assistant=wanted)
        Bench(rig, tmp_path, config_for(rig, mqtt=mqtt), asked_at_s=1.0).run()

    with listening(mosquitto.port, TOPICS.discovery) as home_assistant:
        run(wanted=True)
        home_assistant.until(lambda heard: len(heard[-1:]) == 1 and heard[-1].payload != b"")
        run(wanted=False)
        home_assistant.until(lambda heard: heard[-1].payload == b"")
