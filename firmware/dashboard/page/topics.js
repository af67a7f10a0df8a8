// Topics: which message came from which tracker.

const PREFIX = "kickback/v1";
const TOPIC = /^kickback\/v1\/([a-z0-9_-]{1,32})\/(status|info|state|history|fault|live|event\/[a-z]{1,16})$/;

/** What is followed of every tracker: who it is, and where its session stands. */
export const OF_ALL = ["status", "info", "state", "history", "fault"].map((name) => `${PREFIX}/+/${name}`);

/** What is followed of the one that is shown. */
export function ofOne(device) {
  return [`${PREFIX}/${device}/event/+`, `${PREFIX}/${device}/live`];
}

/** Tell the tracker and the kind of a message; null for a topic that is none of the contract. */
export function parsed(topic) {
  const found = TOPIC.exec(topic);
  return found === null ? null : { device: found[1], kind: found[2] };
}
