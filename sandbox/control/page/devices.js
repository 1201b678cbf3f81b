// Who logs in, in the stories: devices, apps and places; addresses are from the ranges kept for documentation.

export const PHONE = {
  device_model: "Pixel 9", platform: "Android", system_version: "SDK 36", app_name: "Telegram Android",
  app_version: "12.1.0", api_id: 6, official_app: true, ip: "192.0.2.17", country: "Sweden", region: "Malmo",
};
export const STRANGER = {
  device_model: "Desktop", platform: "Windows", system_version: "Windows 11", app_name: "Unknown client",
  app_version: "1.0", api_id: 94575, ip: "203.0.113.140", country: "Chile", region: "Santiago",
};
export const THIEF = {
  device_model: "Xiaomi 13", platform: "Android", system_version: "SDK 34", app_name: "Telegram Android",
  app_version: "11.8.2", ip: "203.0.113.77", country: "Portugal", region: "Lisbon",
};
export const HALF = {
  device_model: "iPhone 15", platform: "iOS", system_version: "18.4", app_name: "Telegram iOS",
  app_version: "11.10", api_id: 10840, official_app: true, ip: "198.51.100.201", country: "Japan", region: "Osaka",
};
export const WEBSITE = {
  domain: "tickets.example", browser: "Firefox", platform: "Linux", ip: "203.0.113.77", region: "Lisbon, Portugal",
};
export const BOT = {
  bot: { first_name: "Sales assistant" }, rights: ["read_messages", "reply"], recipients: ["existing_chats", "new_chats"],
  device: "Chrome, Windows", location: "Lisbon, Portugal",
};
export const PASSKEY = { name: "Somebody's phone" };
