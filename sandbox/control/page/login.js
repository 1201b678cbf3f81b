// The form for a login of one's own: any device and place, hostile names too.

import { api, attempt, say } from "/page/api.js";
import { byId, element } from "/page/parts.js";
import { show } from "/page/views.js";

const FIELDS = [
  ["device_model", "Device", "Galaxy S25"], ["platform", "Platform", "Android"], ["system_version", "System", "SDK 36"],
  ["app_name", "App", "Telegram Android"], ["app_version", "Version", "12.1.0"], ["ip", "Address", "198.51.100.7"],
  ["country", "Country", "Norway"], ["region", "Region", "Oslo"],
];
const FLAGS = [["official_app", "Telegram's own app", true], ["password_pending", "2FA password still missing", false]];

function textField([name, label, value]) {
  const input = element("input");
  Object.assign(input, { name, value, maxLength: 200, autocomplete: "off" });
  return element("label", "", element("span", "", label), input);
}

function flagField([name, label, checked]) {
  const input = element("input");
  Object.assign(input, { name, checked, type: "checkbox" });
  return element("label", "flag", input, element("span", "", label));
}

// `accountOf` tells whose account it is at the moment of the login.
export function prepareLogin(accountOf) {
  const form = byId("login");
  form.append(...FIELDS.map(textField), ...FLAGS.map(flagField), element("button", "primary", "Log in"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const device = Object.fromEntries(FIELDS.map(([name]) => [name, form.elements[name].value]));
      for (const [name] of FLAGS) device[name] = form.elements[name].checked;
      show("chat");
      await api("POST", `/api/accounts/${accountOf().id}/authorizations`, device);
      say(`${device.device_model || "A device"} logs in.`);
    });
  });
}
