"""Colours and type sizes of the report, all in one place.

The hues are those of Okabe and Ito ("Color Universal Design", 2008), which people of every colour
vision tell apart; the two pauses are paler than the two movements. No fact is told by hue alone.
"""

from collections.abc import Mapping

from tracker.messages import Phase

INK = "#1d2733"
MUTED = "#66727f"
RULE = "#d3dae1"
PANEL = "#f5f7f9"

PHASES: Mapping[Phase, str] = {
    Phase.PAUSE_STRETCHED: "#a9b8c6",
    Phase.CONCENTRIC: "#0072b2",
    Phase.PAUSE_CONTRACTED: "#cc79a7",
    Phase.ECCENTRIC: "#e69f00",
}
"""In the order in which a rep goes through them."""

BAND_ALPHA = 0.30
REJECTED = "#8a949e"
ANNOUNCED = "#5d3f9e"
ZONE = "#009e73"
INSIDE = "#00735a"
OUTSIDE = "#c44e00"
FORCE = "#444f5b"

TITLE_PT = 20.0
SECTION_PT = 11.0
BASE_PT = 9.0
SMALL_PT = 8.0

STYLE: Mapping[str, object] = {
    "axes.axisbelow": True,
    "axes.edgecolor": RULE,
    "axes.facecolor": "white",
    "axes.labelcolor": MUTED,
    "axes.labelsize": BASE_PT,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.facecolor": "white",
    "font.family": "DejaVu Sans",
    "font.size": BASE_PT,
    "hatch.linewidth": 0.6,
    "legend.fontsize": SMALL_PT,
    "path.simplify": True,
    "svg.hashsalt": "kickback",
    "text.color": INK,
    "text.parse_math": False,
    "xtick.color": MUTED,
    "xtick.labelsize": SMALL_PT,
    "xtick.major.size": 3.0,
    "ytick.color": MUTED,
    "ytick.labelsize": SMALL_PT,
    "ytick.major.size": 0.0,
}
"""What matplotlib is told while a report is drawn, whatever the user's own settings are."""
