"""`langpack.*`: no language has any words here, which every client copes with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method, for_anyone
from sandbox.mtproto.ask import Ask

VERSION = 1


def _nothing(_ask: Ask, request: Any) -> Any:
    known = getattr(request, "from_version", 0)
    return types.LangPackDifference(getattr(request, "lang_code", "en"), known, VERSION, [])


def _no_languages(_ask: Ask, _request: Any) -> list[Any]:
    return []


METHODS: Final[Mapping[str, Method]] = {
    "langpack.getLangPack": for_anyone(_nothing),
    "langpack.getDifference": for_anyone(_nothing),
    "langpack.getStrings": for_anyone(_no_languages),
    "langpack.getLanguages": for_anyone(_no_languages),
}
