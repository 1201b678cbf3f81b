// The log of what crosses the wires: the last calls, newest first, each to be opened; fetched while somebody looks.

import { api } from "/page/api.js";
import { byId, element } from "/page/parts.js";

const MOST = 200;
let last = 0;
let asking = false;

const clock = (iso) => new Date(iso).toLocaleTimeString([], { hour12: false });

function outcome({ answer }) {
  if (answer === null) return ["under way", "faint"];
  const error = answer?.error?.message ?? (answer?.ok === false ? answer.description ?? answer.dropped : null);
  return error ? [error, "failed"] : ["ok", "faint"];
}

function drawCall(call) {
  const [said, kind] = outcome(call);
  const summary = element(
    "summary", "",
    element("span", "faint at", clock(call.at)),
    element("span", `layer ${call.layer}`, call.layer === "mtproto" ? "MTProto" : "Bot API"),
    element("code", "", call.method),
    element("span", `outcome ${kind}`, said),
  );
  const open = element("details", "", summary);
  // What is in it is written out when it is opened: most never are.
  open.addEventListener("toggle", () => {
    if (open.querySelector("pre")) return;
    for (const [title, value] of [["Parameters", call.params], ["Answer", call.answer]]) {
      const text = element("pre", "", JSON.stringify(value, null, 2));
      text.tabIndex = 0;
      text.setAttribute("aria-label", `${title} of ${call.method}`);
      open.append(element("p", "faint", title), text);
    }
  });
  const item = element("li", "", open);
  item.dataset.layer = call.layer;
  return item;
}

export async function drawWires() {
  if (!byId("log").open || asking) return;
  asking = true;
  try {
    const calls = await api("GET", `/api/wires?since=${last}`);
    if (calls.length) last = calls.at(-1).number;
    byId("calls").prepend(...calls.reverse().map(drawCall));
    while (byId("calls").children.length > MOST) byId("calls").lastElementChild.remove();
    byId("count").textContent = last ? `${last} calls so far` : "";
  } finally {
    asking = false;
  }
}

byId("log").addEventListener("toggle", drawWires);
byId("layer").addEventListener("change", (event) => { byId("calls").dataset.only = event.target.value; });
