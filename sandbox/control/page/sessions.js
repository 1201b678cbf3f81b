// Draws the accounts and their sessions, and lets somebody log in or be ended elsewhere.

import { inlets, visits } from "/page/inlets.js";
import { api, say } from "/page/page.js";
import { button, element, row } from "/page/parts.js";

const VISITORS = [
  { device_model: "Xiaomi 13", platform: "Android", system_version: "SDK 34", app_name: "Telegram Android",
    app_version: "11.8.2", api_id: 6, official_app: true, ip: "203.0.113.77", country: "Portugal", region: "Lisbon" },
  { device_model: "Desktop", platform: "Windows", system_version: "Windows 11", app_name: "Unknown client",
    app_version: "1.0", api_id: 94575, ip: "203.0.113.140", country: "Chile", region: "" },
  { device_model: "iPhone 15", platform: "iOS", system_version: "18.4", app_name: "Telegram iOS",
    app_version: "11.10", api_id: 10840, official_app: true, ip: "198.51.100.201", country: "Japan", region: "Osaka" },
];
let next = 0;

function acts(account, auth) {
  const path = `/api/accounts/${account.id}/authorizations/${auth.hash}`;
  const node = element("div", "acts");
  if (auth.password_pending) node.append(button("Enter the password", "", async () => {
    await api("POST", `${path}/password`, {});
    say("");
  }));
  node.append(button("End elsewhere", "danger", async () => {
    await api("DELETE", path);
    say("");
  }));
  return node;
}

function session(account, auth) {
  const app = [auth.app_name, auth.app_version].filter(Boolean).join(" ");
  const place = [auth.region, auth.country].filter(Boolean).join(", ");
  const states = [
    auth.connected && "connected now",
    auth.unconfirmed && "unconfirmed",
    auth.password_pending && "password pending",
  ].filter(Boolean);
  return row(auth.device_model, [
    [app, auth.platform, auth.system_version].filter(Boolean).join(" · "),
    [auth.ip, place, ...states].filter(Boolean).join(" · "),
    `since ${new Date(auth.date_created * 1000).toLocaleString()}`,
  ], acts(account, auth));
}

export function drawAccounts(place, world) {
  place.replaceChildren(...world.accounts.map((account) => {
    const section = element("section");
    const header = element("header");
    header.append(
      element("h2", "", `${account.first_name}: ${account.authorizations.length} sessions`),
      button("Somebody logs in", "", async () => {
        await api("POST", `/api/accounts/${account.id}/authorizations`, VISITORS[next++ % VISITORS.length]);
        say("");
      }),
    );
    const more = element("div", "visits");
    more.append(...visits(account));
    section.append(header, ...account.authorizations.map((auth) => session(account, auth)), ...inlets(account), more);
    return section;
  }));
}
