// Legs: the last set of the left leg against the last of the right, of one exercise, as bars from the middle.

import { at, html, svg } from "../elements.js";
import { amount } from "../words.js";

const MEASURES = [
  ["Range", (set) => (set.rom_m === null ? null : set.rom_m * 100), 0, " cm"],
  ["Range", (set) => (set.rom_m === null ? set.rom_deg : null), 0, "°"],
  ["Direction", (set) => set.diagonal_deg, 0, "°"],
  ["Mean force", (set) => set.force_n, 0, " N"],
  ["Work per rep", (set) => perRep(set), 0, " J"],
  ["Tension per rep", (set) => (set.tension_s === null || !count(set) ? null : set.tension_s / count(set)), 1, " s"],
];

export function draw(tracker) {
  const exercise = tracker.sets.at(-1)?.exercise ?? null;
  const lastOf = (leg) => tracker.sets.findLast((set) => set.leg === leg && set.exercise === exercise) ?? null;
  const [left, right] = [lastOf("left"), lastOf("right")];
  if (left === null || right === null) {
    at("legs").replaceChildren(html("p", { class: "small" }, lacking(left, right)));
    return;
  }
  const rows = MEASURES
    .map(([name, measure, digits, unit]) => [name, measure(left), measure(right), digits, unit])
    .filter(([, one, other]) => one !== null || other !== null)
    .map((values) => row(...values));
  at("legs").replaceChildren(head(left, right), ...rows);
}

function lacking(left, right) {
  if (left === null && right === null) return "No set of a known leg yet.";
  return left === null ? "No set of the left leg yet." : "No set of the right leg yet.";
}

function count(set) {
  return (set.full ?? 0) + (set.partial ?? 0) + (set.unfinished ?? 0);
}

function perRep(set) {
  return set.work_j === null || !count(set) ? null : set.work_j / count(set);
}

function head(left, right) {
  const name = (set) => `${set.leg === "left" ? "Left" : "Right"}, set ${set.set}`;
  return html("div", { class: "leg-row leg-head" }, html("p", {}, name(left)), html("p", {}), html("p", {}, name(right)));
}

function row(name, left, right, digits, unit) {
  const most = Math.max(Math.abs(left ?? 0), Math.abs(right ?? 0)) || 1;
  const bar = (value, sign) => svg("rect", {
    x: sign < 0 ? 50 - (46 * Math.abs(value)) / most : 50, y: 2, width: (46 * Math.abs(value)) / most, height: 8,
  });
  const drawn = svg("svg", { viewBox: "0 0 100 12", class: "leg-bars", "aria-hidden": "true", preserveAspectRatio: "none" },
    ...(left === null ? [] : [bar(left, -1)]), ...(right === null ? [] : [bar(right, 1)]), svg("path", { d: "M 50 0 V 12", class: "middle" }));
  return html("div", { class: "leg-row" },
    html("p", { class: "leg-value" }, amount(left, digits, unit)),
    html("div", {}, html("p", { class: "leg-name" }, name), drawn),
    html("p", { class: "leg-value" }, amount(right, digits, unit)));
}
