"""`kickback report`: the picture holds what the events say, and the file is whole or not there."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from math import atan2, degrees, sqrt
from pathlib import Path
from typing import Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.container import BarContainer
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from firmware.cli import main
from firmware.errors import BadInputError, FaultError
from firmware.recording import Recording, open_recording
from firmware.report import draw_report
from firmware.report.heading import amount, title
from firmware.report.output import PictureKind
from firmware.report.page import draw, picture
from firmware.report.palette import STYLE
from firmware.report.parts import LEAST_CUT_S, MARGIN_S, MOST_PARTS, parts_of
from firmware.report.reasons import in_rows
from firmware.report.session import results_in
from firmware.report.thinning import drawable
from tests.made_events import rejected, rep, set_summary
from tests.made_recordings import CONCENTRIC_S, CONTRACTED_S, ECCENTRIC_S, STRETCHED_S, cable_session
from tracker.blocks import Announced, Announcement, FloatArray, Gap, Stream
from tracker.messages import Event, Rejection, Rep, RepKind
from tracker.pipeline import Tracker
from tracker.setup import SessionSetup


def recorded(end_s: float = 100.0, **fields: Any) -> Recording:
    """A cable that swings to and fro under a steady load."""
    t_s = np.arange(0.0, end_s, 0.02)
    streams = {
        Stream.CABLE: np.column_stack((t_s, 0.2 - 0.2 * np.cos(t_s))),
        Stream.LOAD: np.column_stack((t_s, 90.0 + 10.0 * np.sin(5.0 * t_s))),
    }
    return replace(Recording(SessionSetup(leg="left"), streams), **fields)


def at(number: int, set_number: int, start_s: float, **fields: Any) -> Rep:
    """A rep of 5.8 s that starts at `start_s`."""
    moved = {
        "concentric_start_s": start_s,
        "pause_start_s": start_s + 1.9,
        "eccentric_start_s": start_s + 2.9,
        "eccentric_end_s": start_s + 5.8,
        "pause_stretched_s": None if number == 1 else 1.0,
    }
    return rep(number, set=set_number, **(moved | fields))


def unfinished(number: int, set_number: int, start_s: float) -> Rep:
    return at(
        number, set_number, start_s, kind=RepKind.UNFINISHED, eccentric_start_s=None, eccentric_end_s=None,
        pause_contracted_s=None, eccentric_s=None, tempo=None, on_tempo=None, quality="suspect",
        quality_reasons=("no_return",),
    )  # fmt: skip


def three_sets() -> list[Event]:
    """Thirty reps, one of them partial, one unfinished; calibration kicks before, movements between."""
    events: list[Event] = [
        rejected(start_s=5.0 + 6.0 * i, end_s=9.0 + 6.0 * i, reason=Rejection.CALIBRATION) for i in range(3)
    ]
    for number in (1, 2, 3):
        start_s = 30.0 + 130.0 * (number - 1)
        events += [at(i, number, start_s + 7.0 * (i - 1), diagonal_deg=26.0 + i) for i in range(1, 10)]
        events.append(unfinished(10, number, start_s + 63.0))
        events.append(set_summary(set=number, vs_other_leg_set=number - 1 or None, vs_other_leg_reps=-1))
        events += [rejected(start_s=start_s + 80.0 + i, end_s=start_s + 80.6 + i) for i in range(3)]
    events[5] = at(3, 1, 44.0, kind=RepKind.PARTIAL, on_tempo=False)
    return events


def drawn(recording: Recording, events: Sequence[Event]) -> Figure:
    with mpl.style.context(["default", dict(STYLE)]):
        return draw(recording, events)


def axes_named(figure: Figure, label: str) -> Axes:
    return next(axes for axes in figure.axes if axes.get_label() == label)


def extents(axes: Axes, label: str) -> list[tuple[float, float]]:
    """Left and right edge of every band of a kind, in seconds."""
    (band,) = (each for each in axes.collections if each.get_label() == label)
    return [(path.get_extents().x0, path.get_extents().x1) for path in band.get_paths()]


def texts(figure: Figure) -> list[str]:
    return [each.get_text() for each in figure.findobj(Text) if isinstance(each, Text)]


def boxes_of_texts(figure: Figure) -> tuple[list[str], FloatArray]:
    """Every text that shows, with its left, bottom, right and top edge in pixels."""
    figure.draw_without_rendering()
    hidden: set[Text] = set()
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        hidden |= {tick.label1 for tick in axis.get_major_ticks() if not low <= tick.get_loc() <= high}
    found = [
        each
        for each in figure.findobj(Text)
        if isinstance(each, Text) and each.get_visible() and each.get_text().strip() and each not in hidden
    ]
    edges = [each.get_window_extent().padded(-0.5).extents for each in found]
    return [each.get_text() for each in found], np.array(edges)


def bars(axes: Axes, label: str) -> list[Rectangle]:
    """The bars of a phase, in the order of their places."""
    found = [
        bar
        for group in axes.containers
        if isinstance(group, BarContainer) and group.get_label() == label
        for bar in group.patches
    ]
    return sorted(found, key=lambda bar: bar.get_x())


def heights(axes: Axes, label: str) -> list[float]:
    return [bar.get_height() for bar in bars(axes, label)]


def test_phase_bands_lie_where_the_movement_was(tmp_path: Path) -> None:
    # An eased move 3x^2 - 2x^3 has the speed 6x(1 - x), at most 1.5; it is 5 % of that at
    # x = (1 - sqrt(0.95)) / 2 = 0.0127 of its duration after its start and before its end.
    recording = open_recording(cable_session(tmp_path / "session", reps=4))
    tracker = Tracker(recording.setup)
    events = [*tracker.process(recording.block()), *tracker.finish()]
    axes = axes_named(drawn(recording, events), "trace 0 0")
    late = 0.5 * (1.0 - sqrt(0.95))
    period_s = CONCENTRIC_S + CONTRACTED_S + ECCENTRIC_S + STRETCHED_S
    for i, (start_s, end_s) in enumerate(extents(axes, "concentric")):
        began_s = 2.0 + i * period_s
        assert start_s == pytest.approx(began_s + late * CONCENTRIC_S, abs=0.03)
        assert end_s == pytest.approx(began_s + (1.0 - late) * CONCENTRIC_S, abs=0.03)
    for i, (start_s, end_s) in enumerate(extents(axes, "eccentric")):
        began_s = 2.0 + i * period_s + CONCENTRIC_S + CONTRACTED_S
        assert start_s == pytest.approx(began_s + late * ECCENTRIC_S, abs=0.03)
        assert end_s == pytest.approx(began_s + (1.0 - late) * ECCENTRIC_S, abs=0.03)
    counts = [
        len(extents(axes, phase))
        for phase in ("concentric", "pause_contracted", "eccentric", "pause_stretched")
    ]
    assert counts == [4, 4, 4, 3]


def test_movements_that_were_no_rep_are_hatched_and_say_why() -> None:
    events: list[Event] = [rejected(start_s=4.0, end_s=9.0, reason=Rejection.BOUNCE), at(1, 1, 20.0)]
    figure = drawn(recorded(30.0), events)
    assert extents(axes_named(figure, "trace 0 0"), "rejected") == [pytest.approx((4.0, 9.0))]
    assert "bounce" in texts(figure)
    assert "Not counted, 1 movement: 1 × a bounce after the return" in texts(figure)


def test_movements_alike_are_named_once_unless_a_rep_lies_between() -> None:
    steps = [rejected(start_s=2.0 * i, end_s=2.0 * i + 1.5, reason=Rejection.BOUNCE) for i in range(4)]
    assert [row.text for row in in_rows(steps, [])] == ["bounce × 4"]
    assert [row.text for row in in_rows(steps, [at(1, 1, 3.6)])] == ["bounce × 2", "bounce × 2"]
    steps[1] = rejected(start_s=2.0, end_s=3.5, reason=Rejection.TWITCH)
    assert [row.text for row in in_rows(steps, [])] == ["bounce", "twitch", "bounce × 2"]


def test_what_is_not_drawn_at_the_ends_is_said() -> None:
    said = texts(drawn(recorded(100.0), [at(1, 1, 40.0)]))
    # Two seconds are shown before 0:40 and after 0:45.8.
    assert "session time, min:s (without the first 0:38 min and the last 0:52 min)" in said


def test_bars_are_as_high_as_the_phases_are_long() -> None:
    reps = [at(1, 1, 10.0, concentric_s=1.5), at(2, 1, 20.0, eccentric_s=3.25), unfinished(3, 1, 30.0)]
    axes = axes_named(drawn(recorded(40.0), [replace_target(each, None) for each in reps]), "tempo")
    assert heights(axes, "concentric") == pytest.approx([1.5, 1.9, 1.9])
    assert heights(axes, "pause_contracted") == pytest.approx([1.0, 1.0])
    assert heights(axes, "eccentric") == pytest.approx([2.9, 3.25])
    assert heights(axes, "pause_stretched") == pytest.approx([-1.0, -1.0])
    begin_s = [bar.get_y() for bar in bars(axes, "eccentric")]
    assert begin_s == pytest.approx([1.5 + 1.0, 1.9 + 1.0])


def replace_target(each: Rep, target: str | None) -> Rep:
    fields = {name: getattr(each, name) for name in each.__struct_fields__}
    return Rep(**(fields | {"target": target, "on_tempo": None}))


def test_the_target_is_a_bar_in_the_order_of_the_movement() -> None:
    # 3-0.5-X-2: eccentric, pause stretched, concentric as fast as possible (1 s at most), pause contracted.
    axes = axes_named(drawn(recorded(40.0), [replace_target(at(1, 1, 10.0), "3-0.5-X-2")]), "tempo")
    found = [heights(axes, each)[0] for each in ("concentric", "pause_contracted", "eccentric")]
    assert found == pytest.approx([1.0, 2.0, 3.0])
    (lines,) = (each for each in axes.collections if each.get_label() == "_target")
    boundaries_s = [path.get_extents().y0 for path in lines.get_paths()]
    assert boundaries_s == pytest.approx([-0.5, 1.0, 3.0, 6.0])


@pytest.mark.parametrize(("leg", "outward"), [("left", -1.0), ("right", 1.0)])
def test_rays_point_outwards_by_the_diagonal(leg: str, outward: float) -> None:
    events = [
        at(1, 1, 10.0, leg=leg, diagonal_deg=36.4, rom_m=0.4),
        at(2, 1, 20.0, leg=leg, diagonal_deg=-5.0, rom_m=0.2, in_zone=False),
    ]
    axes = axes_named(drawn(recorded(30.0), events), "direction")
    rays = {str(line.get_label()): np.asarray(line.get_xydata())[-1].tolist() for line in axes.lines}
    x, y = rays["rep 1.1"]
    assert degrees(atan2(outward * x, -y)) == pytest.approx(36.4)
    assert np.hypot(x, y) == pytest.approx(1.0)
    x, y = rays["rep 1.2"]
    assert degrees(atan2(outward * x, -y)) == pytest.approx(-5.0)
    assert np.hypot(x, y) == pytest.approx(0.5)


def test_where_the_direction_is_unknown_it_says_why() -> None:
    unknown = {"diagonal_deg": None, "diagonal_sd_deg": None, "in_zone": None}
    events = [at(1, 1, 10.0), at(2, 1, 20.0, diagonal_reason="no ankle IMU", **unknown)]
    figure = drawn(recorded(30.0), events)
    assert "1 rep without: no ankle IMU" in texts(figure)
    assert [line.get_label() for line in axes_named(figure, "direction").lines].count("_end") == 1


def test_the_table_has_every_number_of_a_rep() -> None:
    said = texts(drawn(recorded(30.0), [at(1, 1, 10.0, rom_m=0.4123, mean_velocity_mps=None)]))
    for cell in ("full", "2.9", "1.9", "1.0", "36.4 ±1.2", "0.412", "28.3", "–", "98", "good"):
        assert cell in said


def test_the_sets_stand_in_a_table_with_their_drift() -> None:
    said = texts(drawn(recorded(400.0), three_sets()))
    for cell in ("drift of\nreturn, s", "−0.4", "9 of 9, 1 partial", "89", "99", "361", "legs:\nreps", "−1"):
        assert cell in said


def test_why_a_rep_is_suspect_stands_under_the_table() -> None:
    events = [at(1, 1, 10.0), at(2, 1, 20.0, quality="suspect", quality_reasons=("gap_in_cable",))]
    figure = drawn(recorded(30.0, notes=("2 rows were not numbers",)), events)
    assert {"Rep 2: suspect, gap in cable", "Note: 2 rows were not numbers", "2?"} <= set(texts(figure))


def test_a_simulated_session_says_so() -> None:
    assert "simulated session" in texts(drawn(recorded(simulated=True), []))
    assert "simulated session" not in texts(drawn(recorded(), []))


def test_the_title_tells_exercise_leg_and_amount() -> None:
    assert title(recorded(), results_in(three_sets())) == "Cable kickback, left leg, 3 × 10 reps"
    assert amount([10, 9, 8]) == "10 + 9 + 8 reps"
    assert amount([1]) == "1 rep"
    assert amount([12] * 3 + [10] * 4) == "7 sets, 76 reps"


def test_a_session_without_a_rep_is_drawn_too() -> None:
    figure = drawn(recorded(), [])
    assert {"Cable kickback, left leg, no rep", "No rep was found."} <= set(texts(figure))


def test_without_a_cable_the_ankle_is_drawn_under_its_own_name() -> None:
    # The sensor turns by 20 degrees and back about its y axis, every 2 s, and feels gravity alone.
    t_s = np.arange(0.0, 20.0, 0.01)
    angle = np.radians(20.0) * np.sin(np.pi * t_s / 2.0) ** 2
    rate = np.gradient(angle, t_s)
    zero = np.zeros_like(t_s)
    ankle = np.column_stack((t_s, -9.81 * np.sin(angle), zero, 9.81 * np.cos(angle), zero, rate, zero))
    figure = drawn(Recording(SessionSetup(exercise="band-kickback"), {Stream.ANKLE: ankle}), [])
    (trace,) = (line for line in axes_named(figure, "trace 0 0").lines if line.get_label() == "trace")
    assert float(np.max(np.asarray(trace.get_ydata()))) == pytest.approx(20.0, abs=1.0)
    assert "ankle tilt from the\nstart position, °" in texts(figure)


@pytest.mark.parametrize(
    ("end_s", "events"),
    [
        (400.0, three_sets()),
        (30.0, [unfinished(1, 1, 10.0)]),
        (1200.0, [at(i % 12 + 1, i // 12 + 1, 10.0 + 8.0 * i + 40.0 * (i // 12)) for i in range(84)]),
    ],
    ids=["three sets", "one unfinished rep", "seven sets"],
)
def test_no_two_texts_overlap(end_s: float, events: list[Event]) -> None:
    recording = recorded(
        end_s,
        announced=(Announced(4.0, Announcement.CALIBRATE),),
        gaps=(Gap(Stream.CABLE, 20.0, 22.0, "test"),),
        simulated=True,
        notes=("the end is missing",),
    )
    figure = drawn(recording, events)
    shown, boxes = boxes_of_texts(figure)
    left, bottom, right, top = boxes.T
    beside = (left[:, None] >= right) | (right[:, None] <= left)
    clear = beside | (bottom[:, None] >= top) | (top[:, None] <= bottom)
    clashes = [(shown[i], shown[j]) for i, j in np.argwhere(~clear) if i < j]
    assert clashes == []
    off_page = (left < 0) | (bottom < 0) | (right > figure.bbox.x1) | (top > figure.bbox.y1)
    assert [shown[i] for i in np.flatnonzero(off_page)] == []


def test_idle_stretches_are_cut_out_and_nothing_else() -> None:
    assert parts_of([], (0.0, 500.0)) == ((0.0, 500.0),)
    happened = [(100.0, 130.0), (135.0, 140.0), (300.0, 310.0)]
    cut = ((100.0 - MARGIN_S, 140.0 + MARGIN_S), (300.0 - MARGIN_S, 310.0 + MARGIN_S))
    assert parts_of(happened, (0.0, 500.0)) == cut
    # A second rep just near enough: idle for less than what is worth a cut.
    near = [(20.0, 30.0), (30.0 + 2 * MARGIN_S + LEAST_CUT_S - 0.1, 60.0)]
    assert parts_of(near, (17.0, 63.0)) == ((17.0, 63.0),)
    many = [(100.0 * i, 100.0 * i + 5.0) for i in range(30)]
    parts = parts_of(many, (0.0, 3000.0))
    assert len(parts) == MOST_PARTS
    assert all(any(low <= a and b <= high for low, high in parts) for a, b in many)


def test_a_thinned_trace_keeps_its_peaks_and_its_gaps() -> None:
    t_s = np.arange(0.0, 1000.0, 0.005)
    values = np.zeros_like(t_s)
    values[123_456] = 7.0
    values[77_777] = -3.0
    whole = (t_s < 400.0) | (t_s > 410.0)
    thin_s, thin = drawable(t_s[whole], values[whole], 1000)
    assert len(thin) < 2100
    assert (np.nanmax(thin), np.nanmin(thin)) == (7.0, -3.0)
    assert thin_s[np.nanargmax(thin)] == t_s[123_456]
    (missing,) = np.flatnonzero(np.isnan(thin))
    assert (thin_s[missing - 1], thin_s[missing + 1]) == pytest.approx((400.0, 410.0), abs=0.01)


@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_the_same_session_gives_the_same_bytes_whatever_the_user_prefers(kind: PictureKind) -> None:
    recording, events = recorded(30.0), [at(1, 1, 10.0)]
    first = picture(recording, events, kind)
    assert first.startswith({"png": b"\x89PNG\r\n", "svg": b"<?xml", "pdf": b"%PDF-"}[kind])
    with mpl.rc_context({"font.size": 30.0, "axes.grid": True, "savefig.bbox": "tight"}):
        assert picture(recording, events, kind) == first
        assert mpl.rcParams["font.size"] == 30.0


@pytest.mark.parametrize("name", ["a.jpg", "a", "a.png.txt", "folder.png", "nowhere/a.png", "file/a.png"])
def test_what_cannot_be_a_picture_is_refused_before_drawing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(sys.modules, "firmware.report.page", None)
    with pytest.raises(BadInputError) as refused:
        draw_report(recorded(), [], tmp_path / name)
    assert "\n" not in str(refused.value)
    if name.startswith("a"):
        assert ".png, .svg, .pdf" in str(refused.value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "folder.png"]


def test_a_failing_disk_leaves_the_old_picture_and_no_part_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "a.svg"
    out.write_text("old")

    def full(_: Path, __: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(FaultError, match="No space left on device"):
        draw_report(recorded(10.0), [], out)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.svg", "old")]


def test_the_command_draws(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    session, out = cable_session(tmp_path / "session"), tmp_path / "a.PNG"
    assert main(["report", str(session), "-o", str(out), "--target", "2-1-1-1"]) == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    assert int.from_bytes(out.read_bytes()[16:20], "big") == 1600
    assert capsys.readouterr().out == f"{out} written\n"


def test_matplotlib_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, firmware.report; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
