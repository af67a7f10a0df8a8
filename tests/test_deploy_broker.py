"""The broker as it is set up, by the real programs: openssl, mosquitto_passwd, mosquitto."""

import ast
import os
import re
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.setup import layout
from deploy.setup.broker import set_broker
from deploy.setup.certificates import make_certificates
from deploy.setup.changes import Changes
from deploy.setup.host import Host
from firmware.mqtt.broker import Broker, tls_context
from firmware.mqtt.link import Link
from firmware.mqtt.link_state import LinkPhase
from tests.broker import LOOPBACK, Mosquitto, free_port
from tests.test_mqtt_link import connected, serve_until

DEPLOY = Path(__file__).parent.parent / "deploy"
HOST = "kraftraum"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A computer whose broker was set up for two trackers, one after the other."""
    for program in ("openssl", "mosquitto_passwd"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    root = tmp_path_factory.mktemp("computer")
    host = Host(root=root, own=lambda path, owner: None, say=lambda line: None)
    for trackers in (("gym-1",), ("gym-2",), ()):
        changes = Changes(host)
        set_broker(changes, DEPLOY / "mosquitto", HOST, trackers, page=True)
    assert changes.count == 0, "the third time there is nothing to do"
    return root


@pytest.fixture(scope="module")
def ports(root: Path) -> Iterator[tuple[int, int]]:
    """The broker's port for this computer and its encrypted one, in their places."""
    text = "".join(
        (root / path[1:]).read_text().replace("/etc/mosquitto", f"{root}/etc/mosquitto")
        for path in (layout.BROKER_PAGE_CONFIG, layout.BROKER_CONFIG)
    )
    encrypted = free_port()
    text = re.sub(r"^listener 8883$", f"listener {encrypted} {LOOPBACK}", text, flags=re.MULTILINE)
    text = re.sub(r"^listener 9001$", f"listener {free_port()} {LOOPBACK}", text, flags=re.MULTILINE)
    broker = Mosquitto(root, extra=text.replace("listener 1883 127.0.0.1\n", ""))
    broker.start()
    yield broker.port, encrypted
    broker.kill()


def password(root: Path, user: str) -> str:
    return (root / "etc/kickback/passwords" / user).read_text().strip()


@pytest.mark.parametrize("user", ["gym-1", "gym-2", "dashboard", "homeassistant", "telegraf", "nodered"])
def test_everyone_comes_in_with_the_password_that_was_made(
    root: Path, ports: tuple[int, int], user: str
) -> None:
    tls = tls_context(root / "etc/mosquitto/kickback/ca.crt")
    for broker in (
        Broker(LOOPBACK, ports[0], user, password(root, user)),
        Broker(LOOPBACK, ports[1], user, password(root, user), tls),
    ):
        link = Link(broker, user)
        link.open()
        try:
            serve_until(link, connected(link))
        finally:
            link.close()


def test_and_nobody_with_another_s(root: Path, ports: tuple[int, int]) -> None:
    link = Link(Broker(LOOPBACK, ports[0], "gym-2", password(root, "gym-1")), "gym-2")
    link.open()
    try:
        serve_until(link, lambda: link.state.phase is LinkPhase.REFUSED)
    finally:
        link.close()


@pytest.mark.parametrize(
    ("name", "fits"), [(HOST, True), (f"{HOST}.local", True), ("localhost", True), ("gym-9.local", False)]
)
def test_the_certificate_is_for_this_computer_s_names(root: Path, name: str, fits: bool) -> None:
    folder = root / "etc/mosquitto/kickback"
    command = [
        "openssl",
        "verify",
        "-x509_strict",
        "-verify_hostname",
        name,
        "-CAfile",
        str(folder / "ca.crt"),
    ]
    ran = subprocess.run([*command, str(folder / "broker.crt")], capture_output=True, text=True, check=False)
    assert (ran.returncode == 0) == fits, ran.stderr


def test_a_long_name_of_a_computer_has_a_certificate_too(tmp_path: Path) -> None:
    for program in ("openssl", "mosquitto_passwd"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    changes = Changes(Host(root=tmp_path, own=lambda path, owner: None, say=lambda line: None))
    assert make_certificates(changes, "g" * 63 + ".example.org")
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-subject", "-in", str(tmp_path / "etc/mosquitto/kickback/broker.crt")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.rstrip().endswith("g" * 63 + ".")


def test_the_page_has_the_same_certificate_and_its_key(root: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(root / layout.PAGE_CERTIFICATE[1:], root / layout.PAGE_KEY[1:])


def test_no_password_was_an_argument_or_is_kept_in_the_clear_by_the_broker(root: Path) -> None:
    hashes = (root / "etc/mosquitto/kickback/passwords").read_text()
    assert len(hashes.splitlines()) == 6
    for user in os.listdir(root / "etc/kickback/passwords"):
        assert f"{user}:$" in hashes
        assert password(root, user) not in hashes


def test_the_set_up_needs_nothing_but_the_standard_library() -> None:
    for path in (DEPLOY / "setup").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found = {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found = {(node.module or "").partition(".")[0]}
            else:
                continue
            assert found <= {"deploy", *sys.stdlib_module_names}, path.name
