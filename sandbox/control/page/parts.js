// What the page is made of. Everything from the world is text, never markup.

export const byId = (id) => document.getElementById(id);

export function element(name, className, ...content) {
  const node = document.createElement(name);
  if (className) node.className = className;
  node.append(...content.filter((one) => one !== undefined && one !== null && one !== false));
  return node;
}

export function button(text, className, action) {
  const node = element("button", className, text);
  node.type = "button";
  node.addEventListener("click", () => action(node));
  return node;
}

// Puts these nodes into the place; those that are there already and need not change are left alone, with their focus.
// Each item has a key and a `seen` text: where both are as before, its node stays.
export function keep(place, items, draw) {
  const before = new Map([...place.children].map((node) => [node.dataset.key, node]));
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  let focus = null;
  const nodes = items.map((item) => {
    const old = before.get(item.key);
    if (old && old.seen === item.seen) return old;
    const node = draw(item.value);
    node.dataset.key = item.key;
    node.seen = item.seen;
    if (old?.open) node.open = true;
    if (old?.contains(focused)) focus = [node, [...old.querySelectorAll("button")].indexOf(focused)];
    old?.replaceWith(node);
    return node;
  });
  const kept = new Set(nodes);
  for (const node of [...place.children]) if (!kept.has(node)) node.remove();
  nodes.forEach((node, at) => {
    if (place.children[at] !== node) place.insertBefore(node, place.children[at] ?? null);
  });
  if (focus) focusAgain(...focus);
}

// A button that was pressed is often another after the answer: the one in its place gets the focus, else what it is in.
function focusAgain(node, at) {
  const buttons = [...node.querySelectorAll("button")];
  const next = buttons[Math.min(at, buttons.length - 1)] ?? node;
  if (next === node) node.tabIndex = -1;
  next.focus({ preventScroll: true });
}
