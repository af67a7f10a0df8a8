"""From folder to MCAP and back: nothing is lost, nothing is overwritten unasked."""

import errno
import json
import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from firmware.errors import BadInputError, FaultError
from firmware.recording import Recording, RecordingWriter, export_folder, import_folder, open_recording
from tests.made_recordings import cable_session
from tests.recording_samples import CALIBRATION, raw_block, same, session, sessions, write
from tests.shared import folders, needs_data
from tracker.blocks import Stream
from tracker.calibration import apply


@given(recording=sessions())
@settings(max_examples=25, deadline=None)
def test_both_ways_lose_nothing(tmp_path_factory: pytest.TempPathFactory, recording: Recording) -> None:
    place = tmp_path_factory.mktemp("convert")
    write(place / "a.mcap", recording, block_s=500.0)
    export_folder(place / "a.mcap", place / "b")
    assert same(recording, open_recording(place / "b"))
    import_folder(place / "b", place / "c.mcap")
    back = open_recording(place / "c.mcap")
    assert same(recording, back)
    assert back.notes == ()


@needs_data
@pytest.mark.parametrize("kind", ["leg-exercises", "simulated", "isokinetic"])
def test_a_real_recording_is_the_same_in_both_forms(tmp_path: Path, kind: str) -> None:
    folder = folders(kind)[0]
    import_folder(folder, tmp_path / "other-name.mcap")
    assert same(open_recording(folder), open_recording(tmp_path / "other-name.mcap"))
    assert open_recording(tmp_path / "other-name.mcap").setup.session == folder.name


def test_an_export_of_counts_is_in_si_units(tmp_path: Path) -> None:
    with RecordingWriter(tmp_path / "x.mcap", session(1.0).setup, calibration=CALIBRATION) as writer:
        writer.write(raw_block(1.0))
    export_folder(tmp_path / "x.mcap", tmp_path / "x")
    expected = apply(CALIBRATION, raw_block(1.0)).streams[Stream.ANKLE]
    assert open_recording(tmp_path / "x").streams[Stream.ANKLE].tobytes() == expected.tobytes()


def test_an_export_says_everything_known(tmp_path: Path) -> None:
    recording = session(6.0)
    path = write(tmp_path / "x.mcap", recording)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    damaged = open_recording(path)
    export_folder(path, tmp_path / "out")
    said = json.loads((tmp_path / "out" / "recording.json").read_text())
    assert said["exercise"] == "cable-kickback"
    assert (said["session"], said["leg"], said["leg_length_m"]) == ("monday", "left", 0.812)
    assert (said["target"], said["started_at"], said["simulated"]) == (
        "3-1-2-1",
        "2026-05-01T17:30:00Z",
        True,
    )
    back = open_recording(tmp_path / "out")
    assert same(back, damaged)
    assert back.notes == damaged.notes
    assert any("anything after is lost" in note for note in back.notes)
    import_folder(tmp_path / "out", tmp_path / "again.mcap")
    assert open_recording(tmp_path / "again.mcap").notes == damaged.notes


def test_a_target_is_not_overwritten_unasked(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=1)
    out = tmp_path / "x.mcap"
    out.write_bytes(b"mine")
    with pytest.raises(
        BadInputError, match=r"x\.mcap: exists already; choose another name, or overwrite it with --force"
    ):
        import_folder(folder, out)
    assert out.read_bytes() == b"mine"
    import_folder(folder, out, overwrite=True)
    with pytest.raises(
        BadInputError, match=r"monday: exists already; choose another folder, or overwrite it with --force"
    ):
        export_folder(out, folder)
    (tmp_path / "file").touch()
    with pytest.raises(BadInputError, match="file: exists already"):
        export_folder(out, tmp_path / "file", overwrite=True)


def test_an_export_over_another_leaves_no_stream_of_it(tmp_path: Path) -> None:
    target = tmp_path / "target"
    export_folder(write(tmp_path / "all.mcap", session(1.0)), target)
    (target / "truth.json").write_text("{}")
    export_folder(cable_session(tmp_path / "cable", reps=1), target, overwrite=True)
    assert sorted(path.name for path in target.iterdir()) == ["cable.csv", "recording.json", "truth.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["all.mcap", "cable", "target"]


def test_an_empty_folder_may_be_the_target(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    export_folder(write(tmp_path / "x.mcap", session(1.0)), tmp_path / "out")
    assert open_recording(tmp_path / "out").setup.session == "monday"


def test_a_target_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=1)
    with pytest.raises(BadInputError, match="no: no such folder; create it first"):
        import_folder(folder, tmp_path / "no" / "x.mcap")
    with pytest.raises(BadInputError, match="no: no such folder; create it first"):
        export_folder(folder, tmp_path / "no" / "out")


def test_a_bad_source_makes_no_target(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=1)
    (folder / "cable.csv").write_text("t_s,position_m\n0,x\n")
    with pytest.raises(BadInputError, match=r"cable\.csv, line 2, column position_m"):
        import_folder(folder, tmp_path / "x.mcap")
    with pytest.raises(BadInputError, match=r"cable\.csv, line 2, column position_m"):
        export_folder(folder, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["monday"]


def test_a_disk_fault_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = cable_session(tmp_path / "monday", reps=1)
    write(tmp_path / "y.mcap", session(1.0))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FaultError, match="No space left on device"):
        import_folder(folder, tmp_path / "x.mcap")
    with pytest.raises(FaultError, match=r"out: cannot be written \(No space left on device\)"):
        export_folder(tmp_path / "y.mcap", tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["monday", "y.mcap"]


def test_an_interrupted_import_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=2)

    def interrupt(share: float) -> None:
        if share > 0.5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_folder(folder, tmp_path / "x.mcap", progress=interrupt)
    with pytest.raises(KeyboardInterrupt):
        export_folder(folder, tmp_path / "out", progress=interrupt)
    assert [path.name for path in tmp_path.iterdir()] == ["monday"]


def test_progress_rises_to_one(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=2)
    for convert in (import_folder, export_folder):
        shares: list[float] = []
        convert(folder, tmp_path / f"{convert.__name__}.mcap", progress=shares.append)
        assert shares == sorted(shares)
        assert len(set(shares)) > 2
        assert shares[-1] == 1.0


def test_an_imported_recording_is_called_as_its_folder(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "leg day", reps=1)
    recording = import_folder(folder, tmp_path / "x.mcap")
    assert recording.setup.session == "leg day"
    assert open_recording(tmp_path / "x.mcap").setup == recording.setup
    assert open_recording(folder).setup == recording.setup


def test_a_simulated_recording_stays_labelled(tmp_path: Path) -> None:
    folder = cable_session(tmp_path / "monday", reps=1, simulated=True, started_at="2026-05-01T17:30:00Z")
    import_folder(folder, tmp_path / "x.mcap")
    back = open_recording(tmp_path / "x.mcap")
    assert back.simulated
    assert back.started_at == "2026-05-01T17:30:00Z"
    assert msgspec.structs.replace(back.setup, leg=None) != back.setup
