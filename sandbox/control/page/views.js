// On a narrow screen one part of the page is shown at a time; on a wide one all are, and this changes nothing.

import { byId } from "/page/parts.js";

export function show(view) {
  document.body.dataset.view = view;
  for (const button of document.querySelectorAll("[data-show]")) {
    button.setAttribute("aria-pressed", String(button.dataset.show === view));
  }
  if (view === "wires") byId("log").open = true;
  if (view === "chat") byId("scroll").scrollTop = byId("scroll").scrollHeight;
}

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => show(button.dataset.show));
}
