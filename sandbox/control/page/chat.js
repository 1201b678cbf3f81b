// Draws messages: text with its formatting, what it replies to, buttons, times.
// Everything from the world is text, never markup.

import { api, attempt, say } from "/page/page.js";
import { replyTo, summary } from "/page/reply.js";

function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

// Cut the text wherever an entity begins or ends; JavaScript counts UTF-16 units as Telegram does.
function formatted(text, entities) {
  const edges = new Set([0, text.length]);
  for (const { offset, length } of entities) edges.add(offset).add(offset + length);
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((begin, index) => {
    const over = entities.filter((one) => one.offset <= begin && begin < one.offset + one.length);
    const piece = element("span", over.map((one) => one.type).join(" "), text.slice(begin, cuts[index + 1]));
    const link = over.find((one) => one.url);
    if (link) piece.title = link.url;
    return piece;
  });
}

function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function press(message, button) {
  return attempt(async () => {
    const path = `/api/chats/${message.chat.id}/presses`;
    const body = { message_id: message.message_id, button: button.callback_data, wait: 10 };
    const { answer } = await api("POST", path, body);
    say(answer ? answer.text ?? "" : "The bot has not answered this press.", !answer);
  });
}

function keyboard(message) {
  const rows = element("div", "keyboard");
  for (const row of message.reply_markup.inline_keyboard) {
    const line = element("div");
    for (const button of row) {
      const node = element("button", "", button.text);
      node.type = "button";
      node.disabled = !("callback_data" in button);
      node.title = button.url ?? "";
      node.addEventListener("click", () => press(message, button));
      line.append(node);
    }
    rows.append(line);
  }
  return rows;
}

function action(text, run) {
  const node = element("button", "", text);
  node.type = "button";
  node.addEventListener("click", run);
  return node;
}

function footer(message) {
  const line = element("div", "meta", time(message.date) + (message.edit_date ? ", edited" : ""));
  const path = `/api/chats/${message.chat.id}/messages/${message.message_id}`;
  line.append(
    action("Reply", () => replyTo(message)),
    action("Delete", () => attempt(async () => { await api("DELETE", path); say(""); })),
  );
  return line;
}

function drawn(message, messages) {
  const item = element("li", message.from.is_bot ? "" : "own");
  const bubble = element("div", "bubble");
  const before = message.reply_to_message?.message_id;
  if (before) bubble.append(element("div", "replied", summary(messages.find((one) => one.message_id === before))));
  const kind = ["document", "photo"].find((name) => name in message);
  if (kind) bubble.append(element("div", "faint", message.document?.file_name ?? "Picture"));
  bubble.append(...formatted(message.text ?? message.caption ?? "", message.entities ?? message.caption_entities ?? []));
  item.append(bubble);
  if (message.reply_markup) item.append(keyboard(message));
  item.append(footer(message));
  return item;
}

let last = "";

export function drawChat(list, messages) {
  const now = JSON.stringify(messages);
  if (now === last) return;
  last = now;
  const atEnd = list.scrollTop + list.clientHeight >= list.scrollHeight - 100;
  list.replaceChildren(...messages.map((message) => drawn(message, messages)));
  if (atEnd) list.scrollTop = list.scrollHeight;
}
