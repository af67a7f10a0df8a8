"""What a new version may be made of: any bytes end in a release's name or in one line that says why not."""

import io
import os
import tarfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from deploy.setup.command import carried_out
from deploy.setup.errors import SetupError
from deploy.setup.host import Host, run_program
from deploy.setup.install import Wish, install
from deploy.setup.releases import name_of
from deploy.setup.updating import run
from deploy.setup.version import is_older
from tests.fresh_computer import Computer, kickback

pytestmark = pytest.mark.usefixtures("no_disk")

GOOD = b'[project]\nversion = "2.0"\n'
PROJECTS = (
    b"",
    b"\xff\xfe",
    b"project = 3\n",
    b"project = [1]\n",
    b"[project]\nversion = 3\n",
    b"[project]\nversion = 1979-05-27\n",
    b'[project]\nversion = ""\n',
    b'[project]\nversion = "1.0rc1"\n',
    b'[project]\nversion = "\\u0661.0"\n',
    b'[project]\nversion = "1.0\\n"\n',
    b'[project]\nversion = "../../../tmp/x"\n',
    b'[project]\nversion = "/tmp/x"\n',
    b'[project]\nversion = "' + b"9" * 5000 + b'"\n',
    b"[project]\nversion = " + b"9" * 5000 + b"\n",
    b"[project]\nversion = 0x" + b"f" * 5000 + b"\n",
    b"a = " + b"[" * 100_000 + b"\n",
    b"a = " + b"{a = " * 20_000 + b"\n",
    GOOD + b"#" * 10**6,
)
names = st.binary(min_size=1, max_size=40).filter(
    lambda name: b"/" not in name and b"\0" not in name and name not in (b".", b"..")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return kickback(tmp_path / "2.0", version="2.0")


@pytest.mark.parametrize("text", PROJECTS, ids=lambda text: repr(text[:30]))
def test_a_version_that_is_no_number_is_refused(text: bytes, folder: Path) -> None:
    (folder / "pyproject.toml").write_bytes(text)
    with pytest.raises(SetupError, match=r"pyproject\.toml") as refused:
        name_of(folder)
    assert len(str(refused.value)) < 300 + len(str(folder))


def test_what_is_no_file_is_not_read(folder: Path, tmp_path: Path) -> None:
    """Nobody would ever write into this pipe, or end this device."""
    project = folder / "pyproject.toml"
    project.unlink()
    os.mkfifo(project)
    with pytest.raises(SetupError, match="is no folder of Kickback"):
        name_of(folder)
    project.unlink()
    project.symlink_to("/dev/zero")
    with pytest.raises(SetupError, match="is no folder of Kickback"):
        name_of(folder)
    project.unlink()
    project.write_bytes(GOOD)
    os.mkfifo(folder / "firmware" / "pipe")
    assert name_of(folder).startswith("2.0-")


def test_a_link_brings_nothing_from_outside_into_a_release(folder: Path, tmp_path: Path) -> None:
    before = name_of(folder)
    secret = tmp_path / "secret"
    secret.write_text("what only root reads")
    (folder / "firmware" / "link").symlink_to(secret)
    (folder / "deploy" / "linked").symlink_to(tmp_path)
    assert name_of(folder) == before


@pytest.mark.parametrize(
    ("one", "other", "older"),
    [
        ("1.0", "1.1", True),
        ("1.9", "1.10", True),
        ("1", "1.0.1", True),
        ("0.9.9", "1", True),
        ("1.0", "1", False),
        ("1", "1.0.0", False),
        ("1.1", "1.0", False),
        ("2", "1.9", False),
        ("007", "8", True),
    ],
)
def test_which_is_older(one: str, other: str, older: bool) -> None:
    assert is_older(f"{one}-01234567", f"{other}-89abcdef") is older


@pytest.mark.parametrize(
    "strange", ["", "1.0", "x-01234567", "1.0rc1-01234567", "1.0-0123456", "1..0-01234567"]
)
def test_a_name_that_is_none_of_ours_is_neither_older_nor_newer(strange: str) -> None:
    assert not is_older(strange, "1.0-01234567")
    assert not is_older("1.0-01234567", strange)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Host:
    """A computer that runs version 1, with the `tar` of this one."""
    scratch = tmp_path_factory.mktemp("installed")
    (scratch / "root").mkdir()
    computer = Computer(scratch / "root")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("deploy.setup.machine.LEAST_FREE_MB", 0)
        patched.setattr("os.fsync", lambda descriptor: None)
        patched.setattr("os.sync", lambda: None)
        install(computer.host, kickback(scratch / "1.0"), Wish(name="gym-1"))
    host = computer.host
    model = host.programs
    host.programs = lambda argv, given: run_program(argv, given) if argv[0] == "tar" else model(argv, given)
    return host


def packed(files: Sequence[tuple[bytes, bytes]], archive: Path) -> Path:
    """Pack files by hand, under names that no file system would take in this way."""
    with tarfile.open(archive, "w:gz", encoding="utf-8", errors="surrogateescape") as packing:
        for name, content in files:
            entry = tarfile.TarInfo(os.fsdecode(name))
            entry.size = len(content)
            packing.addfile(entry, io.BytesIO(content))
    return archive


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    project=st.sampled_from((GOOD, *PROJECTS))
    | st.binary(max_size=60)
    | st.binary(max_size=9).map(lambda version: b'[project]\nversion = "' + version + b'"\n'),
    inside=st.sampled_from((b"kickback", b".", b"..", b"../..", b"/tmp/kickback")) | names,
    others=st.lists(
        st.tuples(st.sampled_from((b"firmware/", b"deploy/systemd/", b"../", b"")), names), max_size=3
    ),
)
@example(project=GOOD, inside=b"kickback", others=[])
@example(project=GOOD, inside=b"kickback", others=[(b"deploy/systemd/", b"\xff.service")])
def test_any_archive_ends_in_a_result_or_in_one_line(
    project: bytes,
    inside: bytes,
    others: Sequence[tuple[bytes, bytes]],
    installed: Host,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    files = [(inside + b"/pyproject.toml", project)]
    files += [(inside + b"/" + folder + name, b"\xff") for folder, name in others]
    archive = packed(files, tmp_path / "new.tar.gz")
    capsys.readouterr()
    code = carried_out("kickback-update", lambda: run(["--dry-run", str(archive)], installed))
    said = capsys.readouterr().err
    assert code in (0, 1, 2)
    assert code == 0 or (project, inside, others) != (GOOD, b"kickback", [])
    assert said.count("\n") == (code != 0)
    assert said.rstrip("\n").isprintable()
    assert (installed.root / "opt/kickback").is_dir()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=300))
def test_any_bytes_for_an_archive_end_in_one_line(
    content: bytes, installed: Host, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "new.tar.gz").write_bytes(content)
    capsys.readouterr()
    code = carried_out("kickback-update", lambda: run(["--dry-run", str(tmp_path / "new.tar.gz")], installed))
    assert code in (1, 2)
    assert capsys.readouterr().err.count("\n") == 1
