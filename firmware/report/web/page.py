"""The page: one HTML file with everything in it, to be read on a phone; no address in it leads outside."""

from collections.abc import Sequence
from html import escape

from firmware.panel.tempo_words import target_words
from firmware.recording import Recording
from firmware.report.directions import directed, summary
from firmware.report.followed import followed, force
from firmware.report.heading import about, title
from firmware.report.remarks import remarks
from firmware.report.session import Results, number_key, results_in
from firmware.report.web.drift import drift_drawing, drift_words, shown_measures
from firmware.report.web.movement import legend, movement
from firmware.report.web.rose import rose
from firmware.report.web.svg import element
from firmware.report.web.tables import faults_of_sets, table_of_legs, table_of_reps, table_of_sets
from firmware.report.web.tempo import tempo
from tracker.messages import Event, Rep

_STYLE = """
:root{color-scheme:light}
body{margin:0 auto;padding:16px;max-width:44rem;background:#fff;color:#1d2733;
font:16px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 .25rem}h2{font-size:1.15rem;margin:2rem 0 .25rem}
h3{font-size:1rem;margin:1rem 0 .25rem}p{margin:.25rem 0 .5rem}.about,.note{color:#66727f}
.note{font-size:.9rem}.simulated{display:inline-block;background:#5d3f9e;color:#fff;font-weight:bold;
padding:.1rem .6rem;border-radius:.4rem}
svg{display:block;font-family:inherit;fill:#1d2733}.wide{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;font-size:.85rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:bold;padding:.25rem 0;white-space:nowrap}
th,td{padding:.2rem .45rem .2rem 0;border-bottom:1px solid #d3dae1;text-align:right;white-space:nowrap}
th{font-weight:normal;color:#66727f}thead th{white-space:normal;min-width:2.6rem}
.sets th:first-child{position:sticky;left:0;background:#fff}
tbody th,.reps td:nth-child(3),.reps td:nth-last-child(-n+2),
.reps th:nth-child(3),.reps th:nth-last-child(-n+2){text-align:left}
.band{font-weight:bold;padding-top:.8rem}.off{color:#c44e00;font-weight:bold}
.legend span{white-space:nowrap;margin-right:.8rem}.legend i{display:inline-block;width:.9em;height:.9em}
ul{margin:.25rem 0;padding-left:1.2rem}
"""


def page(recording: Recording, events: Sequence[Event]) -> bytes:
    """Return the file; the same session gives the same bytes."""
    results = results_in(events)
    reps, sets = results.reps, results.sets
    named = title(recording, results)
    parts = [element("h1", escape(named)), element("p", escape(about(recording, results)), class_="about")]
    if recording.simulated:
        parts.append(element("p", element("span", "simulated session", class_="simulated")))
    if not reps:
        parts.append(element("p", "No rep was found."))
    else:
        parts += [table_of_sets(sets), table_of_legs(sets)]
        parts.append(_section("Faults and cues", faults_of_sets(sets, reps)))
        parts += [_tempo(results), _direction(reps), _drift(reps), _movement(recording, results)]
        parts.append(_section("Every rep", table_of_reps(reps)))
    remarked = "".join(element("p", escape(each), class_="note") for each in remarks(recording, results))
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        + element("title", escape(named))
        + element("style", _STYLE)
    )
    body = element("main", "".join(parts) + remarked)
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'.encode()


def _tempo(results: Results) -> str:
    target = next((rep.target for rep in results.reps if rep.target is not None), None)
    aim = "nobody aimed at a tempo" if target is None else f"aimed at: {target_words(target)}"
    key = number_key(results.reps)
    note = f"Seconds; {aim}." + (f" Rep numbers: {key}." if key else "")
    bars = [element("h3", f"Set {number}") + tempo(own) for number, own in results.by_set().items()]
    return _section("Tempo", _note(note) + legend() + "".join(bars))


def _direction(reps: Sequence[Rep]) -> str:
    note = "Seen from above; a ray is as long as the rep's range, its pale wedge one standard deviation."
    said = "".join(element("p", escape(each)) for each in summary(reps, directed(reps)))
    return _section("Direction", _note(note) + rose(reps) + said)


def _drift(reps: Sequence[Rep]) -> str:
    note = "From the first rep to the last along the dashed line through each set; hollow: suspect."
    drawn = [
        element("h3", f"{each.name[:1].upper()}{each.name[1:]}, {each.unit}")
        + _note(drift_words(each, reps))
        + drift_drawing(each, reps)
        for each in shown_measures(reps)
    ]
    return _section("Drift", _note(note) + "".join(drawn))


def _movement(recording: Recording, results: Results) -> str:
    trace, tension = followed(recording, results), force(recording)
    names = [each.label.replace("\n", " ") for each in (trace, tension) if each is not None]
    parts = []
    for number, own in results.by_set().items():
        drawn = movement(trace, tension, own, results.rejected)
        parts += [element("h3", f"Set {number}"), element("div", drawn, class_="wide", tabindex=0)]
    return _section("Movement", _note("; ".join(names)) + legend() + "".join(parts))


def _section(name: str, content: str) -> str:
    return element("section", element("h2", escape(name)) + content)


def _note(text: str) -> str:
    return element("p", escape(text), class_="note")
