// Chooser: which tracker is shown, where more than one is at the broker; the address remembers it.

import { at, html } from "../elements.js";

export class Chooser {
  /** `onChoice(device)` hears which one to show. */
  constructor(onChoice) {
    this.onChoice = onChoice;
    this.wanted = location.hash.slice(1) || null;
    this.chosen = null;
    this.byHand = this.wanted !== null;
    at("devices").addEventListener("change", (event) => this.choose(event.target.value, true));
    window.addEventListener("hashchange", () => {
      const device = location.hash.slice(1);
      if ([...at("devices").options].some((each) => each.value === device)) this.choose(device, true);
    });
  }

  /** The one to show first, unless the address says another. */
  prefer(device) {
    this.wanted ??= device;
  }

  /** Offer those that were seen; of several show the wanted one, else one that is on. */
  offer(trackers) {
    const devices = [...trackers.keys()].sort();
    const known = [...at("devices").options].map((each) => each.value);
    if (devices.join() !== known.join()) {
      at("devices").replaceChildren(...devices.map((each) => html("option", { value: each }, each)));
      at("chooser").hidden = devices.length < 2;
      at("device").hidden = devices.length >= 2;
    }
    if (this.byHand && this.chosen !== null) {
      at("devices").value = this.chosen;
      return;
    }
    const on = devices.find((each) => trackers.get(each).status === "online");
    const wanted = trackers.has(this.wanted) ? this.wanted : null;
    const best = wanted ?? (this.isOff(trackers) ? on : null) ?? this.chosen ?? devices[0];
    this.choose(best, wanted !== null && this.byHand);
  }

  /** Whether there is something better to show than what is shown. */
  isOff(trackers) {
    return this.chosen === null || trackers.get(this.chosen).status === "offline";
  }

  choose(device, byHand) {
    this.byHand = byHand;
    at("devices").value = device;
    if (device === this.chosen) return;
    this.chosen = device;
    if (byHand) history.replaceState(null, "", `#${device}`);
    this.onChoice(device);
  }
}
