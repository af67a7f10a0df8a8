"""Report: one page of a tracked session, for the lifter and the coach, as a picture or for a browser."""

from collections.abc import Sequence
from pathlib import Path

from firmware.recording import Recording
from firmware.report.output import require_drawable, written_whole
from tracker.messages import Event


def draw_report(recording: Recording, events: Sequence[Event], out: Path) -> None:
    """Draw the session to `out`: HTML, PNG, SVG or PDF by its ending; the same input gives the same bytes.

    `events`: everything the tracker said of this recording. All but HTML need matplotlib, the extra `report`.
    Raises BadInputError before anything is drawn when `out` cannot be such a file, FaultError when
    the disk fails; no half a picture is left behind.
    """
    kind = require_drawable(out)
    if kind == "html":
        from firmware.report.web.page import page

        written_whole(out, page(recording, events))
        return
    from firmware.report.page import picture

    written_whole(out, picture(recording, events, kind))
