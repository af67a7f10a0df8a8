"""A recording in memory: cut into blocks, it is neither more nor less than the whole."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import BadInputError
from firmware.recording import Recording, open_recording
from tests.recording_samples import session, sessions
from tests.shared import DATA, folders, needs_data
from tracker.blocks import SampleBlock, Stream
from tracker.setup import SessionSetup

KINDS = ("leg-exercises", "cable-machine", "isokinetic", "stack-height", "simulated")


def assert_whole(recording: Recording, blocks: list[SampleBlock]) -> None:
    assert blocks[0].start_s == recording.start_s
    assert blocks[-1].end_s == recording.end_s
    assert all(a.end_s == b.start_s for a, b in pairwise(blocks))
    assert all(block.start_s < block.end_s for block in blocks)
    for stream, samples in recording.streams.items():
        cut = [block.streams[stream] for block in blocks if stream in block.streams]
        assert np.concatenate(cut).tobytes() == samples.tobytes()
    for block in blocks:
        for samples in block.streams.values():
            assert len(samples) > 0
            assert ((block.start_s <= samples[:, 0]) & (samples[:, 0] < block.end_s)).all()
        assert all(block.start_s <= said.t_s < block.end_s for said in block.announced)
    assert tuple(said for block in blocks for said in block.announced) == recording.announced
    carried = [gap for block in blocks for gap in block.gaps]
    assert sorted(map(repr, carried)) == sorted(map(repr, recording.gaps))


@given(sessions(), st.floats(0.5, 5000.0))
@settings(max_examples=60, deadline=None)
def test_any_cut_is_the_whole(recording: Recording, block_s: float) -> None:
    assert_whole(recording, list(recording.blocks(block_s)))


@pytest.mark.parametrize("block_s", [0.001, 0.02, 0.1, 3.0, 1e9])
def test_blocks_of_any_length_are_the_whole(block_s: float) -> None:
    recording = session(3.0)
    blocks = list(recording.blocks(block_s))
    assert_whole(recording, blocks)
    assert all(b.end_s - b.start_s == pytest.approx(block_s, abs=1e-9) for b in blocks[:-1])


def test_a_gap_travels_in_the_block_in_which_it_ends() -> None:
    recording = session(8.0)
    (carrier,) = [block for block in recording.blocks(0.02) if block.gaps]
    assert carrier.start_s <= recording.gaps[0].end_s < carrier.end_s


def test_the_last_block_just_includes_the_final_sample() -> None:
    recording = Recording(SessionSetup(), {Stream.CABLE: np.array([[7.25, 0.1]])})
    (block,) = recording.blocks()
    assert block.start_s == 7.25
    assert block.end_s == np.nextafter(7.25, 8.0)
    assert recording.block().streams[Stream.CABLE].tolist() == [[7.25, 0.1]]


@pytest.mark.parametrize("block_s", [0.0, -1.0, float("nan"), float("inf"), 1e-30])
def test_a_block_length_must_be_a_time(block_s: float) -> None:
    with pytest.raises(ValueError, match="block_s must be a positive number of seconds"):
        next(session(1.0).blocks(block_s))


@needs_data
@pytest.mark.parametrize("kind", KINDS)
def test_every_shared_recording_opens_and_is_read_whole(kind: str) -> None:
    assert folders(kind), f"no {kind} recordings in {DATA}"
    for folder in folders(kind):
        recording = open_recording(folder)
        assert recording.setup.session == folder.name
        assert recording.notes == ()
        for stream in Stream:
            path = folder / f"{stream.value}.csv"
            assert path.exists() == (stream in recording.streams)
            if path.exists():
                lines = path.read_text(encoding="utf-8").split()
                samples = recording.streams[stream]
                assert len(samples) == len(lines) - 1
                assert samples[-1].tolist() == [float(field) for field in lines[-1].split(",")]
        assert_whole(recording, list(recording.blocks(0.5)))


def test_the_door_names_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="no such recording; check the path"):
        open_recording(tmp_path / "nothing")
    with pytest.raises(BadInputError, match="no such recording; check the path"):
        open_recording(tmp_path / "nothing.mcap")


def test_one_stream_of_a_folder_points_to_the_folder(tmp_path: Path) -> None:
    path = tmp_path / "ankle.csv"
    path.write_text("t_s\n")
    with pytest.raises(BadInputError, match=f"one stream of a recording; give its folder {tmp_path}"):
        open_recording(path)
