"""The ways beside the chat to be told, ALERT_URLS: each address, one message to it, and an account's news on it."""
