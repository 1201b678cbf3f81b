"""Bringing screens to chats: in order for each owner, through floods, blocks and crashes, and each once."""
