"""Topics, device ids, broker addresses and passwords."""

from pathlib import Path

import pytest

from firmware.errors import BadInputError
from firmware.mqtt.broker import Broker, broker_at
from firmware.mqtt.topics import Topics, device_id


def test_topics_are_those_of_the_contract() -> None:
    topics = Topics("gym-1")
    assert (topics.status, topics.info, topics.state, topics.history, topics.fault, topics.event("rep")) == (
        "kickback/v1/gym-1/status",
        "kickback/v1/gym-1/info",
        "kickback/v1/gym-1/state",
        "kickback/v1/gym-1/history",
        "kickback/v1/gym-1/fault",
        "kickback/v1/gym-1/event/rep",
    )


@pytest.mark.parametrize("text", ["a", "gym_1-b", "0" * 32])
def test_device_ids(text: str) -> None:
    assert device_id(text) == text


@pytest.mark.parametrize("text", ["", "Gym", "a/b", "a+", "#", "ä", "a b", "a\n", "0" * 33])
def test_what_is_no_device_id(text: str) -> None:
    with pytest.raises(BadInputError, match="1 to 32"):
        device_id(text)
    with pytest.raises(BadInputError):
        Topics(text)


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("gym.local", "gym.local", 1883),
        ("10.0.0.7:8883", "10.0.0.7", 8883),
        ("[::1]:1884", "::1", 1884),
        ("[::1]", "::1", 1883),
        ("::1", "::1", 1883),
    ],
)
def test_broker_addresses(text: str, host: str, port: int) -> None:
    broker = broker_at(text)
    assert (broker.host, broker.port) == (host, port)
    assert broker_at(str(broker)) == broker


@pytest.mark.parametrize(
    "text",
    ["", ":1883", "a:", "a:0", "a:65536", "a:x", "a:-1", "a b", "mqtt://a", "[::1", "[::1]x", "a..b", "a:²"],
)
def test_what_is_no_broker_address(text: str) -> None:
    with pytest.raises(BadInputError, match="HOST:PORT"):
        broker_at(text)


def test_the_password_comes_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("se cret\n")
    broker = broker_at("gym", "lifter", file)
    assert (broker.username, broker.password) == ("lifter", "se cret")


def test_a_password_that_the_service_manager_hands_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(copies))
    file = tmp_path / "password"
    file.write_text("own\n")
    assert broker_at("gym", "lifter", file).password == "own"
    (copies / "password").write_text("handed over\n")
    assert broker_at("gym", "lifter", file).password == "handed over"
    file.unlink()
    assert broker_at("gym", "lifter", file).password == "handed over"


def test_a_password_without_a_name_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    with pytest.raises(BadInputError, match="--username"):
        broker_at("gym", password_file=tmp_path / "password")


def test_a_password_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="password file"):
        broker_at("gym", "lifter", tmp_path / "absent")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInputError, match="UTF-8"):
        broker_at("gym", "lifter", tmp_path / "binary")


@pytest.mark.fault(32)
def test_the_password_is_never_shown() -> None:
    broker = Broker("gym", 1883, "lifter", "secret")
    assert "secret" not in repr(broker)
    assert "secret" not in str(broker)
