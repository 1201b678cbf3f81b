"""The sandbox's Bot API server: what api.telegram.org answers to a bot."""
