// The accounts: their sessions and whoever else is let in, each with what can be done to it elsewhere.

import { api, attempt, say } from "/page/api.js";
import { button, element, keep } from "/page/parts.js";

const date = new Intl.DateTimeFormat([], { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const day = (seconds) => date.format(new Date(seconds * 1000));
const joined = (separator, ...parts) => parts.filter(Boolean).join(separator);

// "Windows", "Windows 11": the one says the other.
function system({ platform, system_version: version }) {
  return version.startsWith(platform) ? version : joined(" ", platform, version);
}

function act(text, label, method, path, body) {
  const node = button(text, "", () => attempt(async () => {
    await api(method, path, body);
    say("");
  }));
  node.setAttribute("aria-label", label);
  return node;
}

function session(path, auth) {
  const to = `${path}/authorizations/${auth.hash}`;
  const place = joined(", ", auth.region, auth.country);
  return {
    key: `session ${auth.hash}`,
    title: auth.device_model || "Unnamed device",
    chips: [
      auth.connected && ["connected", "good"],
      auth.unconfirmed && ["unconfirmed", "warn"],
      auth.password_pending && ["password pending", "warn"],
    ],
    lines: [
      joined(" · ", joined(" ", auth.app_name, auth.app_version), system(auth)),
      joined(" · ", place, auth.ip, `since ${day(auth.date_created)}`),
    ],
    acts: [
      auth.password_pending && ["Enter password", "POST", `${to}/password`, {}],
      ["End", "DELETE", to],
    ],
  };
}

function website(path, one) {
  return {
    key: `website ${one.hash}`, title: one.domain, chips: [["website"]],
    lines: [joined(" · ", one.browser, one.platform, one.region, one.ip)],
    acts: [["Remove", "DELETE", `${path}/websites/${one.hash}`]],
  };
}

function businessBot(path, one) {
  return {
    key: `bot ${one.bot.id}`, title: one.bot.first_name,
    chips: [["bot in chats"], one.unconfirmed && ["unconfirmed", "warn"]], lines: [one.rights.join(", ")],
    acts: [["Remove", "DELETE", `${path}/business-bots/${one.bot.id}`]],
  };
}

function passkey(path, one) {
  return {
    key: `passkey ${one.id}`, title: one.name, chips: [["passkey"]], lines: [`since ${day(one.date)}`],
    acts: [["Remove", "DELETE", `${path}/passkeys/${encodeURIComponent(one.id)}`]],
  };
}

function drawRow({ title, chips, lines, acts }) {
  const name = element("strong", "", title);
  name.dir = "auto";
  const head = element("div", "head", name, ...chips.filter(Boolean).map(([text, kind]) => element("span", `chip ${kind ?? ""}`, text)));
  const what = element("div", "what", head, ...lines.filter(Boolean).map((line) => element("div", "faint", line)));
  const buttons = acts.filter(Boolean).map(([text, ...call]) => act(text, `${text}: ${title}`, ...call));
  return element("li", "", what, element("div", "acts", ...buttons));
}

function rows(account) {
  const path = `/api/accounts/${account.id}`;
  return [
    ...[...account.authorizations].reverse().map((one) => session(path, one)),
    ...account.websites.map((one) => website(path, one)),
    ...account.business_bots.map((one) => businessBot(path, one)),
    ...account.passkeys.map((one) => passkey(path, one)),
  ];
}

function drawSection() {
  const section = element("section", "card", element("header", "", element("h3"), element("span", "faint")));
  section.append(element("ul", "rows"));
  return section;
}

export function drawAccounts(place, accounts) {
  keep(place, accounts.map((account) => ({ key: String(account.id), seen: "", value: account })), drawSection);
  accounts.forEach((account, at) => {
    const section = place.children[at];
    const count = account.authorizations.length;
    const title = section.querySelector("h3");
    title.textContent = `Sessions of ${account.first_name}`;
    title.id = `account-${account.id}`;
    section.setAttribute("aria-labelledby", title.id);
    section.querySelector("header span").textContent = account.deactivated ? `${count}, ${account.deactivated}` : String(count);
    keep(section.querySelector("ul"), rows(account).map((row) => ({
      key: row.key, seen: JSON.stringify(row), value: row,
    })), drawRow);
  });
}
