// What the next message replies to: one that the person chose, else the newest that asks for a reply, until dropped.

import { byId } from "/page/parts.js";

const done = new Set();
let chosen = null;
let current = null;
let shown = [];

export function summary(message) {
  if (!message) return "Deleted message";
  const text = message.text ?? message.caption ?? "";
  return text.trim() || (message.document?.file_name ?? "Picture");
}

export function drawReply(messages) {
  shown = messages;
  const asking = messages.findLast((one) => one.force_reply && !one.force_reply.answered && !done.has(one.message_id));
  current = messages.find((one) => one.message_id === chosen) ?? asking ?? null;
  byId("reply").hidden = !current;
  byId("replied").textContent = current ? summary(current) : "";
  byId("text").placeholder = current?.force_reply?.input_field_placeholder ?? "Message";
}

export function replyTo(message) {
  chosen = message.message_id;
  drawReply(shown);
  byId("text").focus();
}

// The id of the message that the next one replies to; undefined for none.
export function repliedTo() {
  return current?.message_id;
}

// The reply to that message was sent, or the person dropped it.
export function endReply(id) {
  done.add(id);
  if (chosen === id) chosen = null;
  drawReply(shown);
}

byId("drop").addEventListener("click", () => {
  endReply(repliedTo());
  byId("text").focus();
});
