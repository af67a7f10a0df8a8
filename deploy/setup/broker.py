"""Broker: mosquitto on this computer, with a password for everyone and rules for each."""

import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path

from deploy.setup import layout
from deploy.setup.certificates import make_certificates
from deploy.setup.changes import Changes
from deploy.setup.errors import SetupError
from deploy.setup.host import Host
from deploy.setup.ports import listener
from deploy.setup.settings import LISTENERS

_HASHES = f"{layout.BROKER_FOLDER}/passwords"
_RULES = f"{layout.BROKER_FOLDER}/acl"
_OWNER = "mosquitto:mosquitto"
_SERVICE = "mosquitto.service"
_OURS_ALONE = ("listener", "port", "allow_anonymous", "password_file", "acl_file", "per_listener_settings")
"""Settings that two files cannot both make."""

_TRACKER = """\
user {0}
topic readwrite kickback/v1/{0}/#
topic write homeassistant/device/kickback_{0}/config
topic read homeassistant/status
"""


def require_no_clash(host: Host, configs: Iterable[str]) -> None:
    """Raise SetupError where another config of mosquitto, or another program, is in the way.

    `configs`: the texts that are to be installed.
    """
    folder = host.at("/etc/mosquitto")
    for path in [folder / "mosquitto.conf", *sorted((folder / "conf.d").glob("*.conf"))]:
        if path in (host.at(layout.BROKER_CONFIG), host.at(layout.BROKER_PAGE_CONFIG)) or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            word = line.split(maxsplit=1)[0] if line.strip() else ""
            if word in _OURS_ALONE:
                shown = f"/{path.relative_to(host.root)}"
                raise SetupError(
                    f"{shown}:{number}: {line.strip()!r} clashes with Kickback's broker settings; take it "
                    "out, or use a broker with --broker HOST, or none with --no-broker"
                )
    for port in (port for config in configs for port in listening_ports(config)):
        program = listener(host, port)
        if program not in (None, "mosquitto"):
            raise SetupError(
                f"port {port} is taken by {program}; stop that, or use a broker with --broker HOST, "
                "or none with --no-broker"
            )


def require_page_port(host: Host, port: int) -> None:
    """Raise SetupError where another program has the page's port."""
    program = listener(host, port)
    if program not in (None, "kickback"):
        raise SetupError(
            f"port {port}, the page's, is taken by {program}; stop that, install without --dashboard, or set "
            f"another as dashboard.port in {layout.CONFIG}"
        )


def listening_ports(config: str) -> list[int]:
    """The ports on which a broker with this config listens."""
    return [int(port) for port in re.findall(r"^listener\s+(\d+)", config, re.MULTILINE)]


def rules_for(shipped: str, trackers: Iterable[str]) -> str:
    """The shipped access rules with a block for each of these trackers in place of the examples."""
    first, last = (
        re.search(r"^user ", shipped, re.MULTILINE),
        re.search(r"^# .*\nuser dash", shipped, re.MULTILINE),
    )
    if first is None or last is None:
        raise SetupError("mosquitto/acl has no example trackers; get Kickback again")
    blocks = "\n".join(_TRACKER.format(name) for name in trackers)
    return f"{shipped[: first.start()]}{blocks}\n{shipped[last.start() :]}"


def trackers_of(host: Host) -> list[str]:
    """The trackers that the access rules of this computer know."""
    return re.findall(
        r"^user (\S+)\ntopic readwrite kickback/v1/\1/#$", host.text(_RULES) or "", re.MULTILINE
    )


def config_for(shipped: Path, *, page: bool) -> dict[str, str]:
    """The broker's config files, by path. `page`: with the door for browsers."""
    files = {layout.BROKER_CONFIG: shipped / "kickback.conf"}
    if page:
        files[layout.BROKER_PAGE_CONFIG] = shipped / "page.conf"
    return {path: file.read_text(encoding="utf-8") for path, file in files.items()}


def set_broker(
    changes: Changes, shipped: Path, hostname: str, trackers: Iterable[str], *, page: bool
) -> None:
    """Let mosquitto take in these trackers, those it knew, and who listens to them."""
    host = changes.host
    known = [*dict.fromkeys([*trackers_of(host), *trackers])]
    count = changes.count
    changes.folder(layout.BROKER_FOLDER, mode=0o750, owner=_OWNER)
    make_certificates(changes, hostname)
    rules = rules_for((shipped / "acl").read_text(encoding="utf-8"), known)
    changes.file(_RULES, rules, mode=0o600, owner=_OWNER)
    _set_passwords(changes, [*known, *LISTENERS])
    for path, text in config_for(shipped, page=page).items():
        changes.file(path, text)
    for path, name in ((layout.PAGE_CERTIFICATE, "broker.crt"), (layout.PAGE_KEY, "broker.key")):
        changes.file(path, host.text(f"{layout.BROKER_FOLDER}/{name}") or "", mode=0o600)
    if host.text(layout.PAGE_PASSWORD) is None:
        changes.file(layout.PAGE_PASSWORD, password_of(changes, "dashboard") + "\n", mode=0o600)
    stopped = host.has_systemd and host.run("systemctl", "is-active", "--quiet", _SERVICE).code
    if host.has_systemd and (changes.count > count or stopped):
        changes.run("restart mosquitto", "systemctl", "restart", _SERVICE)


def password_of(changes: Changes, user: str) -> str:
    """The password of a broker's user, in a file that only root reads; made where there is none."""
    path = f"{layout.SECRETS}/passwords/{user}"
    there = changes.host.text(path)
    if there is None:
        there = secrets.token_urlsafe(24) + "\n"
        changes.folder(f"{layout.SECRETS}/passwords", mode=0o700)
        changes.file(path, there, mode=0o600)
    return there.rstrip("\n")


def _set_passwords(changes: Changes, users: Iterable[str]) -> None:
    """Let mosquitto know a password of each; those it knows stay."""
    host = changes.host
    hashes = host.text(_HASHES) or ""
    missing = [user for user in users if not re.search(rf"^{re.escape(user)}:", hashes, re.MULTILINE)]
    plain = "".join(f"{user}:{password_of(changes, user)}\n" for user in missing)
    if not missing or changes.dry:
        if missing:
            changes.file(_HASHES, plain, mode=0o600)
        return
    with tempfile.TemporaryDirectory() as scratch:
        # Not as an argument, which every user of the computer could read.
        file = Path(scratch) / "passwords"
        file.touch(0o600)
        file.write_text(plain)
        host.need("hashing the broker's passwords", "mosquitto_passwd", "-U", str(file))
        hashed = file.read_text()
    changes.file(_HASHES, hashes + hashed, mode=0o600, owner=_OWNER)
