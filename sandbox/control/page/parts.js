// What the page is made of. Everything from the world is text, never markup.

import { attempt } from "/page/page.js";

export function element(name, className, text) {
  const node = document.createElement(name);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

export function button(text, className, action) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", () => attempt(action));
  return node;
}

// A name, lines about it, and what can be done to it.
export function row(title, lines, act) {
  const node = element("div", "session");
  node.append(element("strong", "", title), act, ...lines.filter(Boolean).map((line) => element("span", "faint", line)));
  return node;
}
