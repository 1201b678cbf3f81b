"""What a text must not tell: the settings' secrets in any form, and whatever looks or is named like a secret."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from pydantic import SecretStr

from core.settings import REDIS_SCHEMES, CoreSettings

#: A shorter secret is not looked for by its value: it would blot out ordinary words and numbers.
LEAST = 6

#: A name with one of these words in it names a secret. `sessions` doesn't: that is a count.
WORD = (
    r"(?<!error[_ ])(?<!status[_ ])(?<!exit[_ ])codes?|phones?|passwords?|passwd|passphrase|pwd|tokens?|secrets?|"
    r"session|keys?|api_hash|otp|authorization"
)
NAME = re.compile(rf"(?<![a-z0-9])({WORD})(?![a-z0-9])", re.IGNORECASE)

#: A frame's line of source, which has names in it and no values. (A SyntaxError quotes what it read, but has no `in`.)
SOURCE = r'^(?P<indent>[ |]*)  File "[^"\n]*", line \d+, in .*\n(?P=indent) {4}.*$'

#: `name=value`, a query's, JSON's or repr's; a quote that nobody closes goes to the end of its line.
#: A backslash before a quote may be one of many escapes' or the value's last sign: then rather too much is masked.
NAMED = re.compile(
    rf"{SOURCE}|(?P<name>(?<![a-z0-9])(?P<word>{WORD})(?:[_-][\w-]{{0,40}})?(?:\\*[\"'])?\s*(?:=>?|:|%3D)\s*(?!\((?:{WORD})\))"
    r"[\[({]?)(?P<value>[bru]?(?P<quote>\\*[\"']).*?(?:(?<!\\)(?P=quote)|$)|"
    r"(?:(?:Basic|Bearer)\s)?[^\s,;&\"'()<>\[\]{}]+)",
    re.IGNORECASE | re.MULTILINE,
)
STATUS = re.compile(r"-?\d{1,4}")

#: Numbers that are no login code, and then what may be one: 5 to 7 digits, dashes allowed, and one more to be safe.
CODE = re.compile(
    rf"{SOURCE}|\b\d+(?:\.\d+)+(?:\+\d+)?(?::\d{{1,5}}\b)?|\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)|"
    r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+|\bTask-\d+|\.py:\d+|"
    r"(?<![a-z])(?:line|port|pid|fd|id)['\"]?[ =:]{1,2}\d+|"
    r"(?:(?<![\w.-])(?:[a-z\d-]+\.)+[a-z\d-]+|localhost|\]):\d{1,5}(?!\d)|"
    r"\('[\w.:]+', \d{1,5}\b|\b\d+ ?(?:s|ms|seconds|milliseconds|minutes|hours|bytes|[kmg]i?b)\b|"
    r"(?P<code>(?:(?<![a-z\d])(?<!\d-)|(?<=\\[nrt])|(?<=\\x[0-9a-f]{2})|(?<=\\u[0-9a-f]{4})|(?<=%[0-9a-f]{2}))"
    r"\d(?:-?\d){4,7}(?!-?\d)(?![a-z]))",
    re.IGNORECASE | re.MULTILINE,
)

SHAPES = {
    # The ends that reprlib leaves of a long value (asyncio shows a callback's arguments so): 13 signs, dots, 14 signs.
    re.compile(
        r"b?(['\"])[^\n]{11,12}\.{3}[^\n]{13}\1|[^\n]{0,13}(?<![\s.(\[{])\.{3}(?![\s.)\]}]|$)[^\n]{0,14}", re.MULTILINE
    ): "(cut)",
    re.compile(r"otpauth://[^\s\"'<>]+", re.IGNORECASE): "(otpauth)",
    re.compile(r"(?<=://)[^\s/\"'<>]+@"): "(password)@",
    re.compile(r"(?<!\d)\d{5,}(?::|%3A)[\w-]{20,}", re.IGNORECASE): "(token)",
    # Bytes that are no text, cut short or not: an auth key, say.
    re.compile(
        r"""\bb\\*(?P<quote>['"])(?:\\+[^x\\]|(?!(?P=quote))[^\\\n])*\\+x(?:\\.|(?!(?P=quote))[^\\\n])*(?P=quote)?"""
    ): "(bytes)",
    re.compile(
        r"(?:(?<!\w)|(?<=\\[nrt]))(?:\+|%2B|00(?=\d{9})) ?[1-9](?:[ \u00a0().-]{0,2}\d){6,14}(?!\d)", re.IGNORECASE
    ): "(phone)",
}

#: Auth keys, StringSessions, Fernet tokens, HMACs: base64 or hex. A path or a long name is none.
LONG = re.compile(r"[A-Za-z0-9_+/-]{40,}={0,2}")
RANDOM = re.compile(
    r"(?:^|/)(?:[0-9a-f]{40,}|[0-9A-F]{40,}|(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*\d)[^/=]{24,})(?:/|=|$)"
)

LETTERS = {"\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f"}


def masked(text: str) -> str:
    """A text without what looks or is named like a secret; a short mask says what was there."""
    for pattern, mask in SHAPES.items():
        text = pattern.sub(mask, text)
    text = LONG.sub(lambda found: "(secret)" if RANDOM.search(found[0]) else found[0], text)
    text = NAMED.sub(_masked_value, text)
    return CODE.sub(lambda found: "(code)" if found["code"] else found[0], text)


class Masking:
    """Keeps secrets out of log entries: those of the settings by their value, others by their name or their looks."""

    def __init__(self, settings: CoreSettings) -> None:
        known: dict[str, str] = {}
        for name in type(settings).model_fields:
            if isinstance(secret := getattr(settings, name), SecretStr):
                for piece in _pieces(secret.get_secret_value()):
                    if len(piece) >= LEAST:
                        known.setdefault(piece, _mask(name) or "(secret)")
        # The longest first: of a secret within a secret nothing is left over. `(?!)` is found nowhere.
        longest_first = sorted(known, key=len, reverse=True)
        self._masks = [known[secret] for secret in longest_first]
        self._known = re.compile("|".join(f"({_any_form(s)})" for s in longest_first) or "(?!)", re.IGNORECASE)

    def event(self, _logger: object, _method: str, event: Mapping[str, Any]) -> dict[str, Any]:
        """A processor: the event, each of its fields masked."""
        return {self.text(name): self._value(name, value) for name, value in event.items()}

    def line(self, _logger: object, _method: str, rendered: Any) -> str:
        """A processor, the last one: whatever came between, no setting's secret is in the rendered line."""
        return self._without_known(str(rendered))

    def text(self, text: str) -> str:
        """A text without the settings' secrets and whatever looks or is named like one."""
        return masked(self._without_known(text))

    def _value(self, name: str, value: Any) -> Any:  # noqa: PLR0911 - one for each kind of value
        if value is None or isinstance(value, bool):  # tells nothing, whatever its name is
            return value
        if mask := _mask(name):
            return mask
        match value:
            case int() | float():
                return "(secret)" if self._known.search(repr(value)) else value
            case str() if name == "hash" and value.removeprefix("-").isdecimal():  # a session's; no secret
                return self._without_known(value)
            case str():
                return self.text(value)
            case bytes():
                try:
                    return self.text(value.decode())
                except UnicodeDecodeError:
                    return "(bytes)"
            case Mapping():
                return {self.text(str(key)): self._value(str(key), within) for key, within in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._value("", within) for within in value]
        return self.text(repr(value))

    def _without_known(self, text: str) -> str:
        return self._known.sub(lambda found: self._masks[(found.lastindex or 0) - 1], text)


def _mask(name: str) -> str:
    found = NAME.search(name)
    return f"({found[1].lower()})" if found else ""


def _masked_value(found: re.Match[str]) -> str:
    if not found["word"] or (found["word"].lower() == "code" and STATUS.fullmatch(found["value"])):
        return found[0]
    return f"{found['name']}({found['word'].lower()})"


def _pieces(setting: str) -> Iterator[str]:
    """A setting, the parts of its list, and what is secret by itself in a token or an URL."""
    parts = (setting, *(part.strip() for part in setting.split(",")), *re.split(r"[,\s]+", setting))
    for part in dict.fromkeys(parts):
        yield part
        number, _, rest = part.partition(":")
        if number.isdecimal():
            yield rest
        scheme, separator, rest = part.partition("://")
        if separator:
            for piece in _pieces_of_url(scheme, rest):
                yield from (piece, unquote(piece))


def _pieces_of_url(scheme: str, rest: str) -> Iterator[str]:
    address, _, query = rest.partition("?")
    authority, _, path = address.partition("/")
    login, _, host = authority.rpartition("@")
    user, _, password = login.partition(":")
    yield password
    if scheme in REDIS_SCHEMES:  # its user and path are ordinary words
        yield from (value for name, value in parse_qsl(query) if name == "password")
        return
    yield from (login, user, *path.split("/"), *(value for _, value in parse_qsl(query)))
    # In Apprise's URLs a token may stand where the host would: tgram://TOKEN/CHAT.
    yield from (piece for piece in host.split(":") if "." not in piece and piece != "localhost")


def _any_form(secret: str) -> str:
    """A pattern of the secret plain, URL-quoted, and escaped by JSON or repr, over and over again too."""
    return "".join(_any_form_of(character) for character in re.findall(r"\\+|[^\\]", secret))


def _any_form_of(character: str) -> str:
    if character.isascii() and character.isalnum():
        return character
    if character.startswith("\\"):
        return r"(?:\\|%(?:25)*5C)+"
    utf8, utf16 = (character.encode(encoding, "surrogatepass") for encoding in ("utf-8", "utf-16-be"))
    forms = [
        r"\\*" + re.escape(character),
        "".join(f"%(?:25)*{byte:02X}" for byte in utf8),
        "".join(rf"\\+x{byte:02x}" for byte in utf8),
        "".join(rf"\\+u{unit}" for unit in re.findall("....", utf16.hex())),
        rf"\\+x{ord(character):02x}",
        rf"\\+U{ord(character):08x}",
    ]
    if character in LETTERS:
        forms.append(r"\\+" + LETTERS[character])
    if character == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"
