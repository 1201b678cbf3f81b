"""Checks a call against the Bot API's schema: every parameter's type, and what is required."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sandbox.botapi.errors import bad_request
from sandbox.botapi.incoming import Raw, Upload

Fields = dict[str, tuple[str, bool]]

# What the server says when a required parameter is missing, where it has words of its own; checked in this order.
MISSING = {
    "text": "message text is empty",
    "document": "there is no document in the request",
    "photo": "there is no photo in the request",
    "action": "wrong parameter action in request",
    "chat_id": "chat_id is empty",
    "message_id": "message identifier is not specified",
    "message_ids": "message identifiers are not specified",
    "file_id": "file_id not specified",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}
# Left to the methods, which know what their absence means.
OWN_CHECK = {("setWebhook", "url"), ("setMyCommands", "commands")}
LABELS = {
    "reply_markup": "reply keyboard markup",
    "reply_parameters": "reply parameters",
    "link_preview_options": "link preview options",
    "scope": "BotCommandScope",
    "menu_button": "menu button",
}
BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
LENIENT = frozenset({"User"})  # only the id of a mentioned user is read
OWN_READER = "reply_markup"  # keyboards are read by a module of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """Methods by their name in lower case, each with its parameters; and types with their fields."""

    methods: dict[str, tuple[str, Fields]]
    types: dict[str, Fields]

    @classmethod
    def load(cls) -> Schema:
        """From schema.json beside this module."""
        source = json.loads(resources.files("sandbox.botapi").joinpath("schema.json").read_text("utf-8"))
        return cls(methods={n.lower(): (n, f) for n, f in source["methods"].items()}, types=source["types"])

    def unknown(self, method: str, raw: Raw) -> list[str]:
        """Parameters that the method doesn't have: the server ignores them, a tester wants to know."""
        return sorted(raw.keys() - self.methods[method.lower()][1].keys() - {"method"})

    def read(self, method: str, raw: Raw, files: dict[str, Upload]) -> dict[str, Any]:
        """The parameters with their types, unknown ones left out; raises ApiError."""
        name, fields = self.methods[method.lower()]
        required = [f for f, (_, needed) in fields.items() if needed and (name, f) not in OWN_CHECK]
        for missing in sorted(required, key=lambda f: list(MISSING).index(f) if f in MISSING else len(MISSING)):
            if missing not in raw and missing not in files:
                raise bad_request(MISSING.get(missing, f'Parameter "{missing}" is required'))
        given = {**{f: files[f] for f in files if f in fields}, **{f: v for f, v in raw.items() if f in fields}}
        return {f: self._parameter(f, value, fields[f][0], files) for f, value in given.items()}

    def _parameter(self, name: str, value: Any, type_: str, files: dict[str, Upload]) -> Any:
        if "InputFile" in type_:
            return _file(name, value, files)
        if type_ in SCALARS:
            try:
                return SCALARS[type_](value)
            except ValueError:
                raise bad_request(f'Parameter "{name}" must be of type {type_}') from None
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                raise bad_request(f"Can't parse {LABELS.get(name, name)} JSON object") from None
        if name == OWN_READER:
            return value
        try:
            return self._checked(name, value, type_)
        except ValueError as error:
            raise bad_request(f"Can't parse {_label(name, type_)}: {error}") from None

    def _checked(self, name: str, value: Any, type_: str) -> Any:
        """A value inside a JSON parameter; raises ValueError in the server's words."""
        if type_ in SCALARS:
            try:
                return SCALARS[type_](value)
            except ValueError:
                raise ValueError(f'Field "{name}" must be of type {JSON_NAMES[type_]}') from None
        if type_.startswith("Array of "):
            if not isinstance(value, list):
                raise ValueError("expected an Array")  # the caller words it
            return [self._checked(name, item, type_.removeprefix("Array of ")) for item in value]
        if not isinstance(value, dict):
            raise ValueError("expected an Object")  # noqa: TRY004  # the caller words it
        fields = self.types.get(type_)
        if not fields or type_ in LENIENT:
            return value
        for field, (_, needed) in fields.items():
            if needed and field not in value:
                raise ValueError(f'Can\'t find field "{field}"')
        return {f: self._checked(f, v, fields[f][0]) if f in fields else v for f, v in value.items() if v is not None}


def _label(name: str, type_: str) -> str:
    return re.sub(r"^(?:Array of )+", "", type_) if type_.startswith("Array of ") else LABELS.get(name, name)


def _file(name: str, value: Any, files: dict[str, Upload]) -> Upload | str:
    """An upload, one attached under another name, or a file_id."""
    if isinstance(value, Upload):
        return value
    if isinstance(value, str) and value.startswith("attach://"):
        attached = files.get(value.removeprefix("attach://"))
        if attached is None:
            raise bad_request(f"there is no {name} in the request")
        return attached
    return str(value)


def _integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError  # noqa: TRY004  # the caller words it
    if isinstance(value, str) and not re.fullmatch(r"-?\d{1,19}", value):
        raise ValueError
    return int(value)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    try:
        return BOOLEANS[str(value).lower()]
    except KeyError:
        raise ValueError from None


def _float(value: Any) -> float:
    if isinstance(value, bool):
        raise ValueError  # noqa: TRY004  # the caller words it
    return float(value)


def _string(value: Any) -> str:
    if isinstance(value, bool | dict | list):
        raise ValueError  # noqa: TRY004  # the caller words it
    return str(value)


def _integer_or_string(value: Any) -> int | str:
    try:
        return _integer(value)
    except ValueError:
        return _string(value)


SCALARS: dict[str, Callable[[Any], Any]] = {
    "Integer": _integer,
    "Boolean": _boolean,
    "True": _boolean,
    "Float": _float,
    "String": _string,
    "Integer or String": _integer_or_string,
}
JSON_NAMES = {"Integer": "Number", "True": "Boolean", "Float": "Number", "Boolean": "Boolean", "String": "String"}
JSON_NAMES |= {"Integer or String": "String"}
