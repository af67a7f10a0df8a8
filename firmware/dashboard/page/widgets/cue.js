// Cue: what to do better, or what was just not counted, for as long as it is news.

import { at, say, set } from "../elements.js";
import { cueWord, rejectionWord } from "../words.js";

export function draw(tracker, now_ms, live) {
  const said = live && tracker.said !== null && now_ms < tracker.said.until_ms ? tracker.said : null;
  const kind = said === null ? "none" : "cue" in said ? "cue" : "rejected";
  set(at("cue"), "data-kind", kind);
  const words = { none: () => "", cue: () => cueWord(said.cue), rejected: () => `Not counted: ${rejectionWord(said.rejected) ?? "no rep"}` };
  say(at("cue"), words[kind]());
}
