// Moment: how far the present phase has come, and whether what is shown is what happens now.

import { span, when } from "./words.js";

/** A live topic that says nothing for so long has stopped. */
const SILENCE_MS = 2500;

const CARRY_ON_MS = 1000;

/** Seconds that the present phase has lasted; null where that is not known. */
export function elapsed_s(tracker, now_ms) {
  if (tracker.phase === "idle" || tracker.phaseSince_s === null) return null;
  if (tracker.live !== null && tracker.live.phaseSince_s !== null) {
    // Between two moments of the live topic time goes on, but not for long.
    const ahead_ms = Math.min(now_ms - tracker.liveAt_ms, CARRY_ON_MS);
    return Math.max(0, tracker.live.session_s + ahead_ms / 1000 - tracker.phaseSince_s);
  }
  return tracker.phaseAt_ms === null ? null : Math.max(0, (now_ms - tracker.phaseAt_ms) / 1000);
}

/** Why what is shown is not what happens now, and how old it is; null when it is. */
export function whyNotLive(phase, tracker, now_ms) {
  const why = reason(phase, tracker);
  if (why !== null) return { why, age: tracker === null ? "" : age(tracker, tracker.knownAt_ms, now_ms) };
  if (tracker.liveAt_ms !== null && now_ms - tracker.heardAt_ms > SILENCE_MS) {
    return { why: "Nothing comes from the tracker any more.", age: age(tracker, tracker.heardAt_ms, now_ms) };
  }
  return null;
}

function age(tracker, knownAt_ms, now_ms) {
  if (knownAt_ms !== null) return `What you see is ${span((now_ms - knownAt_ms) / 1000)} old.`;
  const last = when(tracker.sets.at(-1)?.ts ?? null);
  return last === null ? "How old this is, is not known." : `The last set here is of ${last}.`;
}

function reason(phase, tracker) {
  if (phase === "connecting") return "Looking for the broker.";
  if (phase === "lost") return "No connection to the broker; trying again.";
  if (phase === "refused") return "The broker does not let this page in.";
  if (tracker === null) return "No tracker has been seen at this broker yet.";
  if (tracker.status === "offline") return "The tracker is off or out of reach.";
  return tracker.status === null ? "The tracker has not said whether it is on." : null;
}
