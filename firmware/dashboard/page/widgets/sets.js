// Sets: the last one as a coach wants it, the earlier ones as a table.

import { at, html } from "../elements.js";
import { amount, faultWord, percent, reach, span } from "../words.js";

const EARLIER = 4;

export function draw(tracker) {
  const sets = tracker.sets.slice(-1 - EARLIER).reverse();
  if (sets.length === 0) {
    at("sets").replaceChildren(html("p", { class: "small" }, "No set has ended yet."));
    return;
  }
  const [last, ...earlier] = sets;
  at("sets").replaceChildren(summary(last), ...(earlier.length > 0 ? [table(earlier)] : []));
}

function summary(set) {
  const facts = [
    ["Tempo", set.tempo ?? "not known"],
    ["Target", set.target ?? "none"],
    ["On tempo", percent(set.onTempo)],
    ["In the zone", percent(set.inZone)],
    ["Direction", set.diagonal_deg === null ? "not known" : `${amount(set.diagonal_deg, 1)}°${set.spread_deg === null ? "" : ` ± ${amount(set.spread_deg, 1)}`}`],
    ["Range", `${reach(set)}${drift(set.romDrift_m)}`],
    ["Work", amount(set.work_j, 0, " J")],
    ["Under tension", amount(set.tension_s, 0, " s")],
    ...(set.rest_s === null ? [] : [["Rest before", span(set.rest_s)]]),
  ];
  const faults = [...set.faults].map(([name, reps]) => `${faultWord(name)} (rep ${reps.join(", ")})`);
  return html("div", { class: "last-set" },
    html("p", { class: "set-head" }, html("b", {}, `Set ${set.set}`), ` ${leg(set)}, ${reps(set)}`),
    html("dl", { class: "facts" }, ...facts.map(([name, value]) => html("div", {}, html("dt", {}, name), html("dd", {}, value)))),
    ...(set.unseen_s > 0 ? [html("p", { class: "small" }, `Unseen for ${amount(set.unseen_s, 0, " s")}: reps may be missing.`)] : []),
    ...(faults.length > 0 ? [html("p", { class: "small" }, `Form: ${faults.join("; ")}.`)] : []),
    ...(set.last === null ? [] : [html("p", { class: "small" }, `Against last time: ${difference(set.last)}.`)]),
  );
}

function leg(set) {
  return set.leg === null ? "leg not known" : `${set.leg} leg`;
}

function reps({ full, partial, unfinished }) {
  const parts = [full === null ? "reps not known" : `${full} full`];
  if (partial) parts.push(`${partial} partial`);
  if (unfinished) parts.push(`${unfinished} unfinished`);
  return parts.join(", ");
}

function difference({ reps, rom_m, rom_deg, force_n, work_j }) {
  const range = rom_m === null ? ["range", rom_deg, "°"] : ["range", rom_m * 100, " cm"];
  const parts = [["reps", reps, ""], range, ["force", force_n, " N"], ["work", work_j, " J"]]
    .filter(([, by]) => by !== null)
    .map(([name, by, unit]) => `${name} ${signed(by)}${unit}`);
  return parts.join(", ") || "nothing to compare";
}

function signed(by) {
  const whole = Math.round(by);
  return whole === 0 ? "±0" : whole < 0 ? `−${-whole}` : `+${whole}`;
}

/** What the range gained or lost from the first rep to the last. */
function drift(metres) {
  if (metres === null || Math.abs(metres) < 0.005) return "";
  return ` (${signed(metres * 100)})`;
}

function table(sets) {
  const head = html("tr", {}, ...["Set", "Leg", "Reps", "Tempo", "In zone"].map((name) => html("th", { scope: "col" }, name)));
  const rows = sets.map((set) => html("tr", {},
    html("td", {}, `${set.set}`),
    html("td", {}, set.leg ?? "?"),
    html("td", {}, set.full === null ? "?" : `${set.unseen_s > 0 ? "≥ " : ""}${set.full}${set.partial ? ` + ${set.partial}` : ""}`),
    html("td", {}, set.tempo ?? "?"),
    html("td", {}, set.inZone === null ? "?" : percent(set.inZone))));
  return html("table", { class: "earlier" }, html("caption", {}, "Earlier sets"), html("thead", {}, head), html("tbody", {}, ...rows));
}
