"""`kickback export --session` and `--all`: what the machine keeps of a lifter, in plain files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware.cli import main
from firmware.journal.journal import Journal
from firmware.recording import RecordingWriter, open_recording
from tests.made_events import rep, set_summary
from tests.recording_samples import session, write
from tracker.setup import SessionSetup

MONDAY, TUESDAY = "20260427-180000", "20260428-180000"


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Two sessions in a journal in use; a recording in two files, one unfinished, and the owner's own."""
    folder = tmp_path / "state"
    (folder / "recordings").mkdir(parents=True)
    for name in (f"kickback-{MONDAY}.mcap", f"kickback-{MONDAY}-2.mcap", "mine.mcap"):
        write(folder / "recordings" / name, session(0.5))
    unfinished = RecordingWriter(
        folder / "recordings" / f"kickback-{TUESDAY}.mcap", SessionSetup(session=TUESDAY)
    )
    unfinished.abandon()
    journal = Journal(folder / "journal.sqlite", "gym")
    journal.start()
    for name in (MONDAY, TUESDAY):
        for result in (rep(1, session=name), set_summary(session=name)):
            journal.keep(result, "2026-04-27T18:01:00.000Z")
    kept = journal.kept(10.0)
    (tmp_path / "published").write_bytes(b"".join(one.payload + b"\n" for one in kept))
    monkeypatch.setenv("STATE_DIRECTORY", str(folder))
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    journal.close()


def test_everything_goes_along_as_it_was_published(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--all", "-o", "all"]) == 0
    out, err = capsys.readouterr()
    assert out == f"all written: 4 results and 2 recordings from {state / 'state'}\n"
    assert err.count("\n") == 1
    assert f"kickback-{TUESDAY}.mcap.part: is not finished" in err
    assert (state / "all" / "results.jsonl").read_bytes() == (state / "published").read_bytes()
    assert {path.name for path in (state / "all").iterdir()} == {
        "results.jsonl",
        f"kickback-{MONDAY}",
        f"kickback-{MONDAY}-2",
    }
    assert open_recording(state / "all" / f"kickback-{MONDAY}").streams.keys() == session(0.5).streams.keys()


def test_one_session_alone(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--session", MONDAY, "-o", "monday"]) == 0
    assert capsys.readouterr().out.startswith("monday written: 2 results and 2 recordings from ")
    first_two = (state / "published").read_bytes().splitlines(keepends=True)[:2]
    assert (state / "monday" / "results.jsonl").read_bytes() == b"".join(first_two)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--session", "20260101-000000", "-o", "x"], "no session 20260101-000000 is kept"),
        (["--all", "-o", "state"], "is not empty"),
        (["--all", "-o", "published"], "is a file"),
        (["--all", "-o", "absent/x"], "no such folder"),
        (["--all", "--session", MONDAY, "-o", "x"], "not allowed with"),
        (["-o", "x"], "required"),
    ],
)
def test_a_wish_that_cannot_be_met_is_one_line(
    state: Path, options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", *options]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1


def test_a_damaged_journal_is_said(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = state / "other"
    other.mkdir()
    (other / "journal.sqlite").write_bytes(b"no database" * 100)
    (state / "config.toml").write_text(f'[paths]\nstate = "{other}"\n')
    assert main(["export", "--all", "-o", "x", "--config", "config.toml"]) == 1
    assert "cannot be read (file is not a database)" in capsys.readouterr().err


def test_the_help_shows_that_one_of_three_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--help"]) == 0
    assert "(RECORDING | --session NAME | --all)\n" in capsys.readouterr().out
