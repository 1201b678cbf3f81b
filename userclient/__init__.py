"""The worker that holds the guard session: it watches the account and does what the bot asks."""
