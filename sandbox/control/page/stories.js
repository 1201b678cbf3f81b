// The ready stories: each is one press, and what is told of it comes to the chat.

import { api, attempt, say } from "/page/api.js";
import { BOT, HALF, PASSKEY, PHONE, STRANGER, THIEF, WEBSITE } from "/page/devices.js";
import { button, byId, element, keep } from "/page/parts.js";
import { show } from "/page/views.js";

const DAY = 86400;

const of = (account) => `/api/accounts/${account.id}`;
const logIn = (device) => (account) => api("POST", `${of(account)}/authorizations`, device);

// A session of the account's own, old enough that Telegram lets it do everything; never one that is connected here.
function ownSession(account) {
  const old = Date.now() / 1000 - DAY;
  const own = account.authorizations.filter((one) => !one.connected && one.date_created < old);
  if (!own.length) throw new Error("The account has no old session left; let the phone log in, or start the demo anew.");
  return own.at(-1);
}

async function stealKey(account) {
  const stolen = ownSession(account);
  await api("PATCH", `${of(account)}/authorizations/${stolen.hash}`, { ...THIEF, date_active: Math.floor(Date.now() / 1000) });
}

async function endAllOthers(account) {
  await api("POST", `${of(account)}/resets`, { by: ownSession(account).hash });
}

const STORIES = [
  { key: "phone", text: "Your new phone", about: "Telegram's own app, at home.", run: logIn(PHONE) },
  { key: "stranger", text: "A stranger abroad", about: "Unknown app, another continent.", run: logIn(STRANGER) },
  { key: "stolen", text: "A stolen key", about: "An old session moves abroad.", run: stealKey },
  { key: "code", text: "Somebody asks for a code", about: "Nobody is in yet.",
    run: (account) => api("POST", `${of(account)}/login-codes`, {}) },
  { key: "half", text: "Half a login", about: "The 2FA password is missing.",
    run: logIn({ ...HALF, password_pending: true }) },
  { key: "website", text: "A website is signed in to", about: "By way of Telegram, from abroad.",
    run: (account) => api("POST", `${of(account)}/websites`, WEBSITE) },
  { key: "reset", text: "All others are ended", about: "Doorman's own session too.",
    run: endAllOthers, danger: true },
];
const BANNED = { key: "ban", text: "The account is banned", about: "Telegram answers nobody in it.", danger: true,
  run: (account) => api("PATCH", of(account), { deactivated: "banned" }) };
const UNBANNED = { key: "ban", text: "Lift the ban", about: "Telegram answers again.",
  run: (account) => api("PATCH", of(account), { deactivated: false }) };
const MORE = [
  { key: "bot", text: "A bot is connected", about: "It reads the account's chats and may reply.",
    run: (account) => api("POST", `${of(account)}/business-bots`, BOT) },
  { key: "passkey", text: "A passkey is made", about: "From now on it logs in without a code.",
    run: (account) => api("POST", `${of(account)}/passkeys`, PASSKEY) },
];

const levered = (lever) => ({
  ...lever, key: `lever-${lever.name}`, run: () => api("POST", `/api/levers/${encodeURIComponent(lever.name)}/pulls`, {}),
});

function drawStory({ story, account }) {
  const node = button("", story.danger ? "story danger" : "story", () => attempt(async () => {
    show("chat");
    await story.run(account);
    say(`${story.text}.`);
  }));
  node.append(element("strong", "", story.text), " ", element("span", "faint", story.about));
  return node;
}

function put(place, stories, account) {
  keep(place, stories.map((story) => ({
    key: story.key, seen: JSON.stringify([story, account]), value: { story, account },
  })), drawStory);
}

export function drawStories(account, levers) {
  const stories = account ? [...STORIES, account.deactivated ? UNBANNED : BANNED] : [];
  put(byId("stories"), [...stories, ...levers.map(levered)], account);
  put(byId("more"), account ? MORE : [], account);
}
