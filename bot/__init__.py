"""The bot that shows, alerts and asks; it knows nothing of MTProto."""
