// Draws a text with its formatting, as Telegram's entities tell it.

import { element } from "/page/parts.js";

const TAGS = {
  bold: "strong", italic: "em", underline: "u", strikethrough: "s", code: "code", pre: "code",
  blockquote: "q", expandable_blockquote: "q",
};

function spoiler() {
  const node = element("button", "spoiler");
  node.type = "button";
  node.title = "Show";
  node.addEventListener("click", () => node.classList.add("shown"), { once: true });
  return node;
}

function wrapper({ type, url }) {
  if (type === "spoiler") return spoiler();
  const node = element(TAGS[type] ?? "span", type);
  if (url) node.title = url;  // shown, not followed: nothing is fetched from elsewhere
  return node;
}

// Cuts the text wherever an entity begins or ends; JavaScript counts UTF-16 units as Telegram does.
export function formatted(text, entities = [], onCommand = null) {
  const edges = new Set([0, text.length]);
  for (const { offset, length } of entities) edges.add(offset).add(offset + length);
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((begin, index) => {
    const piece = text.slice(begin, cuts[index + 1]);
    const over = entities.filter((one) => one.offset <= begin && begin < one.offset + one.length);
    return over.reduceRight((inner, entity) => {
      const node = entity.type === "bot_command" && onCommand ? command(piece, onCommand) : wrapper(entity);
      if (!node.hasChildNodes()) node.append(inner);
      return node;
    }, document.createTextNode(piece));
  });
}

function command(text, onCommand) {
  const node = element("button", "bot_command", text);
  node.type = "button";
  node.addEventListener("click", () => onCommand(text));
  return node;
}
