// Wake: keeps the screen of a phone at the machine from going dark, where the browser can and may.

/** Ask for it now, and again whenever the page comes back to the front. */
export function keepAwake() {
  if (!("wakeLock" in navigator)) return;
  const ask = () => {
    if (!document.hidden) navigator.wakeLock.request("screen").catch(() => {});
  };
  document.addEventListener("visibilitychange", ask);
  ask();
}
