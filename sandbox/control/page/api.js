// Asks the control API, and says what came of it.

import { byId } from "/page/parts.js";

export async function api(method, path, body) {
  const response = await fetch(path, {
    method,
    headers: body === undefined ? {} : { "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const value = await response.json();
  if (!response.ok) throw new Error(value.error);
  return value;
}

export function say(text, bad = false) {
  const notice = byId("notice");
  notice.textContent = text;
  notice.hidden = !text;
  notice.classList.toggle("bad", bad);
}

// Does something that a person asked for, and says so when it fails.
export async function attempt(action) {
  try {
    await action();
  } catch (error) {
    say(error.message, true);
  }
}
