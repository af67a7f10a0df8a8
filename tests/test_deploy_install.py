"""Install and uninstall on a modelled computer: all of it, once; nothing the second time; and back."""

import re
import stat
import subprocess
import tomllib
from pathlib import Path

import pytest

from deploy.setup import layout
from deploy.setup.__main__ import run
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.install import Wish, install
from deploy.setup.machine import look_at
from deploy.setup.settings import name_from
from deploy.setup.uninstall import uninstall
from firmware.config.loading import parse_config
from firmware.config.sections import Config
from tests.fresh_computer import BEFORE, Computer, kickback

pytestmark = pytest.mark.usefixtures("no_disk")

DEPLOY = Path(__file__).parent.parent / "deploy"
KEEP = Wish(name="gym-1")
USERS = ("dashboard", "homeassistant", "telegraf", "nodered")


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    (tmp_path / "root").mkdir()
    return Computer(tmp_path / "root")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return kickback(tmp_path / "source")


def config_of(computer: Computer) -> Config:
    return parse_config((computer.root / "etc/kickback.toml").read_text(), "kickback.toml")


def make_pi(
    computer: Computer, model: str = "Raspberry Pi Zero 2 W Rev 1.0", boot: str = "dtparam=audio=on\n"
) -> None:
    computer.write("/proc/device-tree/model", model + "\0")
    computer.write(layout.BOOT, boot)


def test_a_fresh_computer_becomes_a_tracker(computer: Computer, source: Path) -> None:
    make_pi(computer)
    install(computer.host, source, KEEP)
    assert computer.service.active
    assert computer.enabled == {"kickback.service", "kickback-settle.service"}
    assert computer.users == {"kickback": {"i2c", "gpio"}}
    assert {"mosquitto", "openssl", "python3-venv", "python3-lgpio"} <= computer.packages
    assert any("--system-site-packages" in act for act in computer.acts)
    config = config_of(computer)
    assert (config.device.id, config.mqtt.user, config.paths.state) == ("gym-1", "gym-1", layout.STATE)
    assert config.mqtt.password_file == layout.PASSWORD
    assert "i2c_arm_baudrate=400000" in (computer.root / layout.BOOT[1:]).read_text()
    assert any("Restart the computer" in line for line in computer.said)


def test_the_second_time_nothing_changes(computer: Computer, source: Path) -> None:
    make_pi(computer)
    install(computer.host, source, KEEP)
    before, acts = computer.files(), len(computer.acts)
    install(computer.host, source, Wish())
    assert computer.files() == before
    assert computer.acts[acts:] == []
    assert "everything was as it should be" in computer.said


def test_what_was_stopped_is_started(computer: Computer, source: Path) -> None:
    install(computer.host, source, KEEP)
    computer.broker = computer.service.active = False
    install(computer.host, source, Wish())
    assert computer.broker
    assert computer.service.active


def test_a_dry_run_says_everything_and_changes_nothing(computer: Computer, source: Path) -> None:
    make_pi(computer)
    before = computer.files()
    install(computer.host, source, Wish(name="gym-1", dry=True))
    assert computer.files() == before
    assert computer.acts == []
    said = [line.removeprefix("  would ") for line in computer.said if "  would " in line]
    assert len(said) == len(set(said))
    computer.said.clear()
    install(computer.host, source, KEEP)
    done = {line.strip() for line in computer.said}
    for line in said:
        assert line in done or line.startswith(("make the folder", "use "))
    computer.said.clear()
    before, acts = computer.files(), len(computer.acts)
    uninstall(computer.host, data=True, dry=True)
    assert computer.files() == before
    assert len(computer.acts) == acts


def test_taken_back_nothing_is_left(computer: Computer, source: Path) -> None:
    make_pi(computer)
    before = computer.files()
    install(computer.host, source, Wish(name="gym-1", dashboard=True))
    uninstall(computer.host, data=True)
    assert set(computer.files()) - set(before) <= {
        "etc/mosquitto",
        "etc/mosquitto/conf.d",
        "run/kickback-setup.lock",
    }
    assert {name: computer.files()[name] for name in before} == before
    assert (computer.packages, computer.users, computer.groups) == (set(BEFORE), {}, set())
    assert computer.enabled == set()
    assert not computer.service.active


def test_what_was_there_before_stays(computer: Computer, source: Path) -> None:
    computer.groups |= {"i2c", "gpio"}
    computer.packages |= {"mosquitto", "libmosquitto1"}
    install(computer.host, source, KEEP)
    computer.packages.add("home-assistant")
    computer.needed.add("home-assistant")
    uninstall(computer.host, data=True)
    assert computer.groups == {"i2c", "gpio"}
    assert {"mosquitto", "openssl"} <= computer.packages
    assert any("stay: home-assistant needs them" in line for line in computer.said)


def test_data_stay_unless_their_owner_says_so(computer: Computer, source: Path) -> None:
    install(computer.host, source, KEEP)
    computer.write(f"{layout.STATE}/journal.sqlite", "results")
    asked: list[str] = []

    def no(question: str) -> str:
        asked.append(question)
        return ""

    host = computer.host
    host.ask = no
    uninstall(host, data=None)
    assert "Delete config, calibration, results and recordings" in asked[0]
    assert (computer.root / "var/lib/kickback/journal.sqlite").read_text() == "results"
    assert computer.owners[layout.STATE] == "root:root"
    assert not (computer.root / "etc/kickback").exists()
    install(computer.host, source, Wish())
    assert config_of(computer).device.id == "gym-1"


def test_secrets_are_random_and_root_s_alone(computer: Computer, source: Path, tmp_path: Path) -> None:
    install(computer.host, source, KEEP)
    (tmp_path / "other").mkdir()
    other = Computer(tmp_path / "other")
    install(other.host, source, KEEP)
    folder = "etc/kickback/passwords"
    ours, theirs = (
        {path.name: path.read_text() for path in (each.root / folder).iterdir()} for each in (computer, other)
    )
    assert set(ours) == {"gym-1", *USERS}
    assert len({*ours.values(), *theirs.values()}) == 10
    assert all(len(secret.strip()) >= 32 for secret in ours.values())
    assert (computer.root / layout.PASSWORD[1:]).read_text() == ours["gym-1"]
    secret = [*(computer.root / folder).iterdir(), computer.root / layout.PASSWORD[1:]]
    secret += [
        computer.root / "etc/kickback/authority/ca.key",
        computer.root / "etc/mosquitto/kickback/broker.key",
    ]
    secret += [computer.root / "etc/mosquitto/kickback/passwords"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secret} == {0o600}
    told = "\n".join([*computer.said, *computer.acts])
    assert not any(each.strip() in told for each in ours.values())


def test_another_tracker_at_this_broker(computer: Computer, source: Path) -> None:
    install(computer.host, source, KEEP)
    before = (computer.root / "etc/mosquitto/kickback/passwords").read_text()
    install(computer.host, source, Wish(trackers=("gym-2",)))
    install(computer.host, source, Wish())
    rules = (computer.root / "etc/mosquitto/kickback/acl").read_text()
    shipped = (source / "deploy/mosquitto/acl").read_text()
    assert rules == shipped, "the rules of gym-1 and gym-2 are those that are shipped and tested"
    hashes = (computer.root / "etc/mosquitto/kickback/passwords").read_text()
    assert hashes.startswith(before)
    assert re.findall(r"^(\S+?):", hashes, re.MULTILINE) == ["gym-1", *USERS, "gym-2"]


def test_a_tracker_at_another_computer_s_broker(computer: Computer, source: Path, tmp_path: Path) -> None:
    (tmp_path / "ca").write_text("certificate\n")
    (tmp_path / "secret").write_text("pass word\n")
    wish = Wish(name="gym-2", broker="gym-1.local", ca=tmp_path / "ca", password=tmp_path / "secret")
    install(computer.host, source, wish)
    assert "mosquitto" not in computer.packages
    mqtt = config_of(computer).mqtt
    assert (mqtt.host, mqtt.port_in_use, mqtt.user, mqtt.ca_file) == (
        "gym-1.local",
        8883,
        "gym-2",
        layout.BROKER_CA,
    )
    assert (computer.root / layout.PASSWORD[1:]).read_text() == "pass word\n"


def test_its_password_is_asked_for_again_where_only_the_config_was_kept(
    computer: Computer, source: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca").write_text("certificate\n")
    (tmp_path / "secret").write_text("pass word\n")
    wish = Wish(name="gym-2", broker="gym-1.local", ca=tmp_path / "ca", password=tmp_path / "secret")
    install(computer.host, source, wish)
    install(computer.host, source, Wish())
    uninstall(computer.host, data=False)
    before = computer.files()
    with pytest.raises(UsageError, match=r"--broker gym-1\.local --ca FILE --password-file FILE"):
        install(computer.host, source, Wish())
    assert computer.files() == before
    install(computer.host, source, wish)
    assert (computer.root / layout.PASSWORD[1:]).read_text() == "pass word\n"


def test_a_tracker_that_publishes_nothing(computer: Computer, source: Path) -> None:
    install(computer.host, source, Wish(no_broker=True))
    assert "mosquitto" not in computer.packages
    assert not config_of(computer).mqtt.enabled
    assert config_of(computer).device.id == "kraftraum"


def test_the_page_for_phones(computer: Computer, source: Path) -> None:
    install(computer.host, source, Wish(dashboard=True))
    page = config_of(computer).dashboard
    assert (page.bind, page.websocket, page.user) == ("0.0.0.0", "wss://kraftraum.local:9001", "dashboard")
    assert "kickback-dashboard.service" in computer.enabled
    assert computer.page
    assert (computer.root / "etc/mosquitto/conf.d/kickback-page.conf").exists()
    before = computer.files()
    install(computer.host, source, Wish())
    assert computer.files() == before


def test_where_systemd_does_not_run_the_services_start_with_the_computer(
    tmp_path: Path, source: Path
) -> None:
    computer = Computer(tmp_path, boots=False, systemd=252)
    install(computer.host, source, KEEP)
    assert computer.enabled == {"kickback.service", "kickback-settle.service"}
    assert not (computer.root / "etc/systemd/system/kickback.service.d").exists(), "252 knows no RestartSteps"
    assert any("start with the computer." in line for line in computer.said)


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("/etc/os-release", 'ID=fedora\nPRETTY_NAME="Fedora"\n', "this is Fedora"),
        ("/etc/os-release", 'ID=debian\nVERSION_ID="11"\nPRETTY_NAME="Debian 11"\n', "this is Debian 11"),
        ("/etc/os-release", "", "this is an unknown system"),
        ("/proc/mounts", "overlayroot / overlay rw 0 0\n", "read-only under an overlay"),
        ("/etc/mosquitto/conf.d/x.conf", "# mine\nlistener 1883\n", "x.conf:2: 'listener 1883' clashes"),
        ("/etc/mosquitto/mosquitto.conf", "allow_anonymous true\n", "mosquitto.conf:1"),
        ("/etc/kickback.toml", "[device\n", "cannot be understood"),
    ],
)
def test_what_cannot_be_done_is_said_before_anything_is(
    computer: Computer, source: Path, path: str, text: str, said: str
) -> None:
    computer.write(path, text)
    before = computer.files()
    with pytest.raises(SetupError, match=re.escape(said)) as caught:
        install(computer.host, source, KEEP)
    assert "\n" not in str(caught.value)
    assert computer.files() == before
    assert computer.acts == []


def occupy(computer: Computer, port: int, program: str) -> None:
    line = (
        f"   0: 00000000:{port:04X} 00000000:0000 0A 00000000:00000000 00:00000000 00000000  0 0 4711 1 0\n"
    )
    computer.write("/proc/net/tcp6", "  sl\n" + line)
    computer.write("/proc/77/comm", f"{program}\n")
    (computer.root / "proc/77/fd").mkdir()
    (computer.root / "proc/77/fd/3").symlink_to("socket:[4711]")


def test_a_page_that_does_not_run_is_said_and_one_that_was_stopped_is_started(
    computer: Computer, source: Path
) -> None:
    computer.page_works = False
    with pytest.raises(SetupError, match="the page does not run; see journalctl -u kickback-dashboard"):
        install(computer.host, source, Wish(dashboard=True))
    assert computer.service.active
    computer.page_works = True
    install(computer.host, source, Wish())
    assert computer.page


def test_the_page_s_port_that_another_program_has(computer: Computer, source: Path) -> None:
    occupy(computer, 8080, "tomcat")
    with pytest.raises(SetupError, match="port 8080, the page's, is taken by tomcat"):
        install(computer.host, source, Wish(dashboard=True))
    assert computer.acts == []
    install(computer.host, source, KEEP)
    uninstall(computer.host, data=True)
    computer.write("/proc/77/comm", "kickback\n")
    install(computer.host, source, Wish(dashboard=True))
    config = (computer.root / layout.CONFIG[1:]).read_text()
    computer.write(layout.CONFIG, config.replace("# port = 8080", "port = 8090"))
    computer.write("/proc/77/comm", "tomcat\n")
    install(computer.host, source, Wish())


def test_a_port_that_another_program_has(computer: Computer, source: Path) -> None:
    occupy(computer, 8883, "emqx")
    with pytest.raises(SetupError, match="port 8883 is taken by emqx"):
        install(computer.host, source, KEEP)
    computer.write("/proc/77/comm", "mosquitto\n")
    install(computer.host, source, KEEP)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"user_id": lambda: 1000}, "needs root"),
        ({"architecture": "armhf"}, "this is a armhf system; Kickback needs a 64-bit one"),
    ],
)
def test_whom_and_what_it_needs(computer: Computer, change: dict[str, object], said: str) -> None:
    host = computer.host
    if "user_id" in change:
        host.user_id = lambda: 1000
    else:
        programs = host.programs
        host.programs = lambda argv, given: (
            type(programs(argv, given))(0, "armhf\n") if argv[0] == "dpkg" else programs(argv, given)
        )
    with pytest.raises(SetupError, match=said):
        look_at(host)


def test_an_old_python_and_a_full_disk(
    computer: Computer, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SetupError, match=r"this is 3\.10"):
        look_at(computer.host, python=(3, 10))
    monkeypatch.setattr("deploy.setup.machine.LEAST_FREE_MB", 10**9)
    before = computer.files()
    with pytest.raises(SetupError, match="MB are free"):
        install(computer.host, source, KEEP)
    assert computer.files() == before
    assert computer.acts == []
    monkeypatch.setattr("deploy.setup.machine.LEAST_FREE_MB", 0)
    install(computer.host, source, KEEP)
    monkeypatch.setattr("deploy.setup.machine.LEAST_FREE_MB", 10**9)
    install(computer.host, source, Wish(trackers=("gym-2",)))


def test_without_a_network_it_ends_and_goes_on_later(computer: Computer, source: Path) -> None:
    computer.network = False
    with pytest.raises(SetupError, match="reaches the network"):
        install(computer.host, source, KEEP)
    computer.packages |= {"mosquitto", "openssl", "python3-venv"}
    with pytest.raises(SetupError, match="is there a network"):
        install(computer.host, source, KEEP)
    assert not [*(computer.root / "opt/kickback/releases").iterdir()]
    computer.network = True
    install(computer.host, source, Wish())
    assert computer.service.active


def test_wheels_from_a_folder_need_no_network(computer: Computer, source: Path, tmp_path: Path) -> None:
    computer.packages |= {"mosquitto", "openssl", "python3-venv"}
    computer.network = False
    install(computer.host, source, Wish(wheels=tmp_path))
    assert computer.service.active


def test_nothing_is_installed_without_a_hash(computer: Computer, source: Path) -> None:
    """But Kickback itself, which is built of what lies there and brings no other package."""
    install(computer.host, source, KEEP)
    locked, own = (act.split() for act in computer.acts if " -m pip " in act)
    for words in (locked, own):
        assert words[words.index("--only-binary") + 1] == ":all:"
    assert "--require-hashes" in locked
    assert locked[-2:] == ["--requirement", locked[-1]]
    assert locked[-1].endswith("/deploy/requirements.lock")
    assert {"--no-deps", "--no-build-isolation"} <= {*own}
    assert own[-1].endswith("/source")


def test_what_builds_it_is_among_the_packages_with_a_hash() -> None:
    project = tomllib.loads((DEPLOY.parent / "pyproject.toml").read_text(encoding="utf-8"))
    locked = re.findall(r"^([a-z0-9._-]+)==", (DEPLOY / "requirements.lock").read_text(), re.MULTILINE)
    assert {re.split("[<>=]", each)[0] for each in project["build-system"]["requires"]} <= set(locked)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "Gym 1"], "cannot be named"),
        (["--name", "dashboard"], "cannot be named"),
        (["--add-tracker", "telegraf"], "cannot be named"),
        (["--broker", "x", "--no-broker"], "do not go together"),
        (["--broker", "x"], "needs --ca"),
        (["--ca", "/x"], "go with --broker"),
        (["--no-broker", "--add-tracker", "gym-2"], "has the broker"),
        (["--wheels", "/nowhere"], "no such folder"),
        (["--keep-data"], "go with --uninstall"),
        (["--uninstall", "--keep-data", "--delete-data"], "do not go together"),
        (["--frobnicate"], "unrecognized"),
    ],
)
def test_calls_that_make_no_sense(computer: Computer, words: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        run(words, computer.host)
    assert computer.acts == []


def test_files_are_named_from_where_one_stands_and_what_lies_there_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "ca.crt").write_text("certificate")
    (tmp_path / "json.py").write_text("raise SystemExit(99)")
    words = ["--broker", "gym-1.local", "--ca", "ca.crt", "--password-file", "gym-2"]
    ran = subprocess.run(
        ["bash", str(DEPLOY / "install.sh"), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (2, "install: gym-2: there is no such file\n")


def test_a_config_that_is_there_decides(computer: Computer, source: Path) -> None:
    install(computer.host, source, KEEP)
    for wish, said in (
        (Wish(name="gym-9"), "this tracker is gym-1"),
        (Wish(no_broker=True), r"the broker is 127\.0\.0\.1"),
        (Wish(dashboard=True), r'needs \[mqtt\] live = "always" and \[dashboard\] bind'),
    ):
        with pytest.raises(UsageError, match=said):
            install(computer.host, source, wish)


@pytest.mark.parametrize(
    ("hostname", "name"),
    [
        ("Gym-1.local", "gym-1"),
        ("raspberry pi", "raspberry-pi"),
        ("Ä", "kickback"),
        ("dashboard", "kickback"),
        ("nodered", "kickback"),
    ],
)
def test_a_name_from_the_computer_s(hostname: str, name: str) -> None:
    assert name_from(hostname) == name
