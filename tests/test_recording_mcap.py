"""MCAP recordings: exact, safe while they are written, and open to Foxglove and PlotJuggler."""

import errno
import json
import os
import resource
import stat
from collections import deque
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
from hypothesis import given, settings
from mcap.reader import make_reader
from mcap.records import Channel, Message, Schema

from firmware.errors import BadInputError, FaultError
from firmware.recording import Recording, RecordingWriter, open_recording, read_results
from firmware.recording.mcap_schema import TOPICS
from tests.recording_samples import CALIBRATION, raw_block, same, session, sessions, write
from tracker.blocks import (
    COLUMNS,
    COUNT_COLUMNS,
    Announced,
    Announcement,
    Gap,
    RawBlock,
    RawSamples,
    SampleBlock,
    Stream,
)
from tracker.calibration import Calibration, LoadCalibration, apply
from tracker.setup import SessionSetup


def messages_of(path: Path) -> list[tuple[Schema | None, Channel, Message]]:
    """Read with the library's own reader, by the index."""
    with path.open("rb") as file:
        return list(make_reader(file, validate_crcs=True).iter_messages())


def cut_raw(block: RawBlock, edges_s: list[float]) -> list[RawBlock]:
    blocks = []
    for low_s, high_s in pairwise(edges_s):
        streams = {}
        for stream, raw in block.streams.items():
            inside = (low_s <= raw.t_s) & (raw.t_s < high_s)
            streams[stream] = RawSamples(raw.t_s[inside], raw.counts[inside])
        blocks.append(RawBlock(low_s, high_s, streams))
    return blocks


@given(recording=sessions())
@settings(max_examples=40, deadline=None)
def test_any_session_comes_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, recording: Recording
) -> None:
    path = write(tmp_path_factory.mktemp("mcap") / "x.mcap", recording, block_s=500.0)
    back = open_recording(path)
    assert same(recording, back)
    assert back.notes == ()


def test_a_whole_session_comes_back_however_it_is_cut(tmp_path: Path) -> None:
    recording = session()
    for name, block_s in {"short": 0.02, "long": 3.0, "whole": 100.0}.items():
        assert same(recording, open_recording(write(tmp_path / f"{name}.mcap", recording, block_s)))


def test_counts_come_back_through_the_calibration_in_the_file(tmp_path: Path) -> None:
    whole = raw_block()
    with RecordingWriter(tmp_path / "x.mcap", SessionSetup(), calibration=CALIBRATION) as writer:
        for block in cut_raw(whole, [0.0, 1.0, 2.5, 8.0]):
            writer.write(block)
    back = open_recording(tmp_path / "x.mcap")
    expected = apply(CALIBRATION, whole)
    for stream in Stream:
        assert back.streams[stream].tobytes() == expected.streams[stream].tobytes()
    for _, channel, message in messages_of(tmp_path / "x.mcap"):
        stream = Stream(channel.topic.removeprefix("/").removesuffix("_raw"))
        sample = json.loads(message.data)
        assert tuple(sample) == COUNT_COLUMNS[stream]
        assert all(isinstance(sample[name], int) for name in COUNT_COLUMNS[stream][1:])


def test_a_tare_in_the_middle_holds_from_its_moment(tmp_path: Path) -> None:
    tared = Calibration(load=LoadCalibration(n_per_count=0.001, tare_counts=5000))
    first = Calibration(load=LoadCalibration(n_per_count=0.001))
    samples = RawSamples(np.array([0.0, 1.0, 2.0, 3.0]), np.full((4, 1), 7000))
    with RecordingWriter(tmp_path / "x.mcap", SessionSetup(), calibration=first) as writer:
        writer.write(RawBlock(0.0, 4.0, {Stream.LOAD: samples}))
        writer.calibrate(tared, from_s=2.0)
    loads = open_recording(tmp_path / "x.mcap").streams[Stream.LOAD]
    assert loads.tolist() == [[0.0, 7.0], [1.0, 7.0], [2.0, 2.0], [3.0, 2.0]]


def test_counts_without_calibration_are_left_out_and_said(tmp_path: Path) -> None:
    partial = Calibration(cable=CALIBRATION.cable)
    with RecordingWriter(tmp_path / "x.mcap", SessionSetup(), calibration=partial) as writer:
        writer.write(raw_block(1.0))
    back = open_recording(tmp_path / "x.mcap")
    assert list(back.streams) == [Stream.CABLE]
    assert "load: 80 samples in counts have no calibration and were left out" in back.notes
    with RecordingWriter(tmp_path / "y.mcap", SessionSetup()) as writer:
        writer.write(raw_block(1.0))
    with pytest.raises(
        BadInputError, match=r"holds no sample that can be used \(cable: 100 samples in counts"
    ):
        open_recording(tmp_path / "y.mcap")


def test_results_are_kept_beside_the_samples(tmp_path: Path) -> None:
    payload = b'{"schema":"kickback.rep/1", "rep":1,"rom_m":0.4200000000000001}'
    recording = session()
    with RecordingWriter(tmp_path / "x.mcap", recording.setup) as writer:
        writer.write(recording.block())
        writer.write_result("rep", 3.5, payload)
        writer.write_result("set", 7.5, b"{}")
        with pytest.raises(ValueError, match="the result on rep is no JSON object"):
            writer.write_result("rep", 4.0, b"[1]")
        with pytest.raises(ValueError, match="the result on rep is no JSON object"):
            writer.write_result("rep", 4.0, b"{")
    assert list(read_results(tmp_path / "x.mcap")) == [("rep", 3.5, payload), ("set", 7.5, b"{}")]
    assert open_recording(tmp_path / "x.mcap").streams.keys() == recording.streams.keys()


def test_what_foxglove_and_plotjuggler_need(tmp_path: Path) -> None:
    """Every channel has JSON messages and a jsonschema of type object that each message fulfils."""
    recording = session(3.0)
    with RecordingWriter(tmp_path / "x.mcap", recording.setup) as writer:
        writer.write(recording.block())
        writer.write_result("rep", 3.0, b'{"rep": 1}')
    raw = tmp_path / "raw.mcap"
    with RecordingWriter(raw, recording.setup, calibration=CALIBRATION) as writer:
        writer.write(raw_block(1.0))
    judges: dict[str, Any] = {}
    for schema, channel, message in messages_of(tmp_path / "x.mcap") + messages_of(raw):
        assert schema is not None
        assert (schema.encoding, channel.message_encoding) == ("jsonschema", "json")
        rules: dict[str, Any] = json.loads(schema.data)
        assert rules["type"] == "object"
        assert "$ref" not in schema.data.decode()
        if channel.topic not in judges:
            jsonschema.Draft202012Validator.check_schema(rules)
            judges[channel.topic] = jsonschema.Draft202012Validator(rules)
            assert not judges[channel.topic].is_valid({})
            assert all("description" in field for field in rules["properties"].values())
            assert set(json.loads(message.data)) == set(rules["properties"])
        judges[channel.topic].validate(json.loads(message.data))
    assert set(judges) == set(TOPICS)


def test_units_are_in_the_schemas(tmp_path: Path) -> None:
    write(tmp_path / "x.mcap", session(1.0))
    rules = {c.topic: json.loads(s.data)["properties"] for s, c, _ in messages_of(tmp_path / "x.mcap") if s}
    assert rules["/cable"]["position_m"]["description"].startswith("m, ")
    assert rules["/load"]["force_n"]["description"].startswith("N, ")
    assert rules["/ankle"]["ax_mps2"]["description"].startswith("m/s2, ")
    assert rules["/pelvis"]["gz_radps"]["description"].startswith("rad/s, ")
    for stream in Stream:
        assert tuple(rules[f"/{stream.value}"]) == COLUMNS[stream]


@pytest.mark.parametrize(
    ("started_at", "zero_ns"), [(None, 0), ("2026-05-01T17:30:00.25Z", 1_777_656_600_250_000_000)]
)
def test_stamps_are_session_time_after_the_start(
    tmp_path: Path, started_at: str | None, zero_ns: int
) -> None:
    block = SampleBlock(-1.0, 9.0, {Stream.CABLE: np.array([[-0.5, 0.1], [1.234567891, 0.2]])})
    with RecordingWriter(tmp_path / "x.mcap", SessionSetup(), started_at=started_at) as writer:
        writer.write(block)
    stamps = [(m.log_time, m.publish_time) for _, _, m in messages_of(tmp_path / "x.mcap")]
    first = max(0, zero_ns - 500_000_000)
    assert stamps == [(first, first), (zero_ns + 1_234_567_891, zero_ns + 1_234_567_891)]


def test_the_file_says_who_wrote_it_and_what_it_is(tmp_path: Path) -> None:
    recording = session(1.0)
    path = tmp_path / "x.mcap"
    with RecordingWriter(path, recording.setup, simulated=True, calibration=CALIBRATION) as writer:
        writer.write(recording.block())
    with path.open("rb") as file:
        reader = make_reader(file)
        assert (reader.get_header().profile, reader.get_header().library) == ("kickback", "kickback")
        records = {record.name: json.loads(record.metadata["json"]) for record in reader.iter_metadata()}
        summary = reader.get_summary()
    assert records["recording"]["session"] == "monday"
    assert records["recording"]["simulated"] is True
    assert records["recording"]["format"] == 1
    assert records["recording"]["software"].startswith("kickback-tracker")
    assert records["calibration"]["calibration"]["load"]["tare_counts"] == -5021
    assert summary is not None
    assert {index.compression for index in summary.chunk_indexes} == {"zstd"}


def test_a_file_without_name_inside_is_called_after_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "tuesday.mcap", session(1.0))
    data = path.read_bytes().replace(b'"session":"monday"', b'"bession":"monday"')
    path.write_bytes(data)
    back = open_recording(path)
    assert back.setup.session == "tuesday"
    assert any("the description of the session cannot be read" in note for note in back.notes)


def test_samples_are_safe_on_disk_every_second_and_a_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    folders: list[int] = []
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        fsync(descriptor)
        of = os.fstat(descriptor)
        (folders if stat.S_ISDIR(of.st_mode) else synced).append(of.st_size)

    monkeypatch.setattr(os, "fsync", counted)
    recording = session(8.0)
    with RecordingWriter(tmp_path / "x.mcap", recording.setup) as writer:
        assert len(synced) == 1, "the session's setup is safe before its first sample"
        assert len(folders) == 1, "and so is the name of the file"
        for block in recording.blocks(0.1):
            writer.write(block)
            readable_s = open_recording(writer.part).end_s if len(synced) > 1 else recording.start_s
            assert block.end_s - readable_s <= 1.5 + 0.101
        during = len(synced)
        assert during - 1 == 5, "8 s hold five times 1.5 s"
    assert synced[during:] == [(tmp_path / "x.mcap").stat().st_size]
    assert len(folders) == 2, "it has its own name now"


def test_the_file_has_its_name_only_when_it_is_whole(tmp_path: Path) -> None:
    path, part = tmp_path / "x.mcap", tmp_path / "x.mcap.part"
    writer = RecordingWriter(path, SessionSetup())
    assert (writer.path, writer.part) == (path, part)
    assert part.exists()
    assert not path.exists()
    writer.write(session(1.0).block())
    writer.close()
    writer.close()
    assert path.exists()
    assert not part.exists()
    with pytest.raises(FaultError, match="the recording is closed; start a new one"):
        writer.write(session(1.0).block())


def test_an_exception_leaves_the_part(tmp_path: Path) -> None:
    def record() -> None:
        with RecordingWriter(tmp_path / "x.mcap", SessionSetup()) as writer:
            writer.write(session(3.0).block())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        record()
    assert [path.name for path in tmp_path.iterdir()] == ["x.mcap.part"]


def test_nothing_is_overwritten_unasked(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mcap", session(1.0, "first"))
    with pytest.raises(
        BadInputError, match="exists already; choose another name, or overwrite it with --force"
    ):
        RecordingWriter(path, SessionSetup())
    with RecordingWriter(path, SessionSetup(session="second"), overwrite=True) as writer:
        writer.write(session(1.0).block())
    assert open_recording(path).setup.session == "second"
    RecordingWriter(tmp_path / "y.mcap", SessionSetup()).abandon()
    for overwrite in (False, True):
        with pytest.raises(BadInputError, match="recover or delete it first"):
            RecordingWriter(tmp_path / "y.mcap", SessionSetup(), overwrite=overwrite)


def test_a_name_and_a_folder_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"ends in \.mcap; rename it"):
        RecordingWriter(tmp_path / "x.csv", SessionSetup())
    with pytest.raises(BadInputError, match="no such folder; create it first"):
        RecordingWriter(tmp_path / "no" / "x.mcap", SessionSetup())


def test_a_setup_that_nobody_could_read_again_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="unknown exercise 'squat'"):
        RecordingWriter(tmp_path / "x.mcap", SessionSetup(exercise="squat"))
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_a_fault_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FaultError) as caught:
        RecordingWriter(tmp_path / "x.mcap", SessionSetup())
    part = tmp_path / "x.mcap.part"
    assert str(caught.value) == (
        f"{part}: cannot be written (No space left on device); free some space, then record again"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_takes_no_more_keeps_what_it_took(tmp_path: Path) -> None:
    """The kernel itself refuses to let the file grow."""
    recording = session(8.0)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)

    def record() -> None:
        with RecordingWriter(tmp_path / "x.mcap", recording.setup) as writer:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
            deque(map(writer.write, recording.blocks(0.1)))

    try:
        with pytest.raises(FaultError, match=r"cannot be written \(File too large\)"):
            record()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    back = open_recording(tmp_path / "x.mcap.part")
    assert back.end_s > 1.9
    assert back.notes


def test_a_disk_that_fails_in_the_middle_keeps_what_was_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = session(8.0)
    writer = RecordingWriter(tmp_path / "x.mcap", recording.setup)
    blocks = list(recording.blocks(0.5))
    for block in blocks[:8]:
        writer.write(block)

    def fail(descriptor: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(FaultError, match=r"cannot be written \(Input/output error\); check disk and perm"):
        deque(map(writer.write, blocks[8:]))
    with pytest.raises(FaultError, match="closed"):
        writer.write(blocks[-1])
    writer.close()
    assert open_recording(tmp_path / "x.mcap.part").end_s > 3.0


def test_samples_that_break_the_contract_leave_no_trace(tmp_path: Path) -> None:
    def cable(*rows: list[float]) -> SampleBlock:
        return SampleBlock(0.0, 9.0, {Stream.CABLE: np.array(rows)})

    with RecordingWriter(tmp_path / "x.mcap", SessionSetup()) as writer:
        writer.write(cable([1.0, 0.5], [1.0, 0.6]))
        for rows, complaint in (
            ([[2.0, 0.1], [1.5, 0.2]], "the cable stream runs backwards, 1.5 s after 2.0 s"),
            ([[0.5, 0.1]], "the cable stream runs backwards, 0.5 s after 1.0 s"),
            ([[2.0, 0.1], [3.0, float("nan")]], "the cable stream holds a value that is not finite at 3.0 s"),
            ([[float("nan"), 0.1]], "the cable stream runs backwards"),
            ([[1e11, 0.1]], "/cable holds a time that is none, 100000000000.0"),
        ):
            with pytest.raises(ValueError, match=complaint):
                writer.write(cable(*rows))
        nowhen = float("nan")
        with pytest.raises(ValueError, match="/events holds a time that is none"):
            writer.write(SampleBlock(0.0, 9.0, {}, (Announced(nowhen, Announcement.CALIBRATE),)))
        with pytest.raises(ValueError, match="a gap of the load stream begins at no time"):
            writer.write(SampleBlock(0.0, 9.0, {}, (), (Gap(Stream.LOAD, nowhen, 1.0, "bus"),)))
        with pytest.raises(ValueError, match="has a time that is none"):
            writer.write_result("rep", nowhen, b"{}")
        counts = RawSamples(np.array([4.0]), np.array([[1]]))
        with pytest.raises(ValueError, match="came as /cable and now comes as /cable_raw"):
            writer.write(RawBlock(0.0, 9.0, {Stream.CABLE: counts}))
    back = open_recording(tmp_path / "x.mcap")
    assert back.streams[Stream.CABLE].tolist() == [[1.0, 0.5], [1.0, 0.6]]
    assert (back.announced, back.gaps, back.notes) == ((), (), ())


def test_progress_rises_to_one(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mcap", session(8.0))
    shares: list[float] = []
    open_recording(path, shares.append)
    assert shares == sorted(shares)
    assert len(shares) > 2
    assert shares[-1] == 1.0
