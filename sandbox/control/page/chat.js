// The chat of the person chosen: its messages, kept where they don't change, and writing to the bot.

import { api, attempt, say } from "/page/api.js";
import { closeMenu } from "/page/menu.js";
import { drawMessage } from "/page/message.js";
import { byId, keep } from "/page/parts.js";
import { drawReply, endReply, repliedTo } from "/page/reply.js";

let shownFor = null;

export function chosen() {
  return Number(byId("who").value);
}

export function send(text, replyTo) {
  return attempt(async () => {
    await api("POST", `/api/chats/${chosen()}/messages`, { text, reply_to_message_id: replyTo });
    say("");
  });
}

function drawPeople(world) {
  const who = byId("who");
  const before = who.value;
  const first = [...world.people].sort((a, b) => world.owners.includes(b.id) - world.owners.includes(a.id));
  const labels = first.map((person) => {
    const name = [person.first_name, person.last_name].filter(Boolean).join(" ");
    return [String(person.id), world.owners.includes(person.id) && name !== "Owner" ? `${name} (owner)` : name];
  });
  if (who.dataset.seen === JSON.stringify(labels)) return;
  who.dataset.seen = JSON.stringify(labels);
  who.replaceChildren(...labels.map(([id, label]) => new Option(label, id, false, id === before)));
}

export async function drawChat(world) {
  drawPeople(world);
  const person = world.people.find((one) => one.id === chosen());
  byId("block").textContent = person?.blocked_bot ? "Unblock" : "Block";
  byId("block").disabled = byId("text").disabled = !person;
  const messages = person ? await api("GET", `/api/chats/${person.id}/messages`) : [];
  const scroll = byId("scroll");
  const another = shownFor !== person?.id;
  shownFor = person?.id;
  const atEnd = another || scroll.scrollTop + scroll.clientHeight >= scroll.scrollHeight - 120;
  drawReply(messages);  // first: it takes its height from the list
  keep(byId("messages"), messages.map((message) => {
    const before = messages.find((one) => one.message_id === message.reply_to_message?.message_id);
    return {
      key: `${message.chat.id}/${message.message_id}`,
      seen: JSON.stringify([message, before]),
      value: { message, before, onCommand: (text) => send(text) },
    };
  }), drawMessage);
  if (atEnd) scroll.scrollTop = scroll.scrollHeight;
}

byId("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = byId("text").value;
  const id = repliedTo();
  if (!text.trim()) return;
  closeMenu();
  attempt(async () => {
    await api("POST", `/api/chats/${chosen()}/messages`, { text, reply_to_message_id: id });
    byId("text").value = "";
    endReply(id);
    say("");
    byId("scroll").scrollTop = byId("scroll").scrollHeight;
  });
});
byId("block").addEventListener("click", () => attempt(async () => {
  const method = byId("block").textContent === "Block" ? "PUT" : "DELETE";
  await api(method, `/api/chats/${chosen()}/block`);
}));
// A picture that has come gives the list its height only now.
byId("messages").addEventListener("load", () => { byId("scroll").scrollTop = byId("scroll").scrollHeight; }, true);
