// Tempo: each phase of the last reps as bars against its target, and the last one in words.

import { at, html, say, svg } from "../elements.js";
import { PHASES, found, targetOf } from "../tempo.js";
import { NOT_KNOWN, PHASE_NAMES, amount, reach } from "../words.js";

const REPS = 8;
/** In per cent of the width: from bar to bar, and the space between. */
const STEP = 100 / REPS;
const SPACE = 3;
const LEAST_SCALE_S = 1;

export function draw(tracker) {
  const reps = tracker.reps.slice(-REPS);
  const target = targetOf(tracker.lastRep?.target ?? tracker.state?.target ?? null);
  at("tempo").replaceChildren(...PHASES.map((phase) => row(phase, reps, target?.[phase] ?? null)));
  say(at("last-rep"), about(tracker.lastRep));
}

function row(phase, reps, aim) {
  const rep = reps.at(-1) ?? null;
  const last = rep?.[phase] ?? null;
  const how = rep === null ? null : found(rep, phase);
  return html("div", { class: `tempo-row ${phase}` },
    html("p", { class: "tempo-name" }, PHASE_NAMES[phase]),
    html("p", { class: "tempo-last" },
      html("b", {}, last === null ? NOT_KNOWN : `${last.toFixed(1)} s`),
      html("span", { class: "tempo-aim", "data-kept": kept(how) }, ` ${judged(aim, how)}`)),
    bars(phase, reps, aim),
  );
}

function kept(how) {
  return how === null ? "null" : String(how === "kept");
}

function judged(aim, how) {
  if (aim === null) return "no target";
  const goal = aim.explosive ? "as fast as possible" : `target ${aim.s} s`;
  return how === null || how === "kept" ? goal : `${goal}, too ${how}`;
}

function bars(phase, reps, aim) {
  const known = reps.map((rep) => rep[phase]).filter((s) => s !== null);
  const scale = 100 / (1.1 * Math.max(LEAST_SCALE_S, aim?.s ?? 0, ...known));
  const parts = reps.map((rep, index) => {
    const from = (REPS - reps.length + index) * STEP;
    const s = rep[phase];
    if (s === null) return svg("text", { x: `${from + STEP / 2}%`, y: "88%", class: "unknown" }, "?");
    const height = Math.max(4, s * scale);
    // Its foot is out of sight, so that only the head is round.
    const place = { x: `${from + SPACE / 2}%`, y: `${100 - height}%`, width: `${STEP - SPACE}%`, height: `${height + 20}%`, rx: 3 };
    return svg("rect", { ...place, class: "bar", "data-kept": kept(found(rep, phase)) });
  });
  if (aim !== null) {
    const y = `${100 - aim.s * scale}%`;
    parts.push(svg("line", { x1: "0%", x2: "100%", y1: y, y2: y, class: "aim" }));
  }
  const label = `${PHASE_NAMES[phase]}, last reps in seconds: ${reps.map((rep) => amount(rep[phase], 1)).join(", ") || "none"}`;
  return svg("svg", { class: "bars", role: "img", "aria-label": label }, ...parts);
}

function about(rep) {
  if (rep === null) return "No rep yet.";
  const kind = rep.kind === null || rep.kind === "full" ? "" : `, ${rep.kind}`;
  const force = rep.meanForce_n === undefined || rep.meanForce_n === null ? "" : `, mean force ${amount(rep.meanForce_n, 0, " N")}`;
  return `Rep ${rep.rep} of set ${rep.set}${kind}: range ${reach(rep)}${force}.`;
}
