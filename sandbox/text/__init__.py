"""Telegram's formatted text: parse modes, entities and their rules; pure, no state and no HTTP."""
