// Draws one message: what it replies to, its picture or file, its text, its buttons, its time.

import { api, attempt, say } from "/page/api.js";
import { button, element } from "/page/parts.js";
import { replyTo, summary } from "/page/reply.js";
import { formatted } from "/page/text.js";

function time(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

async function press(message, { callback_data: data }, node) {
  node.setAttribute("aria-busy", "true");
  await attempt(async () => {
    const body = { message_id: message.message_id, button: data, wait: 10 };
    const { answer } = await api("POST", `/api/chats/${message.chat.id}/presses`, body);
    say(answer ? answer.text ?? "" : "The bot has not answered this press.", !answer);
  });
  node.removeAttribute("aria-busy");
}

function keyboard(message) {
  const rows = message.reply_markup.inline_keyboard.map((row) => element("div", "row", ...row.map((one) => {
    const node = button(one.text, "", () => press(message, one, node));
    node.disabled = !("callback_data" in one);
    if (one.url) node.title = one.url;
    return node;
  })));
  const keys = element("div", "keyboard", ...rows);
  keys.setAttribute("role", "group");
  keys.setAttribute("aria-label", "Buttons of this message");
  return keys;
}

function picture(message) {
  const { file_id: id, width, height } = message.photo.at(-1);
  const image = element("img");
  image.src = `/api/files/${encodeURIComponent(id)}`;
  image.alt = message.caption ?? "Picture";
  image.width = width;
  image.height = height;
  const link = element("a", "picture", image);
  link.href = image.src;
  link.target = "_blank";
  return link;
}

function file({ file_id: id, file_name: name, file_size: size }) {
  const link = element("a", "file", element("strong", "", name), element("span", "faint", `${Math.ceil(size / 1024)} KB`));
  link.href = `/api/files/${encodeURIComponent(id)}?download`;
  link.download = name;
  return link;
}

function foot(message) {
  const path = `/api/chats/${message.chat.id}/messages/${message.message_id}`;
  return element(
    "div", "foot",
    button("Reply", "quiet", () => replyTo(message)),
    button("Delete", "quiet", () => attempt(() => api("DELETE", path))),
    element("span", "faint", (message.edit_date ? "edited " : "") + time(message.date)),
  );
}

export function drawMessage({ message, before, onCommand }) {
  const bubble = element("div", "bubble");
  if (message.reply_to_message) bubble.append(element("div", "replied", summary(before)));
  if (message.photo) bubble.append(picture(message));
  if (message.document) bubble.append(file(message.document));
  const text = message.text ?? message.caption ?? "";
  const said = element("div", "said", ...formatted(text, message.entities ?? message.caption_entities, onCommand));
  said.dir = "auto";
  bubble.append(said, foot(message));
  const item = element("li", message.from.is_bot ? "" : "own", element("span", "unseen", `${message.from.first_name}:`), bubble);
  if (message.reply_markup) item.append(keyboard(message));
  return item;
}
