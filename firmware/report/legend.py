"""The legend of the traces, which holds for the tempo bars too: what each colour and mark means."""

from collections.abc import Mapping

from matplotlib.patches import Patch

from firmware.recording import Recording
from firmware.report.palette import BASE_PT, MUTED, PHASES, REJECTED, SMALL_PT
from firmware.report.session import Results, number_key
from firmware.report.sheet import LEFT_IN, RIGHT_IN, Sheet
from tracker.messages import Phase

_WIDTH_IN = 9.5
NAMES: Mapping[Phase, str] = {
    Phase.PAUSE_STRETCHED: "pause (stretched)",
    Phase.CONCENTRIC: "kick (concentric)",
    Phase.PAUSE_CONTRACTED: "hold (contracted)",
    Phase.ECCENTRIC: "return (eccentric)",
}

_KEY_IN = 0.25
"""The key to the rep numbers stands this far below the section's heading."""


def draw_legend(sheet: Sheet, top_in: float, recording: Recording, results: Results) -> None:
    """Name the colours and hatches that this session has, and the marks on its rep numbers."""
    handles = []
    if results.reps:
        handles += [Patch(color=colour, label=NAMES[phase]) for phase, colour in PHASES.items()]
    if results.rejected:
        handles.append(_hatched("////", "not counted"))
    if recording.gaps:
        handles.append(_hatched("....", "samples missing"))
    if handles:
        axes = sheet.axes(RIGHT_IN - _WIDTH_IN, top_in, _WIDTH_IN, 0.3, frameon=False, xticks=[], yticks=[])
        axes.legend(
            handles=handles, ncols=len(handles), loc="upper right", bbox_to_anchor=(1.0, 1.05),
            frameon=False, borderpad=0, borderaxespad=0, handlelength=1.3, columnspacing=1.4,
            handletextpad=0.5, fontsize=BASE_PT,
        )  # fmt: skip
    key = number_key(results.reps)
    if key:
        sheet.text(LEFT_IN, top_in + _KEY_IN, f"rep numbers: {key}", {"color": MUTED, "fontsize": SMALL_PT})


def _hatched(hatch: str, label: str) -> Patch:
    return Patch(facecolor=(REJECTED, 0.2), edgecolor=REJECTED, hatch=hatch, linewidth=0, label=label)
