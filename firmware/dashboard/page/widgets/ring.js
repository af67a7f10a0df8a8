// Ring: the four phases of a rep around the count, each as long as its target, filled as it goes on.

import { at, say, set, svg } from "../elements.js";
import { PHASES, targetOf } from "../tempo.js";
import { PHASE_NAMES, PHASE_WORDS } from "../words.js";

const RADIUS = 90;
const GAP = 0.055;
/** No arc is shorter than this share of the ring, or it could not be seen. */
const LEAST_SHARE = 0.1;

let shape;
let arcs = {};

/** `elapsed_s` of the present phase, null where not known; `live`: whether it goes on now. */
export function draw(tracker, elapsed_s, live) {
  const written = tracker.state?.target ?? null;
  if (written !== shape) build(written);
  const target = targetOf(written);
  const present = tracker.phase;
  for (const phase of PHASES) {
    const { arc, fill } = arcs[phase];
    const s = phase === present ? elapsed_s : tracker.took[phase] ?? null;
    const share = shareOf(target?.[phase], s, phase === present);
    set(fill, "stroke-dasharray", `${(share * 100).toFixed(1)} 200`);
    set(arc, "data-present", phase === present ? "yes" : "no");
    set(arc, "data-over", s !== null && target !== null && s > target[phase].most_s ? "yes" : "no");
  }
  say(at("phase"), tracker.state === null ? "not known" : PHASE_WORDS[present]);
  set(at("phase"), "data-phase", present);
  say(at("phase-time"), live ? timing(present, target?.[present], elapsed_s) : "");
  const spoken = present === "idle" ? "No rep under way" : `${PHASE_NAMES[present]} under way`;
  set(at("ring"), "aria-label", spoken);
}

function shareOf(aim, s, present) {
  if (s === null) return present ? 1 : 0;
  if (!aim || aim.s === 0) return 1;
  return Math.min(1, s / aim.s);
}

function timing(phase, aim, s) {
  if (phase === "idle") return "";
  if (s === null) return aim ? goal(aim) : "";
  return aim ? `${s.toFixed(1)} s ${goal(aim)}` : `${s.toFixed(1)} s`;
}

function goal(aim) {
  return aim.explosive ? "as fast as you can" : `of ${aim.s} s`;
}

function build(written) {
  shape = written;
  const target = targetOf(written);
  const lengths = PHASES.map((phase) => target?.[phase].s ?? 1);
  const whole = lengths.reduce((sum, each) => sum + each, 0) || 1;
  const shares = lengths.map((each) => Math.max(LEAST_SHARE, each / whole));
  const scale = 1 / shares.reduce((sum, each) => sum + each, 0);
  let from = 0;
  arcs = {};
  for (const [index, phase] of PHASES.entries()) {
    const to = from + shares[index] * scale;
    const path = arcPath(from * 2 * Math.PI + GAP, to * 2 * Math.PI - GAP);
    const track = svg("path", { d: path, class: "track" });
    const fill = svg("path", { d: path, class: "fill", pathLength: 100, "stroke-dasharray": "0 200" });
    arcs[phase] = { arc: svg("g", { class: `arc ${phase}` }, track, fill), fill };
    from = to;
  }
  at("ring").replaceChildren(...PHASES.map((phase) => arcs[phase].arc));
}

/** Clockwise from the top, in radians. */
function arcPath(from, to) {
  const point = (angle) => `${(100 + RADIUS * Math.sin(angle)).toFixed(2)} ${(100 - RADIUS * Math.cos(angle)).toFixed(2)}`;
  return `M ${point(from)} A ${RADIUS} ${RADIUS} 0 ${to - from > Math.PI ? 1 : 0} 1 ${point(to)}`;
}
