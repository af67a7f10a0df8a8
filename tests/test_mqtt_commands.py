"""Commands: what is done, what is refused with a reason, and what no payload can do.

`KICKBACK_PAYLOADS=10000 pytest tests/test_mqtt_commands.py` tries more payloads than the suite does.
"""

import json
import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.mqtt.commands import AT_ONCE, PER_SECOND, Action, Commands, action
from firmware.mqtt.received import LARGEST_BYTES, Received
from firmware.mqtt.verbs import VERBS, Command, CommandResult, Replay
from tracker.profiles import PROFILES

PAYLOADS_TRIED = int(os.environ.get("KICKBACK_PAYLOADS", "300"))


def message(verb: str, payload: bytes | dict[str, Any] = b"{}", retained: bool = False) -> Received:
    raw = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    kept = raw if len(raw) <= LARGEST_BYTES else b""
    return Received(f"kickback/v1/gym/cmd/{verb}", kept, len(raw), retained)


class Device:
    """Notes what it is asked to do."""

    def __init__(self, *verbs: str) -> None:
        self.asked: list[Command] = []
        self.now_s = 100.0
        self.commands = Commands(dict.fromkeys(verbs or VERBS, self._note), lambda: self.now_s)

    def _note(self, command: Command) -> str | None:
        self.asked.append(command)
        return None

    def tell(
        self, verb: str, payload: bytes | dict[str, Any] = b"{}", retained: bool = False
    ) -> CommandResult:
        result = self.commands.answer(message(verb, payload, retained))
        assert result is not None
        return result


GOOD: list[tuple[str, dict[str, Any]]] = [
    ("new-set", {}),
    ("end-set", {}),
    ("calibrate", {}),
    ("tare", {}),
    ("identify", {}),
    *(("exercise", {"exercise": name}) for name in PROFILES),
    ("leg", {"leg": "left"}),
    ("leg", {"leg": None}),
    ("target", {"target": "3-1-X-1"}),
    ("target", {"target": None}),
    ("target-reps", {"target_reps": 12}),
    ("target-reps", {"target_reps": None}),
    ("live", {}),
    ("live", {"lease_s": 0}),
    ("replay", {"from_seq": 5, "to_seq": 5}),
]


@pytest.mark.parametrize(("verb", "fields"), GOOD, ids=str)
def test_each_verb_is_done_and_answered(verb: str, fields: dict[str, Any]) -> None:
    device = Device()
    result = device.tell(verb, {**fields, "request_id": "phone-1"})
    assert result == CommandResult(verb=verb, request_id="phone-1", done=True, reason=None)
    assert [type(command) for command in device.asked] == [VERBS[verb]]
    for name, value in fields.items():
        assert getattr(device.asked[0], name) == value


def test_an_empty_payload_asks_with_nothing_but_the_verb() -> None:
    assert Device().tell("new-set", b"").done


BAD: list[tuple[str, bytes, str]] = [
    ("new-set", b"[]", "object"),
    ("new-set", b"null", "object"),
    ("new-set", b"{", "truncated"),
    ("new-set", b"\xff\xfe{}", "malformed"),
    ("new-set", b'{"request_id": "\xff"}', "utf-8"),
    ("new-set", b'{"now": true}', "unknown field"),
    ("new-set", b'{"request_id": ""}', "regex"),
    ("new-set", b'{"request_id": "a b"}', "regex"),
    ("new-set", b'{"request_id": "a\\n"}', "regex"),
    ("new-set", b'{"request_id": 7}', "str"),
    ("live", b'{"lease_s": NaN}', "malformed"),
    ("live", b'{"lease_s": Infinity}', "malformed"),
    ("live", b'{"lease_s": 1e400}', "range"),
    ("live", b'{"lease_s": 1e999999999999}', ""),
    ("live", b'{"lease_s": 61}', "<= 60"),
    ("live", b'{"lease_s": -1}', ">= 0"),
    ("live", b'{"lease_s": "60"}', "int"),
    ("live", b'{"lease_s": true}', "int"),
    ("live", b'{"lease_s": ' + b"9" * 4000 + b"}", ""),
    ("replay", b"{}", "from_seq"),
    ("replay", b'{"from_seq": 9, "to_seq": 8}', "below"),
    ("replay", b'{"from_seq": 0, "to_seq": 8}', ">= 1"),
    ("replay", b'{"from_seq": 1, "to_seq": 1e30}', ""),
    ("exercise", b'{"exercise": "squat"}', "known are cable-kickback"),
    ("exercise", b"{}", "exercise"),
    ("leg", b'{"leg": "middle"}', "middle"),
    ("leg", b'{"leg": ' + b"[" * 4000 + b"}", ""),
    ("target", b'{"target": "3-1-2"}', "four numbers"),
    ("target", b'{"target": "3-1-2-nan"}', "0 to 20"),
    ("target-reps", b'{"target_reps": 0}', ">= 1"),
    ("target-reps", b'{"target_reps": 201}', "<= 200"),
    ("target-reps", b'{"target_reps": "8"}', "int"),
    ("target-reps", b"{}", "target_reps"),
    ("target", b'{"target": "3-1-2-' + b"1" * 90 + b'"}', "length"),
]


@pytest.mark.parametrize(("verb", "payload", "says"), BAD, ids=lambda value: str(value)[:40])
def test_what_cannot_be_done_is_refused_with_a_reason_and_changes_nothing(
    verb: str, payload: bytes, says: str
) -> None:
    device = Device()
    result = device.tell(verb, payload)
    assert not result.done
    assert says.lower() in str(result.reason).lower()
    assert len(str(result.reason)) <= 200
    assert device.asked == []


@pytest.mark.fault(33)
def test_a_payload_that_is_too_large_is_refused_unread() -> None:
    device = Device()
    result = device.tell("new-set", b" " * (LARGEST_BYTES + 1))
    assert result.reason == "4097 bytes are more than 4096"
    assert device.asked == []


def test_an_unknown_verb_is_refused_and_a_name_that_is_none_is_passed_over() -> None:
    device = Device()
    assert "known are new-set" in str(device.tell("dance").reason)
    for verb in ("", "Tare", "a" * 33, "täre", "tare\n", "+", "tare/result"):
        if verb != "tare/result":
            assert device.commands.answer(message(verb)) is None
    assert device.commands.ignored.unnamed == 6
    assert device.asked == []


@pytest.mark.fault(33)
def test_a_retained_command_is_passed_over() -> None:
    device = Device()
    assert device.commands.answer(message("new-set", retained=True)) is None
    assert (device.asked, device.commands.ignored.retained) == ([], 1)


def test_a_verb_this_device_cannot_do_is_refused() -> None:
    device = Device("new-set")
    assert device.tell("tare").reason == "this device cannot do that"
    assert device.tell("tare", {"request_id": "a"}).request_id == "a"


@pytest.mark.fault(33)
def test_a_request_is_done_once_however_often_it_comes() -> None:
    device = Device()
    first = device.tell("new-set", {"request_id": "a"})
    second = device.tell("new-set", {"request_id": "a"})
    assert (first.done, first.repeated, second.done, second.repeated) == (True, False, True, True)
    assert len(device.asked) == 1
    assert (
        device.tell("end-set", {"request_id": "a"}).reason == "this request_id was used for another command"
    )
    assert device.tell("new-set", {"request_id": "b"}).done
    assert device.tell("new-set").done
    assert device.tell("new-set").done
    assert len(device.asked) == 4


def test_only_the_last_requests_are_remembered() -> None:
    device = Device()
    for number in range(300):
        device.now_s += 1.0 / PER_SECOND
        device.tell("new-set", {"request_id": str(number)})
    assert len(device.commands._done) == 256
    assert device.tell("new-set", {"request_id": "299"}).repeated
    assert not device.tell("new-set", {"request_id": "0"}).repeated


@pytest.mark.fault(33)
def test_commands_beyond_five_a_second_are_refused_with_a_reason_and_may_be_asked_again() -> None:
    device = Device()
    results = [device.tell("target-reps", {"target_reps": 8, "request_id": f"{n}"}) for n in range(100)]
    assert [result.done for result in results] == [True] * AT_ONCE + [False] * (100 - AT_ONCE)
    assert results[-1].reason == "too many commands; 5 a second are done, try again"
    assert results[-1].request_id == "99"
    device.now_s += 1.0
    results = [device.tell("target-reps", {"target_reps": 8, "request_id": f"{n}"}) for n in range(90, 100)]
    assert [result.done for result in results] == [True] * PER_SECOND + [False] * 5
    assert not any(result.repeated for result in results)
    assert len(device.asked) == AT_ONCE + PER_SECOND


@pytest.mark.fault(33)
@pytest.mark.parametrize("verb", [verb for verb in VERBS if verb != "end-set"])
def test_a_flood_keeps_nobody_from_ending_the_set(verb: str) -> None:
    """A minute of 100 commands a second, and a lifter who ends a set every half second."""
    device = Device()
    fields = dict(GOOD)[verb]
    for moment in range(6000):
        device.now_s += 0.01
        device.tell(verb, fields)
        if moment % 50 == 0:
            assert device.tell("end-set").done


def test_what_is_not_done_takes_nothing_from_what_is() -> None:
    device = Device("new-set", "leg")
    assert device.tell("new-set", {"request_id": "a"}).done
    for _ in range(1000):
        device.tell("new-set", b"{")
        device.tell("new-set", {"request_id": "a"})
        device.tell("dance")
    for _ in range(AT_ONCE - 1):
        assert device.tell("leg", {"leg": "left"}).done


@pytest.mark.fault(33)
@pytest.mark.parametrize(
    ("do", "reason"),
    [
        (lambda command: "nobody holds the cable", "nobody holds the cable"),
        (lambda command: 1 // 0, "it failed: ZeroDivisionError"),
    ],
    ids=["refuses", "fails"],
)
def test_an_action_that_cannot_be_done(do: Action, reason: str) -> None:
    result = Commands({"tare": do}).answer(message("tare"))
    assert result is not None
    assert (result.done, result.reason) == (False, reason)


def test_an_action_gets_its_own_kind_of_command() -> None:
    ranges: list[tuple[int, int]] = []

    def replay(command: Replay) -> str | None:
        ranges.append((command.from_seq, command.to_seq))
        return None

    commands = Commands({"replay": action(Replay, replay)})
    result = commands.answer(message("replay", {"from_seq": 2, "to_seq": 9}))
    assert result is not None
    assert result.done
    assert ranges == [(2, 9)]


def test_an_action_for_no_verb_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no such verbs: dance"):
        Commands({"dance": lambda command: None})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted({name for kind in VERBS.values() for name in kind.__struct_fields__})
LIKELY = st.sampled_from(
    ["left", "right", "3-1-2-1", "X-X-X-X", "free", "", 0, 1, 60, 61, -1, 2**63, 1e308, None, True]
)
OBJECTS = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), LIKELY | JSON, max_size=5)


def mutated(raw: bytes, at: int, byte: int, cut: int) -> bytes:
    changed = bytearray(raw)
    if changed:
        changed[at % len(changed)] = byte
    return bytes(changed[: len(changed) - cut % (len(changed) + 1)])


PAYLOADS: st.SearchStrategy[bytes] = st.one_of(
    st.binary(max_size=200),
    OBJECTS.map(lambda fields: json.dumps(fields).encode()),
    st.builds(
        mutated,
        st.sampled_from([json.dumps(fields).encode() for _, fields in GOOD]),
        st.integers(0, 200),
        st.integers(0, 255),
        st.integers(0, 3),
    ),
    st.builds(
        lambda opening, depth: opening * depth,
        st.sampled_from([b"[", b'{"a":', b"-", b"1"]),
        st.integers(1, 5000),
    ),
)


@pytest.mark.fault(33)
@settings(max_examples=PAYLOADS_TRIED, deadline=None)
@given(st.sampled_from([*VERBS, "dance", "x" * 40, "Ä"]), PAYLOADS, st.booleans())
def test_no_payload_does_what_its_verb_does_not_allow(verb: str, payload: bytes, retained: bool) -> None:
    device = Device()
    result = device.commands.answer(message(verb, payload, retained))
    ignored = device.commands.ignored
    if result is None:
        assert ignored.retained + ignored.unnamed == 1
        assert device.asked == []
        return
    assert result.done == (len(device.asked) == 1)
    assert (result.reason is None) == result.done
    if result.done:
        kind, said = VERBS[verb], json.loads(payload or b"{}")
        assert set(said) <= set(kind.__struct_fields__)
        assert type(device.asked[0]) is kind
        allowed(kind.__name__)(said)


def allowed(kind: str) -> Callable[[dict[str, Any]], None]:
    """The ranges of the contract, said once more and not imported."""

    def check(said: dict[str, Any]) -> None:
        request = said.get("request_id")
        assert request is None or 1 <= len(request) <= 64
        if kind == "Live":
            assert 0 <= said.get("lease_s", 60) <= 60
        elif kind == "Replay":
            assert 1 <= said["from_seq"] <= said["to_seq"] <= 10**12
        elif kind == "ChooseLeg":
            assert said["leg"] in ("left", "right", None)
        elif kind == "ChooseExercise":
            assert said["exercise"] in ("cable-kickback", "band-kickback", "quadruped-kickback", "free")
        elif kind == "ChooseTarget" and said["target"] is not None:
            assert len(said["target"]) <= 32
        elif kind == "ChooseTargetReps":
            assert said["target_reps"] is None or 1 <= said["target_reps"] <= 200

    return check
