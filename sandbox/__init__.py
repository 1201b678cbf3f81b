"""A Telegram on loopback for tests and the demo; it knows nothing of Doorman's own code."""
