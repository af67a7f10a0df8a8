// Dial: where the last kick went, seen from above: straight back is down, out to the side is sideways.

import { at, say, set, svg } from "../elements.js";
import { amount, plainly } from "../words.js";

const ZONE_DEG = [30, 45];
const DIRECTION_CUES = ["kick_wider", "kick_narrower"];
const ENDS_DEG = [-15, 100];
const RADIUS = 120;
const BEFORE = 5;
const TICKS_DEG = [0, 30, 45, 90];

export function draw(tracker) {
  const rep = tracker.lastRep;
  const side = (rep?.leg ?? tracker.state?.leg) === "left" ? -1 : 1;
  set(at("dial"), "viewBox", side < 0 ? "-152 -14 168 164" : "-16 -14 168 164");
  const earlier = tracker.reps.slice(-1 - BEFORE, -1).filter((each) => each.diagonal_deg !== null && each.leg === rep?.leg);
  const parts = [
    svg("path", { d: wedge(side, ...ZONE_DEG, RADIUS), class: "zone" }),
    svg("path", { d: arc(side, 0, 90, RADIUS), class: "rim" }),
    ...TICKS_DEG.flatMap((angle) => tick(side, angle)),
    svg("circle", { cx: 0, cy: 0, r: 9, class: "hip" }),
    ...earlier.map((each) => dot(side, each.diagonal_deg)),
  ];
  if (rep !== null && rep.diagonal_deg !== null) parts.push(...needle(side, rep));
  at("dial").replaceChildren(...parts);
  write(rep);
}

function write(rep) {
  const known = rep !== null && rep.diagonal_deg !== null;
  say(at("direction"), known ? `${amount(rep.diagonal_deg, 1)}°` : "not known");
  say(at("direction-verdict"), known ? verdict(rep) : rep?.diagonalReason ? plainly(rep.diagonalReason) : "");
  set(at("direction-verdict"), "data-in", known ? inZone(rep) : "unknown");
  const spread = known && rep.diagonal_sd_deg !== null ? `± ${amount(rep.diagonal_sd_deg, 1)}°` : "";
  const midline = rep?.midline ? `midline from ${rep.midline}` : "";
  say(at("direction-note"), [spread, midline].filter(Boolean).join(", "));
}

/** As the tracker found it; of a rep from before this page the state does not say. */
function inZone(rep) {
  return rep.inZone === null ? "unknown" : String(rep.inZone);
}

function verdict(rep) {
  if (rep.inZone === null) return "";
  if (rep.inZone) return "in the zone";
  return DIRECTION_CUES.includes(rep.cue) ? plainly(rep.cue) : "outside the zone";
}

function point(side, angle_deg, radius) {
  const angle = (angle_deg * Math.PI) / 180;
  return [(side * radius * Math.sin(angle)).toFixed(1), (radius * Math.cos(angle)).toFixed(1)];
}

function arc(side, from, to, radius) {
  const [begin, end] = [point(side, from, radius), point(side, to, radius)];
  return `M ${begin.join(" ")} A ${radius} ${radius} 0 0 ${side > 0 ? 0 : 1} ${end.join(" ")}`;
}

function wedge(side, from, to, radius) {
  return `${arc(side, from, to, radius)} L 0 0 Z`;
}

function within(angle) {
  return Math.min(ENDS_DEG[1], Math.max(ENDS_DEG[0], angle));
}

function tick(side, angle) {
  const [from, to, label] = [RADIUS - 6, RADIUS + 5, RADIUS + 16].map((radius) => point(side, angle, radius));
  return [
    svg("path", { d: `M ${from.join(" ")} L ${to.join(" ")}`, class: "tick" }),
    svg("text", { x: label[0], y: label[1], class: "tick-label" }, `${angle}°`),
  ];
}

function dot(side, angle) {
  const [cx, cy] = point(side, within(angle), RADIUS);
  return svg("circle", { cx, cy, r: 4, class: "before" });
}

function needle(side, rep) {
  const angle = within(rep.diagonal_deg);
  const tip = point(side, angle, RADIUS - 4);
  const line = svg("path", { d: `M 0 0 L ${tip.join(" ")}`, class: "needle", "data-in": inZone(rep) });
  if (rep.diagonal_sd_deg === null) return [line];
  const [low, high] = [angle - rep.diagonal_sd_deg, angle + rep.diagonal_sd_deg].map(within);
  return [svg("path", { d: wedge(side, low, high, RADIUS - 4), class: "doubt" }), line];
}
