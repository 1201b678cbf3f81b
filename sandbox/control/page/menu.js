// The command menu: opened by its button or by a slash, narrowed by typing, walked by the arrow keys.

import { api, attempt } from "/page/api.js";
import { button, byId, element } from "/page/parts.js";

const menu = byId("menu");
const opener = byId("open-menu");
const input = byId("text");

export function closeMenu() {
  menu.hidden = true;
  opener.setAttribute("aria-expanded", "false");
}

async function open(begins) {
  const commands = await api("GET", `/api/chats/${byId("who").value}/commands`);
  const found = commands.filter(({ command }) => `/${command}`.startsWith(begins));
  menu.replaceChildren(...found.map(({ command, description }) => element("li", "", choice(command, description))));
  menu.hidden = !found.length;
  opener.setAttribute("aria-expanded", String(!menu.hidden));
}

function choice(command, description) {
  const node = button("", "", () => {
    input.value = `/${command}`;
    closeMenu();
    input.focus();
    byId("write").requestSubmit();
  });
  node.append(element("strong", "", `/${command}`), " ", element("span", "faint", description));
  return node;
}

function step(by) {
  const choices = [...menu.querySelectorAll("button")];
  const at = choices.indexOf(document.activeElement) + by;
  (choices[at] ?? input).focus();
}

opener.addEventListener("click", () => attempt(async () => {
  if (!menu.hidden) return closeMenu();
  await open("/");
  menu.querySelector("button")?.focus();
}));
input.addEventListener("input", () => attempt(async () => {
  if (/^\/\S*$/.test(input.value)) await open(input.value);
  else closeMenu();
}));
for (const place of [menu, input]) place.addEventListener("keydown", (event) => {
  if (menu.hidden) return;
  if (event.key === "Escape") {
    closeMenu();
    input.focus();
  } else if (event.key === "ArrowDown") step(1);
  else if (event.key === "ArrowUp") {
    if (place === input) [...menu.querySelectorAll("button")].at(-1)?.focus();
    else step(-1);
  } else return;
  event.preventDefault();
});
document.addEventListener("click", (event) => {
  if (!menu.contains(event.target) && event.target !== opener && event.target !== input) closeMenu();
});
