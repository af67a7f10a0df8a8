// Standing: whether this is live, in a word at the top and, when it is not, in a sentence.

import { at, say, set } from "../elements.js";

/** `not`: why it is not live and how old it is, null when it is. */
export function draw(not, tracker) {
  set(at("standing"), "data-live", not === null ? "yes" : "no");
  say(at("standing-word"), not === null ? "Live" : "Not live");
  at("notice").hidden = not === null;
  // A screen reader hears why, once; the age changes every second.
  say(at("notice-why"), not?.why ?? "");
  say(at("notice-age"), not?.age ?? "");
  say(at("device"), tracker?.device ?? "Kickback");
  const labels = [];
  if (tracker?.info?.simulated) labels.push("simulated");
  else if (tracker?.info?.replay) labels.push("replay");
  say(at("labels"), labels.join(", "));
}
