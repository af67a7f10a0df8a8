// Login: asks for the broker's user and password, when it wants them.

import { at, say } from "../elements.js";

export class Login {
  /** `onLogin({ user, password })` takes what was typed. */
  constructor(onLogin) {
    this.tried = false;
    at("login").addEventListener("submit", (event) => {
      event.preventDefault();
      this.tried = true;
      onLogin({ user: at("login-user").value, password: at("login-password").value });
      at("login-password").value = "";
    });
  }

  /** The user that the settings name. */
  suggest(user) {
    at("login-user").value = user ?? "";
  }

  /** Show the form, or hide it. */
  ask(wanted) {
    if (wanted === !at("login").hidden) return;
    at("login").hidden = !wanted;
    if (!wanted) return;
    say(at("login-why"), this.tried ? "These were not accepted." : "");
    at(at("login-user").value === "" ? "login-user" : "login-password").focus();
  }
}
