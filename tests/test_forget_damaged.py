"""`kickback forget` with recordings that are damaged, unfinished or written by a later version."""

import errno
import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from zlib import crc32

import msgspec
import pytest
from mcap.records import McapRecord, Metadata

from firmware.cli import main
from firmware.forgotten import Wish
from firmware.recording import RecordingWriter, open_recording, read_results
from firmware.recording.forgetting import ForgottenRecordings, forget_recordings
from firmware.recording.mcap_damage import Damage, sound_records
from firmware.recording.mcap_part import PartFile
from firmware.recording.mcap_reader import read_mcap
from firmware.recording.mcap_rewrite import rewrite
from firmware.recording.mcap_schema import HEADER_RECORD
from tests.made_events import set_summary
from tests.recording_samples import CALIBRATION, raw_block
from tracker.comparison import compared, remembered
from tracker.setup import SessionSetup

ANNA, BEA = "20260428-100000", "20260502-090000"
OLD_SET = set_summary(session=ANNA, set=1)
NEW_SET = compared(set_summary(session=BEA, set=1, reps_full=9), (), (remembered(OLD_SET),))


def record(folder: Path, *, name: str = BEA, crash: bool = False) -> Path:
    """A recording that mentions the first session in its header and in a result."""
    setup = SessionSetup(session=BEA, earlier=(remembered(OLD_SET),))
    writer = RecordingWriter(folder / f"kickback-{name}.mcap", setup, calibration=CALIBRATION)
    writer.write_result("set", 0.4, msgspec.json.encode(NEW_SET))
    writer.write(raw_block(2.0))
    writer.abandon() if crash else writer.close()
    return writer.part if crash else folder / f"kickback-{name}.mcap"


def forget(folder: Path) -> ForgottenRecordings:
    return forget_recordings(folder, Wish(session=ANNA), ANNA.__eq__)


def mentioned(path: Path) -> bool:
    return any(ANNA in repr(record) for _, record in sound_records(path))


def with_header(path: Path, change: Callable[[Metadata], None]) -> None:
    """Write a recording anew with another header."""

    def edit(record: McapRecord | Damage) -> McapRecord | Damage:
        if isinstance(record, Metadata) and record.name == HEADER_RECORD:
            change(record)
        return record

    rewrite(path, path, read_mcap(path), "", edit)


def damage(record: Metadata) -> None:
    record.metadata = record.metadata | {"crc32": "00000000"}


def test_a_header_with_a_wrong_check_sum_mentions_nobody_any_more(tmp_path: Path) -> None:
    path = record(tmp_path)
    with_header(path, damage)
    assert mentioned(path)
    assert forget(tmp_path).freed == [path]
    assert not mentioned(path)
    assert forget(tmp_path).freed == [], "it is written anew once"
    assert open_recording(path).streams


def test_without_a_header_the_results_are_looked_through(tmp_path: Path) -> None:
    path = record(tmp_path)
    with_header(path, lambda header: setattr(header, "name", "something-else"))
    assert forget(tmp_path).freed == [path]
    (result,) = read_results(path)
    assert ANNA.encode() not in result.payload


def test_a_header_nested_deeper_than_anybody_reads_is_left_and_said(tmp_path: Path) -> None:
    path = record(tmp_path)

    def nested(header: Metadata) -> None:
        text = '{"earlier": ' + "[" * 100_000
        header.metadata = {"json": text, "crc32": f"{crc32(text.encode()):08x}"}

    with_header(path, nested)
    [left] = forget(tmp_path).left
    assert left.startswith(f"{path}: not valid JSON")
    assert left.endswith("it is kept and still mentions what was forgotten")


def test_what_a_later_version_says_stays(tmp_path: Path) -> None:
    path = record(tmp_path)

    def of_later(header: Metadata) -> None:
        fields = json.loads(header.metadata["json"]) | {"shoes": "red"}
        text = json.dumps(fields)
        header.metadata = {"json": text, "crc32": f"{crc32(text.encode()):08x}"}

    with_header(path, of_later)
    assert forget(tmp_path).freed == [path]
    assert not mentioned(path)
    assert any("'shoes'" in note for note in open_recording(path).notes)


def test_what_cannot_be_recovered_now_is_left_and_said_after_the_others_are_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    folder = tmp_path / "recordings"
    folder.mkdir()
    part, later = record(folder, crash=True), record(folder, name="20260503-090000")
    with part.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert main(["forget", "--session", ANNA, "--yes"]) == 1
    assert f"{part}: is being written" in capsys.readouterr().err
    assert part.exists()
    assert not mentioned(later)


def test_a_full_disk_leaves_the_unfinished_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*told: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    part = record(tmp_path, crash=True)
    monkeypatch.setattr(PartFile, "finish", full)
    (line,) = forget(tmp_path).left
    assert line.startswith(f"{part}: could not be recovered now and was kept")
    assert "No space left on device" in line
    assert part.exists()


def test_a_recording_that_can_be_mended_is_not_deleted(tmp_path: Path) -> None:
    path = record(tmp_path)

    def of_no_exercise(header: Metadata) -> None:
        text = header.metadata["json"].replace("cable-kickback", "cable-lickback")
        header.metadata = {"json": text, "crc32": f"{crc32(text.encode()):08x}"}

    with_header(path, of_no_exercise)
    found = forget(tmp_path)
    assert (found.deleted, path.exists()) == ([], True)
    assert "unknown exercise" in found.left[0]
    assert "still mentions" in found.left[0]


def test_one_that_holds_nothing_but_a_mention_is_deleted_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STATE_DIRECTORY", str(tmp_path))
    folder = tmp_path / "recordings"
    folder.mkdir()
    path = folder / f"kickback-{BEA}.mcap"
    RecordingWriter(path, SessionSetup(session=BEA, earlier=(remembered(OLD_SET),))).close()
    assert main(["forget", "--session", ANNA, "--yes"]) == 0
    out, err = capsys.readouterr()
    assert out == "0 results and 1 recording deleted\n"
    assert f"{path}: mentioned what was forgotten" in err
    assert not path.exists()


def test_one_that_cannot_be_looked_into_does_not_keep_others_from_it(tmp_path: Path) -> None:
    (tmp_path / f"kickback-{ANNA[:8]}-100001.mcap").mkdir()
    path = record(tmp_path)
    found = forget(tmp_path)
    assert found.freed == [path]
    assert "100001.mcap: cannot be forgotten (Is a directory)" in found.left[0]
