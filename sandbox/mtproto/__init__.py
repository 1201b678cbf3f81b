"""The MTProto server of the sandbox: what a Telegram data centre says to its clients, on loopback."""
