// Ties the page together: asks the control API, listens for changes, draws again.

import { drawChat } from "/page/chat.js";
import { drawReply, endReply, repliedTo } from "/page/reply.js";
import { drawAccounts } from "/page/sessions.js";

const byId = (id) => document.getElementById(id);

export async function api(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await response.json();
  if (!response.ok) throw new Error(value.error);
  return value;
}

export function say(text, bad = false) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = !text;
  notice.classList.toggle("bad", bad);
}

// Does something that a person asked for, and says so when it fails.
export async function attempt(action) {
  try {
    await action();
  } catch (error) {
    say(error.message, true);
  }
}

function chosen() {
  return Number(byId("who").value);
}

function drawPeople(world) {
  const who = byId("who");
  const before = who.value;
  const first = [...world.people].sort((a, b) => world.owners.includes(b.id) - world.owners.includes(a.id));
  who.replaceChildren(...first.map((person) => {
    const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
    const label = world.owners.includes(person.id) ? `${name} (owner)` : name;
    return new Option(label, String(person.id), false, String(person.id) === before);
  }));
}

let drawing = false;
let again = false;

async function draw() {
  again = true;
  if (drawing) return;
  drawing = true;
  try {
    while (again) {
      again = false;
      const world = await api("GET", "/api/world");
      drawPeople(world);
      drawAccounts(byId("accounts"), world);
      const person = world.people.find((one) => one.id === chosen());
      byId("block").textContent = person?.blocked_bot ? "Unblock" : "Block";
      byId("block").disabled = byId("text").disabled = !person;
      const messages = person ? await api("GET", `/api/chats/${person.id}/messages`) : [];
      drawReply(messages);  // first: it takes its height from the list
      drawChat(byId("messages"), messages);
    }
    byId("state").textContent = "Live.";
  } catch {
    byId("state").textContent = "The sandbox does not answer.";
  } finally {
    drawing = false;
  }
}

byId("who").addEventListener("change", draw);
byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  const id = repliedTo();
  if (text.trim()) attempt(async () => {
    await api("POST", `/api/chats/${chosen()}/messages`, { text, reply_to_message_id: id });
    byId("text").value = "";
    endReply(id);
    say("");
  });
});
byId("drop").addEventListener("click", () => {
  endReply(repliedTo());
  byId("text").focus();
});
byId("block").addEventListener("click", () => attempt(async () => {
  const method = byId("block").textContent === "Block" ? "PUT" : "DELETE";
  await api(method, `/api/chats/${chosen()}/block`);
}));

const events = new EventSource("/api/events");
events.addEventListener("ready", draw);
events.addEventListener("changed", draw);
events.addEventListener("error", () => { byId("state").textContent = "Connection lost, trying again…"; });
