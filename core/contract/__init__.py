"""All that crosses Redis: every event, command, reply, key and stream name."""
