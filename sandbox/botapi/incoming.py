"""What a request brings: parameters from the query, a form, multipart or JSON, and uploaded files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, ClientResponse, MultipartReader, web

from sandbox.botapi.errors import ApiError, bad_request

LARGEST_FILE = 50 * 1024 * 1024  # what a bot may upload [core.telegram.org/bots/api#sending-files]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An uploaded file."""

    name: str
    mime_type: str
    content: bytes

    def summary(self) -> dict[str, Any]:
        """For the call log: everything but the bytes."""
        return {"file_name": self.name, "mime_type": self.mime_type, "size": len(self.content)}


Raw = dict[str, Any]


async def read(request: web.Request) -> tuple[Raw, dict[str, Upload]]:
    """The parameters as they came, strings for the most part, and the files by their field's name."""
    params: Raw = dict(request.query)
    files: dict[str, Upload] = {}
    kind = request.content_type if request.can_read_body else ""
    if kind == "application/json":
        params |= json_object(await request.read())
    elif kind == "multipart/form-data":
        await _read_multipart(await request.multipart(), params, files)
    elif kind == "application/x-www-form-urlencoded":
        params |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    return {name: value for name, value in params.items() if value not in ("", None)}, files


async def read_reply(answer: ClientResponse) -> tuple[Raw, dict[str, Upload]]:
    """As `read`, of what a webhook answers; anything that is no call reads as nothing."""
    params: Raw = {}
    files: dict[str, Upload] = {}
    if answer.content_type == "multipart/form-data":
        await _read_multipart(MultipartReader(answer.headers, answer.content), params, files)
    elif answer.content_type == "application/json":
        try:
            params = json_object(await answer.read())
        except ApiError:
            return {}, {}
    return {name: value for name, value in params.items() if value not in ("", None)}, files


def json_object(body: bytes) -> Raw:
    """A JSON body; raises ApiError when it is no object."""
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("Can't parse request body as a JSON object") from None
    if not isinstance(value, dict):
        raise bad_request("Can't parse request body as a JSON object")
    return value


async def _read_multipart(reader: MultipartReader, params: Raw, files: dict[str, Upload]) -> None:
    async for part in reader:
        if not isinstance(part, BodyPartReader) or part.name is None:
            continue
        content = bytes(await part.read(decode=True))
        if part.filename is None:
            params[part.name] = content.decode("utf-8", "replace")
        elif len(content) > LARGEST_FILE:
            raise bad_request("File is too big")
        else:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            files[part.name] = Upload(name=part.filename, mime_type=mime_type, content=content)
