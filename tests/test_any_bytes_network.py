"""Any bytes in the place of what comes over the network, or of a secret: an answer or one line.

`KICKBACK_BYTES=5000 pytest -n0 tests/test_any_bytes_network.py` tries so many for each. MQTT packets, which
paho reads, are in `test_mqtt_garbage`.
"""

import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings

from firmware.calibrating.appliance_at_work import running_appliance
from firmware.dashboard.files import page_files
from firmware.dashboard.server import PageServer
from firmware.dashboard.settings import Serving
from firmware.mqtt.broker import broker_at, tls_context
from firmware.mqtt.commands import Commands
from firmware.mqtt.received import LARGEST_BYTES, Received
from firmware.mqtt.retained import HistoryKeeper
from firmware.mqtt.verbs import VERBS
from firmware.power import told_by_kernel
from tests.broker import LOOPBACK
from tests.made_events import numbered, set_summary
from tests.mangled import mangled
from tests.test_any_bytes import TRIED, Reader, hold_to_any_bytes
from tests.test_dashboard import SETTINGS, ask, raw

CERTIFICATE = b"""\
-----BEGIN CERTIFICATE-----
MIIBcjCCARegAwIBAgIUdfBti/V0/JrGiq6p2FO5kMEmGI8wCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI5MTUyMjUzWhgPMjEyNjExMDUxNTIyNTNa
MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpOFglmU4
q933ggiE7wAtiwlatoyBe5TgnwIc8nm7fyinDL1DaTGs4wOMpeD75knG57KXNQOD
ZpGQ/NFP0Hi7GaNTMFEwHQYDVR0OBBYEFH7h7v2cDK+SZn54ngrATtfaVW1XMB8G
A1UdIwQYMBaAFH7h7v2cDK+SZn54ngrATtfaVW1XMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDSQAwRgIhAIWadzzERttgSFLiMV4r3JlqZ5ool8vRBrpLZWtI
a04/AiEAqgc3Lm3yNxjvM/1MlrbwHGna1eMdnpw0tgW4Kx1eU1o=
-----END CERTIFICATE-----
"""
"""Of an authority that nobody knows."""

PAST_SET = numbered(set_summary())[0].payload


def command(folder: Path, data: bytes) -> object:
    """The first line is the verb, the rest the payload."""
    verb, _, payload = data.partition(b"\n")
    commands = Commands(dict.fromkeys(VERBS, lambda command: None))
    kept = payload if len(payload) <= LARGEST_BYTES else b""
    topic = f"kickback/v1/gym/cmd/{verb.decode(errors='replace')}"
    return commands.answer(Received(topic, kept, len(payload), retained=False))


def history(folder: Path, data: bytes) -> object:
    return HistoryKeeper().restore([data, PAST_SET])


def password(folder: Path, data: bytes) -> object:
    (folder / "password").write_bytes(data)
    return broker_at("gym", "lifter", folder / "password")


def authority(folder: Path, data: bytes) -> object:
    (folder / "ca.crt").write_bytes(data)
    return tls_context(folder / "ca.crt")


def throttled(folder: Path, data: bytes) -> object:
    file = folder / "devices" / "platform" / "soc" / "firmware" / "get_throttled"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)
    return told_by_kernel(folder)


def cmdline(folder: Path, data: bytes) -> object:
    """What runs on this computer: somebody else's words."""
    (folder / "4711").mkdir(exist_ok=True)
    (folder / "4711" / "cmdline").write_bytes(data)
    return running_appliance(folder)


READ: Mapping[str, tuple[Reader, Sequence[bytes]]] = {
    "command": (
        command,
        (
            b'new-set\n{"request_id": "phone-1"}',
            b'target\n{"target": "3-1-X-1"}',
            b'target-reps\n{"target_reps": 12}',
            b'leg\n{"leg": "left"}',
            b'exercise\n{"exercise": "free"}',
            b'live\n{"lease_s": 60}',
            b'replay\n{"from_seq": 5, "to_seq": 5}',
        ),
    ),
    "history": (history, (PAST_SET,)),
    "password": (password, (b"secret\n", "geh\u00e4im\r\n".encode())),
    "authority": (authority, (CERTIFICATE,)),
    "throttled": (throttled, (b"50005\n",)),
    "cmdline": (cmdline, (b"python3\0-m\0firmware.cli\0run\0", b"/usr/bin/kickback\0run\0")),
}


@pytest.mark.parametrize("name", READ)
def test_any_bytes_give_an_answer_or_one_line(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    read, valid = READ[name]
    folder = tmp_path_factory.mktemp("any")
    assert all(read(folder, data) is not None for data in valid)
    hold_to_any_bytes(read, valid, folder)


class Watched(PageServer):
    """Keeps what ended a connection."""

    def __init__(self) -> None:
        super().__init__(Serving(SETTINGS, LOOPBACK, port=0))
        self.ended: list[BaseException | None] = []

    def handle_error(self, request: object, client_address: object) -> None:
        self.ended.append(sys.exc_info()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Watched]:
    with Watched() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


PAGES = tuple(file.plain for file in page_files().values())
REQUESTS = (
    b"GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n",
    b'GET /settings.json?x=1 HTTP/1.1\r\nHost: [::1]:8080\r\nIf-None-Match: "a"\r\nConnection: close\r\n\r\n',
    b"HEAD /page.js HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
)


@settings(max_examples=TRIED)
@given(mangled(*REQUESTS))
def test_any_request_is_answered_or_hung_up_on_and_the_next_one_is_answered(
    server: Watched, sent: bytes
) -> None:
    server.ended.clear()
    try:
        answer = raw(server, sent)
    except ConnectionError:
        answer = b""  # it was hung up on before all was sent
    # A request without a version has an answer without a status: a page, or one line.
    assert answer.startswith((b"HTTP/1.", *PAGES)) or (answer.count(b"\n") <= 1 and len(answer) < 100)
    assert [error for error in server.ended if not isinstance(error, OSError)] == []
    assert ask(server, "/").status == 200
