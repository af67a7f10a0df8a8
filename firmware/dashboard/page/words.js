// Words: how values and keys are said to a lifter. What is not known is said so, never shown as 0.

export const NOT_KNOWN = "not known";

export const PHASE_WORDS = {
  idle: "Ready",
  concentric: "Kick",
  pause_contracted: "Hold",
  eccentric: "Return slowly",
  pause_stretched: "Pause, cable taut",
};

export const PHASE_NAMES = {
  concentric: "Kick",
  pause_contracted: "Hold",
  eccentric: "Return",
  pause_stretched: "Pause",
};

const EXERCISES = {
  "cable-kickback": "cable kickback",
  "band-kickback": "band kickback",
  "quadruped-kickback": "quadruped kickback",
  free: "free movement",
};

const CUES = {
  kick_wider: "Kick wider",
  kick_narrower: "Kick narrower",
  return_slower: "Return slower",
  hold_at_peak: "Hold at the peak",
  no_swinging: "No swinging",
  keep_tension: "Keep the tension",
  full_range: "Full range",
  leg_straighter: "Leg straighter",
  hips_square: "Hips square",
  back_still: "Back still",
  target_reached: "All reps done",
  rest: "Rest",
};

const FORM_FAULTS = {
  direction_narrow: "kicked too far back, not out",
  direction_wide: "kicked too far out",
  fast_return: "returned too fast",
  no_hold: "no hold at the peak",
  momentum: "swung with momentum",
  slack: "the cable went slack",
  short_range: "short range",
  knee_bent: "the knee bent",
  hips_open: "the hips opened",
  back_arched: "the back arched",
};

const REJECTIONS = {
  twitch: "a twitch, too short for a rep",
  bounce: "a bounce after the return",
  no_return: "no return was seen",
  repositioned: "stepping to a new start position",
  not_at_rest: "did not begin from rest",
  too_fast: "too fast for a kick",
  walking: "a step of walking",
  calibration: "a calibration kick",
};

/** A key of the contract in plain words, also one that this page does not know yet. */
export function plainly(key) {
  return key.replaceAll("_", " ");
}

export function exerciseWord(key) {
  return spelled(EXERCISES, key);
}

export function cueWord(key) {
  const words = spelled(CUES, key);
  return words === null ? null : words[0].toUpperCase() + words.slice(1);
}

export function faultWord(key) {
  return spelled(FORM_FAULTS, key);
}

export function rejectionWord(key) {
  return spelled(REJECTIONS, key);
}

/** A number with its unit, or that it is not known. */
export function amount(value, digits, unit = "") {
  if (value === null || value === undefined) return NOT_KNOWN;
  const digital = value.toFixed(digits);
  return `${Number(digital) === 0 ? (0).toFixed(digits) : digital.replace("-", "−")}${unit}`;
}

/** A share as per cent. */
export function percent(share) {
  return share === null || share === undefined ? NOT_KNOWN : `${Math.round(share * 100)} %`;
}

/** A range along the cable, else as an angle. */
export function reach(rom) {
  if (rom.rom_m !== null) return `${(rom.rom_m * 100).toFixed(0)} cm`;
  return rom.rom_deg === null ? NOT_KNOWN : `${rom.rom_deg.toFixed(0)}°`;
}

/** Seconds as a time to wait or to look back on. */
export function span(seconds) {
  if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** A moment of the contract (RFC 3339) in the reader's own time and language; null where it is none. */
export function when(ts) {
  const at = ts === null ? NaN : Date.parse(ts);
  if (Number.isNaN(at)) return null;
  return new Date(at).toLocaleString([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
}

function spelled(words, key) {
  if (key === null || key === undefined) return null;
  return Object.hasOwn(words, key) ? words[key] : plainly(key);
}
