"""All that speaks Telethon: the client, the guard's few requests, signing in, and the words of both sides."""
