"""The page: which sections the report has, from top to bottom, and the figure they make."""

from collections.abc import Sequence
from io import BytesIO

import matplotlib.style
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from firmware.recording import Recording
from firmware.report import heading, rose, tempo_bars, traces
from firmware.report.drift import draw_drift, drift_height_in
from firmware.report.output import PictureKind
from firmware.report.palette import MUTED, STYLE
from firmware.report.remarks import draw_remarks, remarks, remarks_height_in
from firmware.report.rep_table import draw_table, table_height_in
from firmware.report.session import results_in
from firmware.report.set_table import draw_set_table, set_table_height_in
from firmware.report.sheet import DPI, LEFT_IN, RIGHT_IN, WIDTH_IN, Sheet
from tracker.messages import Event

_EDGE_IN = 0.35
_TEMPO_SHARE = 0.63

_UNDATED: dict[PictureKind, dict[str, None]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""Nothing in the file tells when or by what it was drawn, so that it changes only with its content."""


def picture(recording: Recording, events: Sequence[Event], kind: PictureKind) -> bytes:
    """Return the report as a file's content; the user's own matplotlib settings have no say."""
    with matplotlib.style.context(["default", dict(STYLE)]):
        figure = draw(recording, events)
        content = BytesIO()
        figure.savefig(content, format=kind, dpi=DPI, metadata=_UNDATED[kind])
    return content.getvalue()


def draw(recording: Recording, events: Sequence[Event]) -> Figure:
    """Return the figure: heading, traces, and where there are reps their tempo, direction, drift, table."""
    results = results_in(events)
    reps = results.reps
    lines = remarks(recording, results)
    height_in = 2 * _EDGE_IN + heading.HEIGHT_IN + traces.HEIGHT_IN + remarks_height_in(lines)
    if reps:
        height_in += tempo_bars.HEIGHT_IN + drift_height_in(reps)
        height_in += set_table_height_in(results.sets) + table_height_in(reps)
    else:
        height_in += 0.3
    figure = Figure(figsize=(WIDTH_IN, height_in), dpi=DPI)
    FigureCanvasAgg(figure)
    sheet = Sheet(figure, height_in)

    top_in = _EDGE_IN
    heading.draw_heading(sheet, top_in, recording, results)
    top_in += heading.HEIGHT_IN
    traces.draw_traces(sheet, top_in, recording, results)
    top_in += traces.HEIGHT_IN
    if reps:
        tempo_in = _TEMPO_SHARE * (RIGHT_IN - LEFT_IN)
        tempo_bars.draw_tempo(sheet, top_in, tempo_in, reps)
        rose_left_in = LEFT_IN + tempo_in + 0.35
        rose.draw_rose(sheet, rose_left_in, top_in, RIGHT_IN - rose_left_in, reps)
        top_in += tempo_bars.HEIGHT_IN
        draw_drift(sheet, top_in, reps)
        top_in += drift_height_in(reps)
        draw_set_table(sheet, top_in, results.sets)
        top_in += set_table_height_in(results.sets)
        draw_table(sheet, top_in, reps)
        top_in += table_height_in(reps)
    else:
        sheet.text(LEFT_IN, top_in, "No rep was found.", {"color": MUTED})
        top_in += 0.3
    draw_remarks(sheet, top_in, lines)
    return figure
