"""sendDocument, sendPhoto and getFile."""

from __future__ import annotations

import struct
from typing import Any

from sandbox.botapi.account import StoredFile
from sandbox.botapi.context import Context, Method, Params
from sandbox.botapi.errors import bad_request
from sandbox.botapi.incoming import Upload
from sandbox.botapi.methods.sending import send
from sandbox.botapi.texts import caption

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # JPEG frames that tell the size
LARGEST_PHOTO = 10 * 1024 * 1024


async def send_document(context: Context, params: Params) -> dict[str, Any]:
    """A file as it is."""
    file = _file(context, params["document"], "documents")
    document = {"file_name": file.name, "mime_type": file.mime_type, **file.as_json()}
    return send(context, params, {"document": document, **caption(context.world, params)})


async def send_photo(context: Context, params: Params) -> dict[str, Any]:
    """A picture, in one size; PNG and JPEG."""
    given = params["photo"]
    if isinstance(given, Upload):
        if not given.content.startswith((PNG, JPEG)):
            raise bad_request("IMAGE_PROCESS_FAILED")
        if len(given.content) > LARGEST_PHOTO:
            raise bad_request("file is too big")
    file = _file(context, given, "photos")
    size = picture_size(file.content)
    if size is None:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    photo = [{**file.as_json(), "width": size[0], "height": size[1]}]
    content = {"photo": photo, **caption(context.world, params)}
    return send(context, params, content | ({"has_media_spoiler": True} if params.get("has_spoiler") else {}))


async def get_file(context: Context, params: Params) -> dict[str, Any]:
    """Where to download a file."""
    file = context.account.files.get(params["file_id"])
    if file is None:
        raise bad_request("invalid file_id")
    return {**file.as_json(), "file_path": file.path}


def _file(context: Context, given: Upload | str, folder: str) -> StoredFile:
    if isinstance(given, Upload):
        if not given.content:
            raise bad_request("file must be non-empty")
        return context.account.keep(given, folder)
    file = context.account.files.get(given)
    if file is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return file


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG or JPEG, None for what is neither or broken."""
    try:
        if content.startswith(PNG):
            width, height = struct.unpack_from(">II", content, 16)
            return width, height
        at = 2
        while content.startswith(JPEG) and content[at] == 0xFF:  # noqa: PLR2004  # every JPEG marker begins so
            marker, length = content[at + 1], struct.unpack_from(">H", content, at + 2)[0]
            if marker in SIZE_MARKERS:
                height, width = struct.unpack_from(">HH", content, at + 5)
                return width, height
            at += 2 + length
    except (IndexError, struct.error):
        return None
    return None


METHODS: dict[str, Method] = {"sendDocument": send_document, "sendPhoto": send_photo, "getFile": get_file}
