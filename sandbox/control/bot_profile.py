"""Routes of what a person's app fetches beside the messages: the bot's command menu, and its files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from aiohttp import web

from sandbox.botapi.account import Commands
from sandbox.botapi.server import BotApiServer
from sandbox.control.bodies import path_user_id
from sandbox.control.errors import ControlError
from sandbox.control.guard import answer
from sandbox.people import Person
from sandbox.world import World

#: What a browser may show in the page; anything else is only ever saved.
PICTURES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class BotProfileRoutes:
    """The bot as a person's app knows it."""

    world: World
    botapi: BotApiServer

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/api/chats/{user_id}/commands", self.commands)
        app.router.add_get("/api/files/{file_id}", self.file)

    async def commands(self, request: web.Request) -> web.Response:
        """The menu in this chat: of the narrowest scope that has one, in the person's language if there is one."""
        return answer(self._commands(self.world.person(path_user_id(request))))

    async def file(self, request: web.Request) -> web.Response:
        """A picture to be shown, or a file to be saved."""
        file = self.botapi.account.files.get(request.match_info["file_id"])
        if file is None:
            raise ControlError(404, "no such file")
        kind = next((kind for magic, kind in PICTURES.items() if file.content.startswith(magic)), None)
        shown = kind and "download" not in request.query
        headers = {"Content-Disposition": f"{'inline' if shown else 'attachment'}; filename*=UTF-8''{quote(file.name)}"}
        return web.Response(body=file.content, content_type=kind or "application/octet-stream", headers=headers)

    def _commands(self, person: Person) -> Commands:
        chat = json.dumps({"type": "chat", "chat_id": person.id}, sort_keys=True)
        kept = self.botapi.account.commands
        for scope in (chat, "all_private_chats", "default"):  # core.telegram.org/bots/api#botcommandscope
            for language in (person.language_code, ""):
                if found := kept.get((scope, language)):
                    return found
        return []
