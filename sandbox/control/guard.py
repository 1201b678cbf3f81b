"""Lets in what comes from this machine's own pages and tools alone, and words every failure as JSON."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from sandbox.control.errors import ControlError
from sandbox.text.errors import TextError
from sandbox.world import UnknownAuthorizationError, UnknownPersonError

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
OWN = frozenset({"same-origin", "none"})  # as browsers say who asks: this page, or the person at the address bar
# The page takes its script and style from here and nothing from anywhere else.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Check where a request comes from, then let it through."""
    try:
        _check_origin(request)
        response = await handler(request)
    except ControlError as error:
        response = answer({"error": error.message, **error.extra}, status=error.status)
    except UnknownPersonError as error:
        response = answer({"error": f"nobody with the user id {error.args[0]} in this world"}, status=404)
    except UnknownAuthorizationError as error:
        response = answer({"error": f"no authorization with the hash {error.args[0]}"}, status=404)
    except TextError as error:
        response = answer({"error": f"Telegram refuses this text: {error}"}, status=400)
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        message = f"{request.method} is not for {request.path}; use {allowed}"
        response = answer({"error": message}, status=405)
        response.headers["Allow"] = allowed
    except web.HTTPRequestEntityTooLarge:
        response = answer({"error": "the body is too large"}, status=413)
    except web.HTTPException as error:
        response = answer({"error": f"{error.reason}: {request.path}"}, status=error.status)
    except Exception as error:
        log.exception("control_request_failed path=%s", request.path)
        response = answer({"error": f"a mistake in the sandbox itself: {error!r}"}, status=500)
    if not response.prepared:
        response.headers.update(HEADERS)
    return response


def answer(value: Any, *, status: int = 200) -> web.Response:
    """A JSON answer. Whole numbers stay whole; what JSON has no word for is written as text."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, default=str)
    return web.Response(text=text, status=status, content_type="application/json")


def _check_origin(request: web.Request) -> None:
    """Against pages elsewhere that send requests here, and names elsewhere that resolve to this machine."""
    if _hostname(request.host) not in LOOPBACK:
        raise ControlError(403, f"the host {request.host!r} is not this machine; use http://127.0.0.1")
    origin = request.headers.get("Origin")
    if origin is not None and origin != f"{request.scheme}://{request.host}":
        raise ControlError(403, f"a page of {origin!r} may not use this")
    # A link to the page may stand anywhere; what is behind it is for the page and for tools, which send no such header.
    if request.path != "/" and request.headers.get("Sec-Fetch-Site", "none") not in OWN:
        raise ControlError(403, "a page elsewhere may not use this")


def _hostname(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
