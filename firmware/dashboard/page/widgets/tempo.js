// Tempo: each phase of the last reps as bars against its target, and the last one in words.

import { at, html, say, svg } from "../elements.js";
import { PHASES, kept, targetOf } from "../tempo.js";
import { NOT_KNOWN, PHASE_NAMES, amount, reach } from "../words.js";

const REPS = 8;
const WIDTH = 160;
const HEIGHT = 34;
const LEAST_SCALE_S = 1;

export function draw(tracker) {
  const reps = tracker.reps.slice(-REPS);
  const target = targetOf(tracker.lastRep?.target ?? tracker.state?.target ?? null);
  at("tempo").replaceChildren(...PHASES.map((phase) => row(phase, reps, target?.[phase] ?? null)));
  say(at("last-rep"), about(tracker.lastRep));
}

function row(phase, reps, aim) {
  const last = reps.at(-1)?.[phase] ?? null;
  const verdict = judged(aim, last);
  return html("div", { class: `tempo-row ${phase}` },
    html("p", { class: "tempo-name" }, PHASE_NAMES[phase]),
    html("p", { class: "tempo-last" },
      html("b", {}, last === null ? NOT_KNOWN : `${last.toFixed(1)} s`),
      html("span", { class: "tempo-aim", "data-kept": String(kept(aim, last)) }, ` ${verdict}`)),
    bars(phase, reps, aim),
  );
}

function judged(aim, s) {
  if (aim === null) return "no target";
  const goal = aim.explosive ? "as fast as possible" : `target ${aim.s} s`;
  const on = kept(aim, s);
  if (on === null || on) return goal;
  return `${goal}, ${s > aim.s ? "too long" : "too short"}`;
}

function bars(phase, reps, aim) {
  const known = reps.map((rep) => rep[phase]).filter((s) => s !== null);
  const scale = HEIGHT / (1.1 * Math.max(LEAST_SCALE_S, aim?.s ?? 0, ...known));
  const step = WIDTH / REPS;
  const parts = reps.flatMap((rep, index) => {
    const x = (REPS - reps.length + index) * step + 2;
    const s = rep[phase];
    if (s === null) return [svg("text", { x: x + step / 2 - 2, y: HEIGHT - 3, class: "unknown" }, "?")];
    const height = Math.max(1.5, s * scale);
    const on = kept(aim, s);
    return [svg("rect", { x, y: HEIGHT - height, width: step - 4, height, rx: 2, class: "bar", "data-kept": String(on) })];
  });
  if (aim !== null) {
    const y = HEIGHT - aim.s * scale;
    parts.push(svg("path", { d: `M 0 ${y} H ${WIDTH}`, class: "aim" }));
  }
  const label = `${PHASE_NAMES[phase]}, last reps: ${reps.map((rep) => amount(rep[phase], 1)).join(", ") || "none"} seconds`;
  return svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "bars", role: "img", "aria-label": label, preserveAspectRatio: "none" }, ...parts);
}

function about(rep) {
  if (rep === null) return "No rep yet.";
  const kind = rep.kind === null || rep.kind === "full" ? "" : `, ${rep.kind}`;
  const force = rep.meanForce_n === undefined || rep.meanForce_n === null ? "" : `, mean force ${amount(rep.meanForce_n, 0, " N")}`;
  return `Rep ${rep.rep} of set ${rep.set}${kind}: range ${reach(rep)}${force}.`;
}
