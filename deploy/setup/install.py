"""Install: everything from a fresh Debian to a tracker that runs, each step only where it is needed."""

from dataclasses import dataclass
from pathlib import Path

from deploy.setup import layout
from deploy.setup.accounts import make_accounts
from deploy.setup.boot import display_bus, set_boot
from deploy.setup.broker import config_for, password_of, require_no_clash, require_page_port, set_broker
from deploy.setup.changes import Changes
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.health import unhealthy
from deploy.setup.host import Host
from deploy.setup.machine import Machine, look_at, require_room
from deploy.setup.packages import install_packages, installed
from deploy.setup.record import Record
from deploy.setup.releases import build, in_use, is_whole, name_of
from deploy.setup.services import enable, set_surroundings, set_units, start_page
from deploy.setup.settings import (
    Settings,
    first_config,
    name_from,
    page_values,
    settings_of,
    shown,
    tracker_name,
)
from deploy.setup.update import change_to, settle

PACKAGES = ("python3-venv",)
BROKER_PACKAGES = ("mosquitto", "openssl")
PIN_PACKAGE = "python3-lgpio"


@dataclass(frozen=True, slots=True)
class Wish:
    """What the owner asks for.

    `name`: the tracker's, None for the computer's. `broker`: host of a broker elsewhere, with `ca` and
    `password`, files from there; None for one on this computer. `no_broker`: publish nothing.
    `trackers`: others that this computer's broker takes in. `dashboard`: the page for phones in the network.
    `boot`: whether boot settings are made. `wheels`: a folder to install from instead of the network.
    """

    name: str | None = None
    broker: str | None = None
    ca: Path | None = None
    password: Path | None = None
    no_broker: bool = False
    trackers: tuple[str, ...] = ()
    dashboard: bool = False
    boot: bool = True
    wheels: Path | None = None
    dry: bool = False

    def check(self) -> None:
        """Raise UsageError where it contradicts itself."""
        if self.broker is not None and self.no_broker:
            raise UsageError("--broker and --no-broker do not go together")
        if self.broker is not None and (self.ca is None or self.password is None):
            raise UsageError("--broker needs --ca and --password-file, the files that its computer made")
        if self.broker is None and (self.ca or self.password):
            raise UsageError("--ca and --password-file go with --broker")
        if (self.trackers or self.dashboard) and (self.broker is not None or self.no_broker):
            raise UsageError("--add-tracker and --dashboard are for the computer that has the broker")
        for name in (*self.trackers, *([self.name] if self.name is not None else [])):
            tracker_name(name)
        for file in (self.ca, self.password):
            if file is not None and not file.is_file():
                raise UsageError(f"{file}: there is no such file")
        if self.wheels is not None and not self.wheels.is_dir():
            raise UsageError(f"{self.wheels}: there is no such folder")


def install(host: Host, source: Path, wish: Wish) -> None:
    """Set this computer up with the Kickback in `source`; a second time changes nothing."""
    wish.check()
    machine = look_at(host)
    settings = _settings(host, machine, wish)
    deploy = source / "deploy"
    if settings.broker_is_here:
        require_no_clash(host, config_for(deploy / "mosquitto", page=settings.page).values())
    if settings.page:
        require_page_port(host, settings.page_port)
    if not is_whole(host, name_of(source)):
        require_room(host)
    changes, record = Changes(host, dry=wish.dry), Record.of(host)
    host.say(f"Kickback for {settings.name}" + (", dry run: nothing is changed" if wish.dry else ""))

    bus = display_bus(machine.model)
    restart = set_boot(changes, bus) if wish.boot else False
    more = BROKER_PACKAGES if settings.broker_is_here else ()
    install_packages(changes, record, (*PACKAGES, *more), (PIN_PACKAGE,) if machine.model else ())
    make_accounts(changes, record)
    changes.folder(layout.SECRETS)
    _set_password(changes, settings, wish)
    if settings.broker_is_here:
        trackers = (settings.name, *wish.trackers)
        set_broker(changes, deploy / "mosquitto", machine.name, trackers, page=settings.page)
    if settings_of(host) is None:
        example = (deploy / "kickback.toml").read_text(encoding="utf-8")
        page_host = f"{machine.name}.local" if settings.page else None
        changes.file(layout.CONFIG, first_config(example, settings, bus.number, page_host))
    _set_software(changes, source, wish, page=settings.page)
    if wish.dry:
        host.say(f"{changes.count} changes; nothing was changed")
        return
    host.say(f"{changes.count} changes" if changes.count else "everything was as it should be")
    _tell(host, settings, restart)


def _settings(host: Host, machine: Machine, wish: Wish) -> Settings:
    """What the config says; before there is one, what is wished."""
    there = settings_of(host)
    if there is None:
        return Settings(
            wish.name or name_from(machine.name),
            None if wish.no_broker else wish.broker or "127.0.0.1",
            wish.dashboard,
        )
    if wish.name not in (None, there.name):
        raise UsageError(f"this tracker is {there.name} in {layout.CONFIG}; change device.id there")
    if wish.broker not in (None, there.broker) or (wish.no_broker and there.broker is not None):
        raise UsageError(f"the broker is {there.broker} in {layout.CONFIG}; change the section [mqtt] there")
    if wish.trackers and not there.broker_is_here:
        raise UsageError("--add-tracker is for the computer that has the broker")
    if wish.dashboard and not there.page:
        lines = shown(page_values(f"{machine.name}.local"))
        raise UsageError(f"for phones to have the page, {layout.CONFIG} needs {lines}; then run this again")
    if wish.ca is None and any(host.text(path) is None for path in there.brought):
        raise UsageError(
            f"the broker is {there.broker} in {layout.CONFIG}, and the files from it are gone; run "
            f"this again with --broker {there.broker} --ca FILE --password-file FILE"
        )
    tracker_name(there.name)
    return there


def _set_password(changes: Changes, settings: Settings, wish: Wish) -> None:
    """Let the tracker's own password be where its service takes it from."""
    if wish.ca is not None and wish.password is not None:
        try:
            changes.file(layout.BROKER_CA, wish.ca.read_text(encoding="utf-8"))
            changes.file(
                layout.PASSWORD, wish.password.read_text(encoding="utf-8").rstrip("\r\n") + "\n", mode=0o600
            )
        except UnicodeDecodeError:
            raise UsageError(f"{wish.ca} or {wish.password}: is no text") from None
    elif changes.host.text(layout.PASSWORD) is None:
        changes.file(layout.PASSWORD, password_of(changes, settings.name) + "\n", mode=0o600)


def _set_software(changes: Changes, source: Path, wish: Wish, *, page: bool) -> None:
    """Build the release, let systemd know it, and use it."""
    host = changes.host
    pins = not wish.dry and PIN_PACKAGE in installed(host)
    name = build(changes, source, wheels=wish.wheels, with_system=pins)
    if not wish.dry:
        settle(host)
    first = in_use(host) is None
    # Units stay those of the release in use: a switch brings its own.
    set_surroundings(changes, source)
    if first:
        set_units(changes, source)
    change_to(changes, name)
    enable(changes, page=page)
    stopped = host.has_systemd and host.run("systemctl", "is-active", "--quiet", layout.SERVICE).code
    if stopped and changes.said(f"start {layout.SERVICE}") and (wrong := unhealthy(host)) is not None:
        raise SetupError(f"Kickback was installed, but {wrong}; see journalctl -u kickback")
    if page:
        start_page(changes)


def _tell(host: Host, settings: Settings, restart: bool) -> None:
    """Say what is to be known, with the doctor's findings."""
    host.say("")
    examined = host.run(layout.COMMAND, "doctor", "--config", layout.CONFIG)
    host.say(examined.out.rstrip() or examined.err.rstrip())
    host.say("")
    if settings.broker_is_here:
        host.say(f"Passwords of the broker's users: {layout.SECRETS}/passwords. Its certificate for others:")
        host.say(f"{layout.BROKER_FOLDER}/ca.crt")
    if not host.has_systemd:
        host.say("systemd does not run here; the services start with the computer.")
    if restart:
        host.say("Restart the computer for the boot settings to hold: sudo reboot")
