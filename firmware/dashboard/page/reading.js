// Reading: values from outside, each taken as what it should be or, being anything else, as null.

// Control characters, and those that turn the direction of writing or cannot be seen.
const UNSEEMLY = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A JSON object that is no list. */
export function object(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
}

/** A number within a range. */
export function number(value, low = -1e6, high = 1e6) {
  return typeof value === "number" && value >= low && value <= high ? value : null;
}

/** A whole number within a range. */
export function whole(value, low = 0, high = 1e12) {
  return Number.isInteger(value) ? number(value, low, high) : null;
}

/** A text, shortened, and without what would not be seen as text. */
export function text(value, longest = 80) {
  if (typeof value !== "string") return null;
  const plain = value.slice(0, longest * 4).replace(UNSEEMLY, "").trim();
  if (plain === "") return null;
  return plain.length <= longest ? plain : `${plain.slice(0, longest - 1)}…`;
}

/** One of the values that there are. */
export function choice(value, known) {
  return known.includes(value) ? value : null;
}

/** True or false. */
export function truth(value) {
  return typeof value === "boolean" ? value : null;
}

/** The first so many entries of a list, each read; those that cannot be are left out. */
export function list(value, read, most = 32) {
  if (!Array.isArray(value)) return [];
  return value.slice(0, most).map((entry) => read(entry)).filter((entry) => entry !== null);
}

/** A table from known names to what `read` makes of their values. */
export function table(value, read, most = 16) {
  const entries = Object.entries(object(value) ?? {}).slice(0, most);
  return new Map(entries.map(([name, inner]) => [text(name, 40), read(inner)]).filter(([name]) => name !== null));
}
