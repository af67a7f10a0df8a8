"""Encrypted connections: what is trusted, what is not, and that the reason is said."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from firmware.mqtt.broker import Broker, tls_context
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import Answer, LinkPhase
from tests.broker import LOOPBACK, Mosquitto
from tests.test_mqtt_link import EVENT, answered, connected, serve_until

if shutil.which("openssl") is None:
    pytest.skip("openssl is not installed", allow_module_level=True)

# After a failed handshake paho leaves its socket to the garbage collector, which closes it and warns.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

KEY = "ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"


def openssl(folder: Path, command: str) -> None:
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An authority, and certificates of it for this host, for this host expired, and for another."""
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ca", "other-ca"):
        openssl(
            folder, f"req -x509 -newkey {KEY} -keyout {name}.key -out {name}.crt -subj /CN={name} -days 2"
        )
    openssl(folder, f"req -newkey {KEY} -keyout broker.key -out broker.csr -subj /CN=broker")
    for name, days, host in (
        ("good", 2, "IP:127.0.0.1"),
        ("expired", -1, "IP:127.0.0.1"),
        ("foreign", 2, "DNS:else"),
    ):
        (folder / "host").write_text(f"subjectAltName={host}")
        sign = f"x509 -req -in broker.csr -CA ca.crt -CAkey ca.key -CAcreateserial -extfile host -days {days}"
        openssl(folder, f"{sign} -out {name}.crt")
    valid_from(datetime.now(UTC) + timedelta(days=1), "future.crt", folder)
    return folder


AUTHORITY = """
[ca]
default_ca = it
[it]
database = index.txt
rand_serial = yes
new_certs_dir = .
default_md = sha256
policy = any
[any]
commonName = supplied
"""


def valid_from(begin: datetime, name: str, folder: Path) -> None:
    """Make a certificate for this host that is valid from a moment on, for an hour."""
    (folder / "authority").write_text(AUTHORITY)
    (folder / "index.txt").write_text("")
    (folder / "host").write_text("subjectAltName=IP:127.0.0.1")
    start, end = (f"{moment:%Y%m%d%H%M%SZ}" for moment in (begin, begin + timedelta(hours=1)))
    sign = "ca -batch -notext -config authority -cert ca.crt -keyfile ca.key -in broker.csr -extfile host"
    openssl(folder, f"{sign} -startdate {start} -enddate {end} -out {name}")


@contextmanager
def link_to_broker_with(
    certificate: str, certificates: Path, folder: Path, ca: str = "ca.crt"
) -> Iterator[Link]:
    tls = f"certfile {certificates / certificate}\nkeyfile {certificates / 'broker.key'}\n"
    broker = Mosquitto(folder, extra=f"allow_anonymous true\n{tls}")
    broker.start()
    link = Link(Broker(LOOPBACK, broker.port, tls=tls_context(certificates / ca)), "gym")
    link.open()
    try:
        yield link
    finally:
        link.close()
        broker.kill()


def test_a_broker_that_proves_who_it_is(certificates: Path, tmp_path: Path) -> None:
    with link_to_broker_with("good.crt", certificates, tmp_path) as link:
        serve_until(link, connected(link))
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]


@pytest.mark.fault(31)
@pytest.mark.parametrize(
    ("certificate", "ca", "says"),
    [
        ("expired.crt", "ca.crt", "expired"),
        ("future.crt", "ca.crt", "not yet valid"),
        ("foreign.crt", "ca.crt", "not valid for '127.0.0.1'"),
        ("good.crt", "other-ca.crt", "unable to get local issuer"),
    ],
)
def test_a_broker_that_does_not_is_not_talked_to(
    certificate: str, ca: str, says: str, certificates: Path, tmp_path: Path
) -> None:
    with link_to_broker_with(certificate, certificates, tmp_path, ca) as link:
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert says in str(link.wrong)
        assert "certificate is not accepted" in str(link.wrong)
        assert not link.reached


@pytest.mark.fault(22, 31)
def test_a_certificate_that_is_not_valid_yet_is_tried_again_until_the_clock_has_come_to_it(
    certificates: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on a computer that starts with the time at which it was switched off, until the network sets it."""
    monkeypatch.setattr("firmware.mqtt.client._BACK_OFF_S", (0.05, 0.2))
    valid_from(datetime.now(UTC) + timedelta(seconds=4), "soon.crt", certificates)
    with link_to_broker_with("soon.crt", certificates, tmp_path) as link:
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert "its certificate is not accepted: certificate is not yet valid" in str(link.wrong)
        assert not link.reached
        serve_until(link, connected(link))
        assert link.wrong is None
        assert link.send(EVENT, b"x", 1)
        assert answered(link, {1}) == [Answer(1, None)]


@pytest.mark.fault(31)
def test_a_broker_without_encryption_is_not_talked_to(certificates: Path, mosquitto: Mosquitto) -> None:
    """Never a step down to a plain connection, which would show the password to everybody."""
    tls = tls_context(certificates / "ca.crt")
    link = Link(Broker(LOOPBACK, mosquitto.port, "lifter", "secret", tls), "gym")
    link.open()
    try:
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert not link.reached
    finally:
        link.close()
    assert b"secret" not in (mosquitto.folder / "mosquitto.log").read_bytes()


def test_a_name_that_nobody_knows_is_said() -> None:
    link = Link(Broker("no-such-host.invalid", 1883), "gym")
    link.open()
    try:
        serve_until(link, lambda: link.state.phase is LinkPhase.UNREACHABLE)
        assert "its name is not known" in str(link.wrong)
    finally:
        link.close()
