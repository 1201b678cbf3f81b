"""Routes of the bot's chats: people write, press buttons, block the bot; and the messages as they stand."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.chats import LONGEST_TEXT, BlockedError, Press
from sandbox.control.bodies import INT32, body, filled, integer, number, path_user_id, text, wrong
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.people import Person
from sandbox.text.spans import utf16_length
from sandbox.world import World

LONGEST_WAIT = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationRoutes:
    """What people do in their chats with the bot."""

    world: World

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        chat = "/api/chats/{user_id}"
        app.router.add_get(f"{chat}/messages", self.messages)
        app.router.add_post(f"{chat}/messages", self.write)
        app.router.add_post(f"{chat}/presses", self.press)
        app.router.add_get(f"{chat}/presses/{{press_id}}", self.pressed)
        app.router.add_put(f"{chat}/block", self.block)
        app.router.add_delete(f"{chat}/block", self.unblock)

    async def messages(self, request: web.Request) -> web.Response:
        """Every message of the chat as it stands now, oldest first."""
        return answer(self.world.chats.of(self._person(request).id))

    async def write(self, request: web.Request) -> web.Response:
        """The person writes to the bot; one whom the world doesn't know comes into it as a stranger."""
        user_id = path_user_id(request)
        given = await body(request, {"text": _message}, required=("text",))
        person = self.world.people.get(user_id) or Person(id=user_id, first_name="Stranger")
        try:
            message = self.world.chats.wrote(person, given["text"])
        except BlockedError:
            raise ControlError(409, f"{user_id} has blocked the bot; unblock it, or send /start") from None
        self.world.people.setdefault(user_id, person)
        return answer(message, status=201)

    async def press(self, request: web.Request) -> web.Response:
        """The person presses a button, named by its text or its data; `wait` seconds for the bot's answer."""
        fields = {"message_id": integer(1, INT32), "button": text, "wait": number(0, LONGEST_WAIT)}
        given = await body(request, fields, required=("message_id", "button"))
        person = self._person(request)
        message = self.world.chats.message(person.id, given["message_id"])
        if message is None:
            raise ControlError(404, f"no message {given['message_id']} in the chat of {person.id}")
        press = self.world.chats.press(person, message, _data(message, given["button"]))
        return answer(await _outcome(press, given.get("wait", 0)), status=201)

    async def pressed(self, request: web.Request) -> web.Response:
        """What the bot answered to a press; ?wait=5 waits that long for it."""
        press = self.world.chats.presses.get(request.match_info["press_id"])
        if press is None or press.user_id != self._person(request).id:
            raise ControlError(404, f"no press {request.match_info['press_id']!r} in this chat")
        wait = request.query.get("wait", "0")
        if not re.fullmatch(r"\d{1,2}(?:\.\d+)?", wait) or float(wait) > LONGEST_WAIT:
            raise wrong("wait", wait, f"seconds from 0 to {LONGEST_WAIT}")
        return answer(await _outcome(press, float(wait)))

    async def block(self, request: web.Request) -> web.Response:
        """The person blocks the bot."""
        self.world.chats.block(self._person(request), blocked=True)
        return answer({"blocked": True})

    async def unblock(self, request: web.Request) -> web.Response:
        """The person unblocks the bot."""
        self.world.chats.block(self._person(request), blocked=False)
        return answer({"blocked": False})

    def _person(self, request: web.Request) -> Person:
        return self.world.person(path_user_id(request))


def _message(name: str, value: Any) -> str:
    """A text as a person can send it."""
    if isinstance(value, str) and utf16_length(value.strip()) > LONGEST_TEXT:
        raise ControlError(400, f"{name!r} is {utf16_length(value)} UTF-16 units long; send at most {LONGEST_TEXT}")
    return filled(name, value)


async def _outcome(press: Press, wait: float) -> dict[str, Any]:
    """The press, and the bot's answer if it came in time."""
    if press.answer is None and wait:
        try:
            async with asyncio.timeout(wait):
                await press.answered.wait()
        except TimeoutError:
            pass
    return {"callback_query_id": press.id, "answer": press.answer}


def _data(message: dict[str, Any], wanted: str) -> str:
    """The callback data of the button with that data or text; raises ControlError."""
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    buttons = [button for row in rows for button in row]
    named = [b for b in buttons if b.get("callback_data") == wanted] or [b for b in buttons if b["text"] == wanted]
    there = [{"text": b["text"], "data": b.get("callback_data")} for b in buttons]
    if not named:
        raise ControlError(404, f"no button {wanted!r} under message {message['message_id']}", buttons=there)
    if len({b.get("callback_data") for b in named}) > 1:
        raise ControlError(409, f"several buttons say {wanted!r}; name one by its data", buttons=there)
    if "callback_data" not in named[0]:
        raise ControlError(409, f"the button {wanted!r} sends the bot nothing; it opens something", buttons=there)
    return str(named[0]["callback_data"])
