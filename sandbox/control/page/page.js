// Ties the page together: listens for changes, asks the control API, draws again.

import { api } from "/page/api.js";
import { drawChat } from "/page/chat.js";
import { prepareLogin } from "/page/login.js";
import { byId } from "/page/parts.js";
import { drawAccounts } from "/page/sessions.js";
import { drawStories } from "/page/stories.js";
import { drawWires } from "/page/wires.js";

let account = null;
let drawing = false;
let again = false;

function state(name, text) {
  byId("state").dataset.state = name;
  if (byId("state").textContent !== text) byId("state").textContent = text;
}

async function draw() {
  again = true;
  if (drawing) return;
  drawing = true;
  try {
    while (again) {
      again = false;
      const [world, levers] = await Promise.all([api("GET", "/api/world"), api("GET", "/api/levers")]);
      account = world.accounts[0] ?? null;
      drawStories(account, levers);
      drawAccounts(byId("accounts"), world.accounts);
      await drawChat(world);
    }
    state("live", "Live");
  } catch {
    state("lost", "The sandbox does not answer");
  } finally {
    drawing = false;
  }
}

prepareLogin(() => account);
byId("who").addEventListener("change", draw);
const events = new EventSource("/api/events");
events.addEventListener("ready", () => { draw(); drawWires(); });
events.addEventListener("changed", draw);
events.addEventListener("called", drawWires);
events.addEventListener("error", () => state("lost", "Connection lost, trying again…"));
