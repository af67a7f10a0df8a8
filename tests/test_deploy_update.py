"""Updates: a version that works is used, any other is not, whenever the power is cut."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.setup import changes as durable
from deploy.setup import layout
from deploy.setup.__main__ import main as install_main
from deploy.setup.changes import Changes
from deploy.setup.command import alone, carried_out
from deploy.setup.errors import SetupError, UsageError
from deploy.setup.install import Wish, install
from deploy.setup.releases import build, in_use, name_of
from deploy.setup.safe_start import PAUSE_S, start_again
from deploy.setup.update import go_back, settle
from deploy.setup.updating import main as update_main
from deploy.setup.updating import run
from tests.fresh_computer import Computer, PowerCutError, Service, kickback

pytestmark = pytest.mark.usefixtures("no_disk")

BROKEN_ON_TRIAL = {
    "crash": "it did not start",
    "unready": "it did not start",
    "dies": "it ended after its start",
    "ends": "it ended after its start",
    "hangs": "it ended after its start",
    "stalled": "does not feed its watchdog",
    "safe": "it cannot count: safe mode",
}
BROKEN_BEFORE = {
    "import": "cannot analyze a recording: SyntaxError",
    "counts nothing": "counts no rep",
    "config": "config: id is no key",
}


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """One that runs version 1."""
    (tmp_path / "root").mkdir()
    computer = Computer(tmp_path / "root")
    install(computer.host, kickback(tmp_path / "1.0"), Wish(name="gym-1"))
    computer.acts.clear()
    return computer


def used(computer: Computer) -> str:
    return str(in_use(computer.host)).partition("-")[0]


def update(computer: Computer, source: Path) -> None:
    run([str(source)], computer.host)


def test_a_good_version_is_used_and_the_one_before_kept(computer: Computer, tmp_path: Path) -> None:
    for version in ("1.1", "1.2"):
        update(computer, kickback(tmp_path / version, version=version))
        assert used(computer) == version
        assert computer.service.active
    releases = {path.name.partition("-")[0] for path in (computer.root / "opt/kickback/releases").iterdir()}
    assert releases == {"1.1", "1.2"}
    run(["--rollback"], computer.host)
    assert used(computer) == "1.1"
    assert not (computer.root / layout.TRIAL[1:]).exists()


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_an_older_version_is_refused_before_anything_is_built(
    computer: Computer, tmp_path: Path, dry: list[str]
) -> None:
    update(computer, kickback(tmp_path / "1.10", version="1.10"))
    before = computer.files()
    with pytest.raises(SetupError, match=r"^1\.9-\w+ is older than 1\.10-\w+, which is in use;"):
        run([*dry, str(kickback(tmp_path / "1.9", version="1.9"))], computer.host)
    assert computer.files() == before


def test_another_build_of_the_same_version_is_taken(computer: Computer, tmp_path: Path) -> None:
    first = in_use(computer.host)
    source = kickback(tmp_path / "mended")
    (source / "README.md").write_text("mended")
    update(computer, source)
    assert used(computer) == "1.0"
    assert in_use(computer.host) != first


def test_after_going_back_what_is_in_use_counts(computer: Computer, tmp_path: Path) -> None:
    """A version that was given up is no bar to one between it and the one in use."""
    update(computer, kickback(tmp_path / "2.0", version="2.0"))
    run(["--rollback"], computer.host)
    update(computer, kickback(tmp_path / "1.1", version="1.1"))
    assert used(computer) == "1.1"


@pytest.mark.fault(48)
@pytest.mark.parametrize("flaw", BROKEN_ON_TRIAL)
def test_a_version_that_does_not_work_is_taken_back(computer: Computer, tmp_path: Path, flaw: str) -> None:
    with pytest.raises(SetupError, match=BROKEN_ON_TRIAL[flaw]) as caught:
        update(computer, kickback(tmp_path / "2.0", flaw, "2.0"))
    assert "is in use again" in str(caught.value)
    assert used(computer) == "1.0"
    assert computer.service.active
    assert computer.behaviour == "good"
    assert not (computer.root / layout.TRIAL[1:]).exists()
    with pytest.raises(SetupError, match="no version before"):
        run(["--rollback"], computer.host)


@pytest.mark.parametrize("flaw", ["dies", "import"])
def test_a_broken_version_leaves_nothing_and_the_way_back_as_it_was(
    computer: Computer, tmp_path: Path, flaw: str
) -> None:
    update(computer, kickback(tmp_path / "1.1", version="1.1"))
    with pytest.raises(SetupError):
        update(computer, kickback(tmp_path / "2.0", flaw, "2.0"))
    releases = {path.name.partition("-")[0] for path in (computer.root / "opt/kickback/releases").iterdir()}
    assert releases == {"1.0", "1.1"}
    run(["--rollback"], computer.host)
    assert used(computer) == "1.0"


@pytest.mark.parametrize("flaw", BROKEN_BEFORE)
def test_a_version_that_fails_its_test_is_never_used(computer: Computer, tmp_path: Path, flaw: str) -> None:
    with pytest.raises(SetupError, match=BROKEN_BEFORE[flaw]) as caught:
        update(computer, kickback(tmp_path / "2.0", flaw, "2.0"))
    assert "is still in use" in str(caught.value)
    assert not any(word in act for act in computer.acts for word in ("stop", "start", "restart"))


def test_the_new_version_brings_its_units_and_takes_them_back(computer: Computer, tmp_path: Path) -> None:
    unit = computer.root / "etc/systemd/system/kickback.service"
    before = unit.read_text()
    for flaw, kept in (("good", True), ("crash", False)):
        source = kickback(tmp_path / flaw, flaw, "2.0")
        shipped = source / "deploy/systemd/kickback.service"
        shipped.write_text(before + "# changed\n")
        (source / "deploy/systemd/kickback-extra.service").write_text("[Service]\n")
        if kept:
            update(computer, source)
            run(["--rollback"], computer.host)
        else:
            with pytest.raises(SetupError):
                update(computer, source)
        assert unit.read_text() == before
        assert not unit.with_name("kickback-extra.service").exists()
        assert computer.acts.count("systemctl daemon-reload") >= 2


def test_a_version_whose_units_are_no_text_is_never_used(computer: Computer, tmp_path: Path) -> None:
    source = kickback(tmp_path / "2.0", version="2.0")
    (source / "deploy/systemd/kickback-extra.service").write_bytes(b"[Service]\xff\n")
    with pytest.raises(SetupError, match=r"kickback-extra\.service: is no unit.* is still in use$"):
        update(computer, source)
    assert used(computer) == "1.0"
    assert not any(word in act for act in computer.acts for word in ("stop", "start", "restart"))


@pytest.mark.parametrize("mode", [0o600, 0o666, 0o4777])
def test_what_root_runs_from_a_release_is_root_s_to_change_and_everybody_s_to_read(
    computer: Computer, tmp_path: Path, mode: int
) -> None:
    """Archives from other systems come with any rights."""
    source = kickback(tmp_path / "2.0", version="2.0")
    for path in source.rglob("*.service"):
        path.chmod(mode)
    update(computer, source)
    used = computer.root / "opt/kickback/current/deploy"
    assert {path.stat().st_mode & 0o7777 for path in used.rglob("*") if path.is_file()} == {0o644}


def test_a_version_brings_units_of_its_own_name_only(computer: Computer, tmp_path: Path) -> None:
    source = kickback(tmp_path / "2.0", version="2.0")
    (source / "deploy/systemd/ssh.service").write_text("[Service]\n")
    update(computer, source)
    assert not (computer.root / "etc/systemd/system/ssh.service").exists()


@pytest.mark.parametrize(
    ("flaw", "cuts"), [("good", range(0, 200, 2)), ("dies", range(0, 200, 4)), ("crash", range(2, 200, 4))]
)
def test_a_power_cut_at_any_moment_leaves_a_version_that_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flaw: str, cuts: range
) -> None:
    """Cut after every second (or fourth) program, second of watching, and file or link that is replaced."""
    old, new = kickback(tmp_path / "1.0"), kickback(tmp_path / "2.0", flaw, "2.0")
    first = tmp_path / "first"
    first.mkdir()
    install(Computer(first).host, old, Wish(name="gym-1"))
    found: set[str] = set()
    for cut in cuts:
        root = tmp_path / f"cut-{cut}"
        shutil.copytree(first, root, symlinks=True)
        computer = Computer(root)
        computer.packages |= {"mosquitto", "openssl", "python3-venv"}
        computer.users, computer.groups = {"kickback": {"i2c", "gpio"}}, {"i2c", "gpio"}
        computer.enabled |= {layout.SERVICE, "kickback-settle.service"}
        computer.restart()
        computer.cut_after = cut
        ended = False
        with monkeypatch.context() as patched:
            patched.setattr(durable, "synchronise", lambda folder, step=computer.step: step())
            try:
                update(computer, new)
                ended = True
            except SetupError:
                ended = True
            except PowerCutError:
                pass
        computer.restart()
        if (root / layout.TRIAL[1:]).exists():
            settle(computer.host)
        assert computer.service.active, f"cut {cut}"
        assert computer.behaviour == "good", f"cut {cut}"
        assert not (root / layout.TRIAL[1:]).exists()
        found.add(used(computer))
        shutil.rmtree(root)
        if ended:
            break
    assert ended
    assert cut > 30
    assert found == ({"1.0", "2.0"} if flaw == "good" else {"1.0"})


def test_what_a_power_cut_left_of_a_build_is_built_again(computer: Computer, tmp_path: Path) -> None:
    source = kickback(tmp_path / "2.0", version="2.0")
    half = computer.root / "opt/kickback/releases" / name_of(source) / "venv" / "bin"
    half.mkdir(parents=True)
    (half / "kickback").write_text("half of it")
    update(computer, source)
    assert used(computer) == "2.0"


def test_another_python_of_a_new_debian_has_it_built_again(computer: Computer, tmp_path: Path) -> None:
    source = tmp_path / "1.0"
    (computer.root / "opt/kickback/current/venv/bin/kickback").unlink()
    assert build(Changes(computer.host), source, wheels=None, with_system=False) == in_use(computer.host)
    assert (computer.root / "opt/kickback/current/venv/bin/kickback").exists()


def test_a_name_tells_the_content(tmp_path: Path) -> None:
    source = kickback(tmp_path / "1.0")
    before = name_of(source)
    (source / "firmware" / "__pycache__").mkdir()
    (source / "firmware" / "__pycache__" / "x.pyc").write_bytes(b"x")
    (source / "notes.txt").write_text("no part of it")
    assert name_of(source) == before
    (source / "firmware" / "a").write_text("b")
    assert name_of(source) != before


def test_archives(computer: Computer, tmp_path: Path) -> None:
    folder = kickback(tmp_path / "packed" / "kickback-2.0", version="2.0").parent
    archive = shutil.make_archive(str(tmp_path / "new"), "gztar", folder)
    update(computer, Path(archive))
    assert used(computer) == "2.0"
    other = shutil.make_archive(str(tmp_path / "other"), "gztar", tmp_path / "1.0" / "firmware")
    with pytest.raises(UsageError, match="holds no folder of Kickback"):
        update(computer, Path(other))
    with pytest.raises(UsageError, match="no such folder"):
        update(computer, tmp_path / "nowhere")
    with pytest.raises(UsageError, match="give the folder"):
        run([], computer.host)
    with pytest.raises(SetupError, match=r"pyproject\.toml"):
        update(computer, tmp_path / "1.0" / "firmware")


def test_a_dry_update_changes_nothing(computer: Computer, tmp_path: Path) -> None:
    before = computer.files()
    run(["--dry-run", str(kickback(tmp_path / "2.0", version="2.0"))], computer.host)
    assert computer.files() == before
    assert computer.acts == []


def test_the_way_back_needs_no_room(
    computer: Computer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    update(computer, kickback(tmp_path / "1.1", version="1.1"))
    monkeypatch.setattr("deploy.setup.machine.LEAST_FREE_MB", 10**9)
    with pytest.raises(SetupError, match="MB are free"):
        update(computer, kickback(tmp_path / "1.2", version="1.2"))
    run(["--rollback"], computer.host)
    assert used(computer) == "1.0"
    update(computer, tmp_path / "1.1")
    assert used(computer) == "1.1", "what is built already needs none either"
    run(["--settle"], computer.host)
    host = computer.host
    host.user_id = lambda: 1000
    with pytest.raises(SetupError, match="needs root"):
        run(["--rollback"], host)


def test_two_updates_do_not_run_beside_each_other(computer: Computer, tmp_path: Path) -> None:
    with alone(computer.host), pytest.raises(SetupError, match="under way"):
        update(computer, tmp_path / "1.0")
    assert computer.acts == []
    update(computer, tmp_path / "1.0")


@pytest.mark.fault(49)
def test_after_failed_starts_a_version_on_trial_is_taken_back(computer: Computer, tmp_path: Path) -> None:
    first = str(in_use(computer.host))
    source = kickback(tmp_path / "2.0", "crash", "2.0")
    name = build(Changes(computer.host), source, wheels=None, with_system=False)
    computer.write(layout.TRIAL, f'{{"old": "{first}", "new": "{name}", "before": null}}')
    durable.point_durably(computer.root / layout.CURRENT[1:], f"releases/{name}")
    start_again(computer.host)
    assert computer.said[-1].endswith(f"{first} is in use again")
    assert in_use(computer.host) == first


@pytest.mark.fault(49)
def test_after_failed_starts_it_is_tried_again_later_but_never_a_wrong_config(computer: Computer) -> None:
    computer.service.active = False
    computer.service.status = 1
    computer.service.result = "exit-code"
    began_s = computer.now_s
    host = computer.host
    programs = host.programs
    host.programs = lambda argv, given: (
        programs(argv, given) if "--value" not in argv else type(programs(argv, given))(0, f"{status}\n")
    )
    status = 1
    start_again(host)
    assert computer.now_s - began_s == PAUSE_S
    assert computer.service.active
    computer.acts.clear()
    status = 2
    start_again(host)
    assert computer.acts == []
    assert any("cannot be used" in line for line in computer.said)


@pytest.mark.parametrize("service", [Service(active=True), Service(active=False)])
def test_what_its_owner_started_or_stopped_meanwhile_is_left_alone(
    computer: Computer, service: Service
) -> None:
    computer.service = Service(result="exit-code", status=1)
    host = computer.host
    host.sleep = lambda seconds: setattr(computer, "service", service)
    start_again(host)
    assert computer.service is service
    assert computer.acts[-1:] != ["systemctl start --no-block kickback.service"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, EOFError])
def test_an_answer_that_is_refused_ends_it_in_one_line(
    error: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    def ask() -> None:
        raise error

    assert carried_out("install", ask) == 130
    assert capsys.readouterr().err == "install: interrupted; run it again to go on where it was\n"


@pytest.mark.parametrize("main", [install_main, update_main])
def test_a_strict_umask_of_root_s_hides_nothing_from_the_services(
    main: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["x", "--frobnicate"])
    before = os.umask(0o077)
    try:
        assert main() == 2
        assert os.umask(0o077) == 0o022
    finally:
        os.umask(before)


def test_nothing_to_go_back_to(computer: Computer) -> None:
    with pytest.raises(SetupError, match="no version before"):
        go_back(Changes(computer.host))
