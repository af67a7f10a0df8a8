// Tempo: eccentric - pause stretched - concentric - pause contracted, in seconds; X is as fast as possible.

/** The phases in the order in which a kickback goes through them. */
export const PHASES = ["concentric", "pause_contracted", "eccentric", "pause_stretched"];

const WRITTEN = ["eccentric", "pause_stretched", "concentric", "pause_contracted"];

/** A phase aimed at as X is on tempo when it takes no longer than this. */
export const EXPLOSIVE_S = 1;

/** Any other may take longer than its target by this share of it or by this many seconds, whichever is more. */
const WITHIN = 0.2;
const WITHIN_S = 0.3;

/** Read a target such as 3-1-2-1: for each phase `{ s, most_s, explosive }`; null where it is none. */
export function targetOf(written) {
  const parts = partsOf(written);
  if (parts === null) return null;
  const target = {};
  for (const [index, part] of parts.entries()) {
    const explosive = part.toUpperCase() === "X";
    const s = explosive ? EXPLOSIVE_S : Number(part);
    if (part === "" || !(s >= 0 && s <= 20)) return null;
    const most_s = explosive ? s : s + Math.max(WITHIN_S, WITHIN * s);
    target[WRITTEN[index]] = { s, most_s, explosive };
  }
  return target;
}

/** Read a measured tempo such as 2.9-?-1.9-1.0: seconds of each phase, null where unknown. */
export function measuredOf(written) {
  const parts = partsOf(written);
  const measured = {};
  for (const [index, phase] of WRITTEN.entries()) {
    const s = parts === null || parts[index] === "" ? NaN : Number(parts[index]);
    measured[phase] = s >= 0 && s <= 600 ? s : null;
  }
  return measured;
}

/** How the tracker found a phase of a rep: "kept", "short" or "long"; null where it did not judge it. */
export function found(rep, phase) {
  if (rep.onTempo === null || rep[phase] === null) return null;
  return ["short", "long"].find((how) => rep.breaks.includes(`${phase}_${how}`)) ?? "kept";
}

function partsOf(written) {
  if (typeof written !== "string") return null;
  const parts = (written.includes("-") ? written.split("-") : [...written]).map((part) => part.trim());
  return parts.length === WRITTEN.length ? parts : null;
}
