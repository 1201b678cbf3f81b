// Draws who gets at an account without a session: websites, business bots and passkeys; and lets more of them in.

import { api, say } from "/page/page.js";
import { button, row } from "/page/parts.js";

const WEBSITE = {
  domain: "tickets.example", browser: "Firefox", platform: "Linux", ip: "203.0.113.77", region: "Lisbon, Portugal",
};
const BOT = {
  bot: { first_name: "Sales assistant" }, rights: ["read_messages", "reply"], recipients: ["existing_chats", "new_chats"],
  device: "Chrome, Windows", location: "Lisbon, Portugal",
};
const PASSKEY = { name: "Somebody's phone" };

function day(seconds) {
  return new Date(seconds * 1000).toLocaleString();
}

function act(text, className, method, path, body) {
  return button(text, className, async () => {
    await api(method, path, body);
    say("");
  });
}

function removed(path) {
  return act("Remove elsewhere", "danger", "DELETE", path);
}

export function inlets(account) {
  const path = `/api/accounts/${account.id}`;
  return [
    ...account.websites.map((one) => row(
      one.domain,
      [`website, with ${one.bot.first_name}`, [one.browser, one.platform, one.ip].filter(Boolean).join(" · ")],
      removed(`${path}/websites/${one.hash}`),
    )),
    ...account.business_bots.map((one) => row(
      one.bot.first_name,
      [one.unconfirmed ? "business bot · unconfirmed" : "business bot", one.rights.join(", ")],
      removed(`${path}/business-bots/${one.bot.id}`),
    )),
    ...account.passkeys.map((one) => row(
      one.name, ["passkey", `since ${day(one.date)}`], removed(`${path}/passkeys/${encodeURIComponent(one.id)}`),
    )),
  ];
}

export function visits(account) {
  const path = `/api/accounts/${account.id}`;
  return [
    act("Somebody asks for a code", "", "POST", `${path}/login-codes`, {}),
    act("A website is signed in to", "", "POST", `${path}/websites`, WEBSITE),
    act("A bot is connected", "", "POST", `${path}/business-bots`, BOT),
    act("A passkey is made", "", "POST", `${path}/passkeys`, PASSKEY),
  ];
}
