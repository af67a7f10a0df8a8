"""Signed versions: a machine that wants them takes no other, and nothing changes by one it refuses."""

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

from deploy.setup import layout
from deploy.setup.errors import SetupError
from deploy.setup.install import Wish, install
from deploy.setup.releases import in_use
from deploy.setup.updating import run
from tests.fresh_computer import Computer, kickback

pytestmark = [
    pytest.mark.usefixtures("no_disk"),
    pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed"),
]


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """One that runs version 1 and takes what the owner has signed."""
    (tmp_path / "root").mkdir()
    computer = Computer(tmp_path / "root")
    install(computer.host, kickback(tmp_path / "1.0"), Wish(name="gym-1"))
    for name in ("owner", "stranger"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)]
        subprocess.run(make, check=True)
    public = (tmp_path / "owner.pub").read_text()
    computer.host.at(layout.SIGNERS).write_text(f"kickback {public}")
    computer.acts.clear()
    return computer


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    folder = kickback(tmp_path / "packed" / "kickback-2.0", version="2.0").parent
    return Path(shutil.make_archive(str(tmp_path / "new"), "gztar", folder))


def sign(archive: Path, key: str = "owner", purpose: str = "kickback") -> None:
    named = f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  -\n"
    command = ["ssh-keygen", "-q", "-Y", "sign", "-f", str(archive.with_name(key)), "-n", purpose]
    signed = subprocess.run(command, input=named, check=True, capture_output=True, text=True)
    archive.with_name(f"{archive.name}.sig").write_text(signed.stdout)


def test_what_the_owner_signed_is_taken(computer: Computer, archive: Path) -> None:
    sign(archive)
    run([str(archive)], computer.host)
    assert str(in_use(computer.host)).startswith("2.0")


def test_an_older_one_is_refused_though_the_owner_signed_it(
    computer: Computer, archive: Path, tmp_path: Path
) -> None:
    sign(archive)
    run([str(archive)], computer.host)
    folder = kickback(tmp_path / "older" / "kickback-1.9", version="1.9").parent
    older = Path(shutil.make_archive(str(tmp_path / "older"), "gztar", folder))
    sign(older)
    computer.acts.clear()
    with pytest.raises(SetupError, match=r"^1\.9-\w+ is older than 2\.0-\w+, which is in use; .*--rollback$"):
        run([str(older)], computer.host)
    assert str(in_use(computer.host)).startswith("2.0")
    assert computer.acts == []
    run(["--rollback"], computer.host)
    assert str(in_use(computer.host)).startswith("1.0")


def test_anything_else_is_refused_and_changes_nothing(computer: Computer, archive: Path) -> None:
    signature = archive.with_name(f"{archive.name}.sig")

    def refused(source: Path, said: str) -> None:
        with pytest.raises(SetupError, match=said) as refusal:
            run([str(source)], computer.host)
        assert "\n" not in str(refusal.value)

    before = computer.files()
    refused(archive.parent / "packed" / "kickback-2.0", "a folder is not signed")
    refused(archive, "is missing")
    signature.write_text("trust me\n")
    refused(archive, "does not show")
    sign(archive, key="stranger")
    refused(archive, "does not show")
    sign(archive, purpose="git")
    refused(archive, "does not show")
    sign(archive)
    content = bytearray(archive.read_bytes())
    content[4] ^= 1  # the time in the header: still a good archive
    archive.write_bytes(content)
    refused(archive, "does not show")
    assert computer.files().items() - before.items() == {("run/kickback-setup.lock", (0o100644, b""))}
    assert computer.acts == []


@pytest.mark.parametrize("nobody", ["an empty file", "a link to nothing"])
def test_where_the_signers_name_nobody_nothing_is_taken(
    nobody: str, computer: Computer, archive: Path
) -> None:
    signers = computer.host.at(layout.SIGNERS)
    signers.unlink()
    if nobody == "an empty file":
        signers.touch()
    else:
        signers.symlink_to(archive.with_name("gone"))
    sign(archive)
    with pytest.raises(SetupError, match="does not show"):
        run([str(archive)], computer.host)
    assert str(in_use(computer.host)).startswith("1.0")
    assert computer.acts == []
