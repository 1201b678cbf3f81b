"""Routes of the bot's chats: people write, reply, delete, press, block the bot; and the messages as they stand."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from sandbox.botapi.keyboards import MOST_DATA
from sandbox.chats import LONGEST_TEXT, BlockedError, Press
from sandbox.control.bodies import INT32, LARGEST_ID, body, filled, integer, number, path_user_id, text, wrong
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
        app.router.add_delete(f"{chat}/messages/{{message_id}}", self.delete)
        app.router.add_post(f"{chat}/presses", self.press)
        app.router.add_get(f"{chat}/presses/{{press_id}}", self.pressed)
        app.router.add_put(f"{chat}/block", self.block)
        app.router.add_delete(f"{chat}/block", self.unblock)

    async def messages(self, request: web.Request) -> web.Response:
        """Every message of the chat as it stands now, oldest first; `force_reply` is the sandbox's own addition."""
        chats = self.world.chats
        return answer([chats.reply_markups.shown(message) for message in chats.of(self._person(request).id)])

    async def write(self, request: web.Request) -> web.Response:
        """The person writes to the bot; one whom the world doesn't know comes into it as a stranger."""
        user_id = path_user_id(request)
        fields = {"text": _message, "reply_to_message_id": integer(1, INT32)}
        given = await body(request, fields, required=("text",))
        person = self.world.people.get(user_id) or Person(id=user_id, first_name="Stranger")
        reply_to = self._message(person, given["reply_to_message_id"]) if "reply_to_message_id" in given else None
        try:
            message = self.world.chats.wrote(person, given["text"], reply_to=reply_to)
        except BlockedError:
            raise ControlError(409, f"{user_id} has blocked the bot; unblock it, or send /start") from None
        self.world.people.setdefault(user_id, person)
        return answer(message, status=201)

    async def delete(self, request: web.Request) -> web.Response:
        """The person deletes a message of either side, for both."""
        person = self._person(request)
        given = request.match_info["message_id"]
        message_id = integer(1, INT32)("message_id", int(given) if re.fullmatch(r"[0-9]{1,10}", given) else given)
        self.world.chats.delete(person, self._message(person, message_id)["message_id"])
        return answer({"deleted": True})

    async def press(self, request: web.Request) -> web.Response:
        """The person presses a button, named by its text or its data; `wait` seconds for the bot's answer.

        `data` in place of `button`: an altered app sends this, be there such a button or not; with a `group` of a
        message there.
        """
        fields = {
            "message_id": integer(1, INT32),
            "button": text,
            "data": _made_up,
            "group": integer(-LARGEST_ID, -1),
            "wait": number(0, LONGEST_WAIT),
        }
        given = await body(request, fields, required=("message_id",))
        if ("button" in given) is ("data" in given):
            raise ControlError(400, "send one of 'button', which is there, and 'data', which is made up")
        if "group" in given and "data" not in given:
            raise ControlError(400, "the bot has no buttons in groups; send 'data'")
        person = self._person(request)
        message = self._pressed_message(person, given["message_id"], given.get("group"))
        data = given["data"] if "data" in given else _data(message, given["button"])
        press = self.world.chats.press(person, message, data)
        return answer(await _outcome(press, given.get("wait", 0)), status=201)

    def _pressed_message(self, person: Person, message_id: int, group: int | None) -> dict[str, Any]:
        if group is not None:  # the world has no groups: a message that is out of the bot's reach
            return {"chat": {"id": group, "title": "Group", "type": "supergroup"}, "message_id": message_id, "date": 0}
        return self._message(person, message_id)

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

    def _message(self, person: Person, message_id: int) -> dict[str, Any]:
        message = self.world.chats.message(person.id, message_id)
        if message is None:
            raise ControlError(404, f"no message {message_id} in the chat of {person.id}")
        return message


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


def _made_up(name: str, value: Any) -> str:
    if len(text(name, value).encode()) > MOST_DATA:
        raise wrong(name, value, f"at most {MOST_DATA} bytes")
    return str(value)


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
