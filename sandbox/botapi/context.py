"""All that a method of the Bot API works on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sandbox.botapi.account import Account
from sandbox.botapi.errors import bad_request, forbidden
from sandbox.botapi.polling import Polling
from sandbox.botapi.webhook import Webhook
from sandbox.people import Person
from sandbox.world import World

Params = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The world, the bot's account, and the two ways to its updates."""

    world: World
    account: Account
    polling: Polling
    webhook: Webhook

    def person(self, params: Params, *, writing: bool = False, key: str = "chat_id") -> Person:
        """Whose private chat a call is about; raises ApiError in the server's words.

        `writing`: the call needs to reach the person, who must have begun the chat and not blocked the bot.
        """
        person = self._named(params[key])
        if person is None:
            raise bad_request("chat not found")
        if person.id not in self.world.chats.started:
            raise forbidden("bot can't initiate conversation with a user") if writing else bad_request("chat not found")
        if writing and person.blocked_bot:
            raise forbidden("bot was blocked by the user")
        return person

    def chat(self, params: Params) -> int | None:
        """The id of the chat that a call names, be it there or not; None when it names none."""
        chat_id = params.get("chat_id")
        if isinstance(chat_id, str):
            person = self._named(chat_id)
            return person.id if person else None
        return chat_id

    def _named(self, chat_id: int | str) -> Person | None:
        if isinstance(chat_id, int):
            return self.world.people.get(chat_id)
        wanted = chat_id.removeprefix("@").lower()
        people = (p for p in self.world.people.values() if p.username and p.username.lower() == wanted)
        return next(people, None) if chat_id.startswith("@") else None


Method = Callable[[Context, Params], Awaitable[Any]]
