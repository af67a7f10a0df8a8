// Settings: where the broker is and as whom to come, from the page's own server; a typed password, for this tab.

import { object, text } from "./reading.js";

const KEPT = "kickback.login";

/** Read `settings.json`; throw an error whose message can be shown. */
export async function readSettings() {
  const answer = await fetch("settings.json", { cache: "no-store", credentials: "omit" });
  if (!answer.ok) throw new Error(`the page's server answered ${answer.status}`);
  const from = object(await answer.json());
  const websocket = from && text(from.websocket, 300);
  if (!websocket) throw new Error("the page's server says no broker");
  return {
    websocket,
    user: text(from.user, 256),
    password: typeof from.password === "string" ? from.password : null,
    device: text(from.device, 32),
  };
}

/** The login to try: one typed in this tab and not refused since, else the settings'. */
export function loginOf(settings) {
  try {
    const kept = object(JSON.parse(sessionStorage.getItem(KEPT)));
    if (kept !== null) return { user: String(kept.user), password: String(kept.password) };
  } catch {
    // A browser that keeps nothing asks again.
  }
  return { user: settings.user, password: settings.password };
}

/** Keep a login until this tab is closed; null forgets it. */
export function keepLogin(login) {
  try {
    if (login === null) sessionStorage.removeItem(KEPT);
    else sessionStorage.setItem(KEPT, JSON.stringify(login));
  } catch {
    // It then holds until the page is loaded again.
  }
}
