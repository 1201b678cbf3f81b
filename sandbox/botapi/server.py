"""The Bot API's HTTP server: token, method, parameters in; `ok` and a result or an error out; every call logged."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from sandbox.botapi.account import Account
from sandbox.botapi.context import Context
from sandbox.botapi.errors import ApiError
from sandbox.botapi.incoming import LARGEST_FILE, Raw, Upload, read
from sandbox.botapi.methods import METHODS
from sandbox.botapi.polling import Polling
from sandbox.botapi.schema import Schema
from sandbox.botapi.webhook import Webhook
from sandbox.calls import Call
from sandbox.listening import serving
from sandbox.world import World

log = logging.getLogger(__name__)

SECRET = "AA-sandbox-token-not-real-0000000000"  # noqa: S105  # made up, good for nothing but the sandbox
METHOD_NOT_FOUND = "Not Found: method not found"
# What a fault may be instead of an error text.
DROP, DROP_AFTER, TIMEOUT = "DROP", "DROP_AFTER", "TIMEOUT"


class DropConnectionError(Exception):
    """The connection ends without an answer."""


class BotApiServer:
    """A Bot API over one world, for one bot."""

    def __init__(self, world: World) -> None:
        self.url = ""
        self.token = f"{world.chats.bot['id']}:{SECRET}"
        self.webhook = Webhook(queue=world.chats.updates, reply=self._replied)
        self.account = Account()
        self._world = world
        self._schema = Schema.load()
        self.polling = Polling(world.chats.updates)
        self._context = Context(world=world, account=self.account, polling=self.polling, webhook=self.webhook)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """Serve on 127.0.0.1 on a free port."""
        app = web.Application(client_max_size=LARGEST_FILE + 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
        app.router.add_route("*", "/{rest:.*}", _no_such_path)
        failure: BaseException | None = None
        async with serving(app, port=0) as port:
            self.url = f"http://127.0.0.1:{port}"
            async with asyncio.TaskGroup() as group:
                delivering = group.create_task(self.webhook.deliver())
                try:
                    yield
                except BaseException as error:  # noqa: BLE001  # raised below, for the group would wrap it
                    failure = error
                delivering.cancel()
        if failure is not None:
            raise failure

    async def _call(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request.match_info["token"]):
            return _answer(refusal)
        try:
            raw, files = await read(request)
            body = await self._handle(request.match_info["method"], raw, files)
        except ApiError as error:
            body = error.as_json()
        except DropConnectionError:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        return _answer(body)

    def _refusal(self, token: str) -> dict[str, Any] | None:
        if token == self.token:
            return None
        bot_id, colon, secret = token.partition(":")
        if not (colon and secret and bot_id.isdecimal()):
            return ApiError(404, "Not Found").as_json()
        return ApiError(401, "Unauthorized").as_json()

    async def _handle(self, method: str, raw: Raw, files: dict[str, Upload]) -> dict[str, Any]:
        """The answer's body; the call in the log, except a poll that brought nothing."""
        name = self._schema.methods.get(method.lower(), (method,))[0]
        params, refusal = self._read(name, raw, files)
        logged = {**raw, **files, **params}
        call = None if name == "getUpdates" else self._begin(name, logged)
        try:
            body = {"ok": True, "result": await self._done(name, params, refusal)}
        except ApiError as error:
            body = error.as_json()
        except DropConnectionError as dropped:
            self._world.calls.answered(call or self._begin(name, logged), {"ok": False, "dropped": str(dropped)})
            raise
        except Exception as error:  # a mistake of the sandbox's own must not pass for a broken network
            log.exception("botapi_call_failed method=%s", name)
            body = ApiError(500, f"Internal Server Error: a mistake in the sandbox itself: {error!r}").as_json()
        if call is not None or body.get("result") != []:
            self._world.calls.answered(call or self._begin(name, logged), body)
        return body

    def _read(self, name: str, raw: Raw, files: dict[str, Upload]) -> tuple[dict[str, Any], ApiError | None]:
        """The parameters with their types, or why they are refused."""
        if name.lower() not in self._schema.methods:
            return {}, ApiError(404, METHOD_NOT_FOUND)
        if unknown := self._schema.unknown(name, raw):
            log.warning("unknown_parameters method=%s names=%s", name, ",".join(unknown))
        try:
            return self._schema.read(name, raw, files), None
        except ApiError as error:
            return {}, error

    async def _done(self, name: str, params: dict[str, Any], refusal: ApiError | None) -> Any:
        """The method's result; faults come first, or after it."""
        fault = self._world.faults.take("botapi", name, chat=self._context.chat(params))
        if fault is not None and fault.delay is not None:
            return await self._late(fault.delay, name, params, refusal)
        if fault is not None and fault.message == TIMEOUT:
            await asyncio.Event().wait()  # until the caller gives up, or the server stops
        if fault is not None and fault.message == DROP:
            raise DropConnectionError(DROP)
        if fault is not None and fault.message != DROP_AFTER:
            raise ApiError(fault.code, fault.message, fault.parameters)
        result = await self._ran(name, params, refusal)
        if fault is not None:
            raise DropConnectionError(DROP_AFTER)
        return result

    async def _late(self, delay: float, name: str, params: dict[str, Any], refusal: ApiError | None) -> Any:
        try:
            result = await self._ran(name, params, refusal)
        except ApiError:
            await asyncio.sleep(delay)
            raise
        await asyncio.sleep(delay)
        return result

    async def _ran(self, name: str, params: dict[str, Any], refusal: ApiError | None) -> Any:
        if refusal is not None:
            raise refusal
        if name not in METHODS:
            raise ApiError(501, f"Not Implemented: the sandbox does not have {name}")
        return await METHODS[name](self._context, params)

    def _begin(self, name: str, params: dict[str, Any]) -> Call:
        readable = {n: v.summary() if isinstance(v, Upload) else v for n, v in params.items()}
        return self._world.calls.begin("botapi", name, readable, who=self._world.chats.bot["id"])

    async def _replied(self, params: Raw, files: dict[str, Upload]) -> None:
        """A webhook's answer that is a method call."""
        method = str(params.pop("method"))
        try:
            await self._handle(method, params, files)
        except DropConnectionError:
            log.info("webhook_reply_dropped method=%s", method)

    async def _download(self, request: web.Request) -> web.Response:
        if refusal := self._refusal(request.match_info["token"]):
            return _answer(refusal)
        file = self.account.at(request.match_info["path"])
        if file is None:
            return _answer(ApiError(404, "Not Found").as_json())
        return web.Response(body=file.content, content_type="application/octet-stream")


async def _no_such_path(_: web.Request) -> web.Response:
    return _answer(ApiError(404, "Not Found").as_json())


def _answer(body: dict[str, Any]) -> web.Response:
    headers = {}
    if retry_after := body.get("parameters", {}).get("retry_after"):
        headers["Retry-After"] = str(retry_after)
    return web.Response(
        text=json.dumps(body, ensure_ascii=False),
        status=body.get("error_code", 200),
        content_type="application/json",
        headers=headers,
    )
