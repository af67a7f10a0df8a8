// Count: the reps of this set, huge; hollow while the last one is still to be confirmed.

import { at, say, set } from "../elements.js";
import { exerciseWord } from "../words.js";

let said = "";

export function draw(tracker) {
  const { set: number, rep, pending } = tracker.counting;
  const digits = rep === null ? "–" : `${rep}`;
  say(at("count"), digits);
  set(at("count"), "data-pending", pending ? "yes" : "no");
  set(at("count"), "data-long", digits.length > 2 ? "yes" : "no");
  say(at("count-note"), pending ? "counts when the leg is back" : number === null ? "no set yet" : placed(number, tracker.state?.targetReps));
  say(at("session"), about(tracker.state));
  const spoken = rep === null || pending ? said : `Rep ${rep}${number === null ? "" : ` of set ${number}`}`;
  if (spoken !== said) say(at("count-said"), spoken);
  said = spoken;
}

function placed(number, targetReps) {
  return targetReps ? `of ${targetReps}, set ${number}` : `set ${number}`;
}

function about(state) {
  if (state === null) return "";
  const leg = state.leg === null ? "leg not known" : `${state.leg} leg`;
  const target = state.target === null ? "no target tempo" : `target ${state.target}`;
  return [exerciseWord(state.exercise), leg, target].filter(Boolean).join(" · ");
}
