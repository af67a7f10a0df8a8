"""Secrets and doors: the password is found nowhere but in its file, and nobody comes in without one."""

import logging
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from paho.mqtt.client import Client, MQTTv5
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from firmware.config.sections import Mqtt
from firmware.mqtt.private import PrivateBroker
from tests.appliance_rig import Bench, config_for
from tests.broker import Mosquitto, Subscriber, listening, mosquitto_program
from tests.made_journals import everything
from tests.test_appliance import two_reps
from tests.virtual_rig import VirtualRig

SECRET = "hamster-battery-42"
SHIPPED = Path(__file__).parent.parent / "deploy" / "mosquitto"


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Mosquitto]:
    """A broker that takes the device with its password, and a listener with another."""
    program = shutil.which("mosquitto_passwd")
    if program is None:
        pytest.skip("mosquitto_passwd is not installed")
    folder = tmp_path / "broker"
    folder.mkdir()
    passwords = folder / "passwords"
    passwords.touch(0o600)
    for user, word in (("kickback", SECRET), ("listener", "another")):
        subprocess.run([program, "-b", passwords, user, word], check=True, capture_output=True)
    broker = Mosquitto(folder, extra=f"allow_anonymous false\npassword_file {passwords}\n")
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def _talkative(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Everything is logged, by the MQTT library too."""
    caplog.set_level(logging.DEBUG)
    started = Client.loop_start

    def loud(client: Client) -> object:
        client.enable_logger(logging.getLogger("paho"))
        return started(client)

    monkeypatch.setattr(Client, "loop_start", loud)


@pytest.mark.usefixtures("_talkative")
@pytest.mark.parametrize("right", [True, False], ids=["right", "wrong"])
def test_the_password_is_found_nowhere(
    right: bool,
    guarded: Mosquitto,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """In no log, no message, no line on the terminal, no file of the journal or a recording, no status."""
    word = SECRET if right else f"{SECRET}-but-wrong"
    file, state = tmp_path / "mqtt-password", tmp_path / "state"
    file.write_text(word + "\n")
    state.mkdir()
    rig = VirtualRig(two_reps())
    mqtt = Mqtt(port=guarded.port, user="kickback", password_file=str(file))
    bench = Bench(rig, state, config_for(rig, mqtt=mqtt))
    listener = Subscriber(guarded.port, "#", login=("listener", "another"))
    try:
        assert bench.run().reps == 2
        if right:
            listener.until_payload("kickback/v1/kickback/status", b"offline")
    finally:
        listener.close()
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert "Sending CONNECT" in logged, "the library was listened to"
    assert any(h.topic.endswith("event/rep") for h in listener.heard) == right
    said = "".join(capfd.readouterr())
    assert ("user, password and access rules" in said) == (not right)
    kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    heard = b"".join(h.payload for h in listener.heard)
    told = "".join(text for _, text in bench.manager.said)
    for place in (logged, said, told, repr(bench.config), kept.decode("latin-1"), heard.decode("latin-1")):
        assert SECRET not in place


def test_no_password_is_taken_from_the_environment_or_the_command_line() -> None:
    """Others can read both."""
    product = Path(__file__).parent.parent / "firmware"
    named = [
        (path, line)
        for path in product.rglob("*.py")
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"environ.*passw|getenv.*passw|add_argument\(.*--passw(?!ord-file)", line, re.IGNORECASE)
    ]
    assert named == []


def test_the_shipped_broker_wants_a_password_and_beyond_its_computer_encryption() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.conf")))
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert "allow_anonymous false" in lines
    assert "allow_anonymous true" not in lines
    listeners: list[list[str]] = []
    for line in lines:
        if line.startswith("listener "):
            listeners.append([])
        if listeners:
            listeners[-1].append(line)
    for of_one in listeners:
        words = of_one[0].split()
        local = len(words) == 3 and words[2] == "127.0.0.1"
        assert local or any(line.startswith("certfile ") for line in of_one), of_one


def test_the_demo_s_broker_lets_anonymous_programs_in_on_loopback_alone() -> None:
    with PrivateBroker(Path(mosquitto_program())) as broker:
        socket.create_connection(("127.0.0.1", broker.port), timeout=2.0).close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.2", broker.port), timeout=2.0).close()


@pytest.mark.parametrize("known", [True, False], ids=["page", "stranger"])
def test_the_demo_s_websocket_wants_a_password_and_lets_the_page_read_only(known: bool) -> None:
    """mosquitto 2.0 gives it to the whole network, though it is told an address."""
    said: list[int] = []
    came: list[str] = []
    with PrivateBroker(Path(mosquitto_program())) as broker, listening(broker.port, "#") as subscriber:
        page = Client(CallbackAPIVersion.VERSION2, transport="websockets", protocol=MQTTv5)
        if known:
            page.username_pw_set(broker.page_user, broker.page_password)

        def connected(client: Client, data: object, flags: object, reason: ReasonCode, more: object) -> None:
            said.append(reason.value)
            client.subscribe("#", qos=1)

        def subscribed(client: Client, *_: object) -> None:
            client.publish("kickback/v1/demo/cmd/tare", b"mischief", qos=1)
            subscriber._client.publish("kickback/v1/demo/event/rep", b"{}", qos=1)

        page.on_connect, page.on_subscribe = connected, subscribed
        page.on_message = lambda client, data, message: came.append(message.topic)
        page.connect("127.0.0.1", broker.websocket_port)
        for _ in range(400):
            page.loop(0.01)
            if came or (said and not known):
                break
        if known:
            assert came == ["kickback/v1/demo/event/rep"]
        else:
            assert said == [135]
        assert not any(h.payload == b"mischief" for h in list(subscriber.heard))


def test_without_its_password_it_counts_and_says_why_nothing_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file that is gone is no reason not to count; the results wait in the journal."""
    rig = VirtualRig(two_reps())
    bench = Bench(rig, tmp_path, config_for(rig, mqtt=Mqtt(user="gym", password_file=str(tmp_path / "gone"))))
    outcome = bench.run()
    assert (outcome.reps, outcome.sets) == (2, 1)
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("kickback: mqtt: cannot read the password file")
    assert said.endswith("nothing is published until that is mended and kickback started again")
    entries, _ = everything(bench.places.journal)
    assert [entry.kind for entry in entries].count("rep") == 2
    assert "fault" in {entry.kind for entry in entries}
