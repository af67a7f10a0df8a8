// Faults: what is wrong with the machine or not known of it, and what was wrong with the last rep's form.

import { at, html, say, set } from "../elements.js";
import { faultWord, plainly } from "../words.js";

export function draw(tracker) {
  const { faults, info, lastRep } = tracker;
  const machine = faults.map(({ part, what }) => html("li", {}, html("b", {}, part), ` ${what}`));
  const fine = html("li", { class: "fine" }, "Nothing is wrong with the tracker.");
  const notices = (info?.notices ?? []).map((each) => html("li", { class: "fine" }, each));
  at("faults").replaceChildren(...(machine.length > 0 ? machine : [fine]), ...notices);
  set(at("faults"), "data-wrong", machine.length > 0 ? "yes" : "no");
  say(at("form"), form(lastRep));
  set(at("form"), "data-wrong", lastRep?.faults.length ? "yes" : "no");
}

function form(rep) {
  if (rep === null) return "No rep yet.";
  const doubt = rep.quality === "suspect" ? ` Its numbers are in doubt${because(rep.reasons)}.` : "";
  if (rep.faults.length === 0) return `Last rep: no fault seen.${doubt}`;
  return `Last rep: ${rep.faults.map(faultWord).join(", ")}.${doubt}`;
}

function because(reasons) {
  return reasons.length === 0 ? "" : `: ${reasons.map(plainly).join(", ")}`;
}
