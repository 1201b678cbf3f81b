"""What a text must not tell: the settings' secrets in any spelling, and whatever looks or is named like a secret."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from core.settings import CoreSettings
from core.spelling import any_spelling, secrets_of

#: A name with one of these words in it names a secret. `sessions` doesn't: that is a count.
WORD = (
    r"(?<!error[_ ])(?<!status[_ ])(?<!exit[_ ])codes?|phones?|passwords?|passwd|passphrase|pwd|tokens?|secrets?|"
    r"session|keys?|api_hash|otp|authorization"
)
NAME = re.compile(rf"(?<![a-z0-9])({WORD})(?![a-z0-9])", re.IGNORECASE)
STATUS = re.compile(r"-?\d{1,4}")  # an HTTP status, say

#: A frame's line of source, which has names in it and no values. (A SyntaxError quotes what it read, but has no `in`.)
SOURCE = r'^(?P<indent>[ |]*)[ ]{2}File[ ]"[^"\n]*",[ ]line[ ]\d+,[ ]in[ ].*\n(?P=indent)[ ]{4}.*$'

#: `name=value`, a query's, JSON's or repr's; a quote that nobody closes goes to the end of its line.
#: A backslash before a quote may be one of many escapes' or the value's last sign: then rather too much is masked.
NAMED = rf"""
    {SOURCE} |
    (?P<name> (?<![a-z0-9]) (?P<word>{WORD}) (?:[_-][\w-]{{0,40}})? (?:\\*["'])?
        \s* (?:=>?|:|%3D) \s* (?! \((?:{WORD})\) ) [\[({{]? )
    (?P<value> [bru]? (?P<quote>\\*["']) .*? (?:(?<!\\)(?P=quote)|$) |
        (?:(?:Basic|Bearer)\s)? [^\s,;&"'()<>\[\]{{}}]+ )
"""

#: Numbers that are no login code.
ORDINARY = {
    "a fraction, a version, an IP address": r"\b \d+ (?:\.\d+)+ (?:\+\d+)? (?: :\d{1,5}\b )?",
    "a date": r"\b (?:19|20)\d\d - (?:0[1-9]|1[0-2]) - (?:0[1-9]|[12]\d|3[01]) (?!\d)",
    "a UUID": r"\b [0-9a-f]{8} (?:-[0-9a-f]{4}){3} - [0-9a-f]{12} \b",
    "asyncio's task": r"\b Task-\d+",
    "a line": r"\.py:\d+",
    "a named number": r"(?<![a-z]) (?:line|port|pid|fd|id) ['\"]? [ =:]{1,2} \d+",
    "a host and port": r"(?: (?<![\w.-])(?:[a-z\d-]+\.)+[a-z\d-]+ | localhost | \] ) :\d{1,5} (?!\d) |"
    r"\('[\w.:]+',[ ]\d{1,5}\b",
    "an amount": r"\b \d+[ ]? (?:s|ms|seconds|milliseconds|minutes|hours|bytes|[kmg]i?b) \b",
}
#: 5 to 7 digits, dashes allowed, and one more to be safe; escapes may end right before it.
CODE = rf"""
    {SOURCE} | {" | ".join(ORDINARY.values())} |
    (?P<code>
        (?: (?<![a-z\d])(?<!\d-) | (?<=\\[nrt]) | (?<=\\x[0-9a-f]{{2}}) | (?<=\\u[0-9a-f]{{4}}) | (?<=%[0-9a-f]{{2}}) )
        \d (?:-?\d){{4,7}} (?!-?\d) (?![a-z]) )
"""

#: What reprlib leaves of a long value (asyncio shows a callback's arguments so): 13 signs, dots, 14 signs.
CUT = r"""
    b?(['"]) [^\n]{11,12} \.{3} [^\n]{13} \1 |
    [^\n]{0,13} (?<![\s.(\[{]) \.{3} (?![\s.)\]}]|$) [^\n]{0,14}
"""
#: Bytes that are no text, cut short or not: an auth key, say.
BYTES = r"""
    \bb\\*(?P<quote>['"]) (?: \\+[^x\\] | (?!(?P=quote))[^\\\n] )*
    \\+x (?: \\. | (?!(?P=quote))[^\\\n] )* (?P=quote)?
"""
PHONE = r"(?: (?<!\w) | (?<=\\[nrt]) ) (?: \+ | %2B | 00(?=\d{9}) ) [ ]? [1-9] (?:[ \u00a0().-]{0,2}\d){6,14} (?!\d)"

#: Auth keys, StringSessions, Fernet tokens, HMACs: base64 or hex. A path or a long name is none.
LONG = r"[A-Za-z0-9_+/-]{40,}={0,2}"
RANDOM = re.compile(
    r"(?:^|/)(?:[0-9a-f]{40,}|[0-9A-F]{40,}|(?=[^/]*[a-z])(?=[^/]*[A-Z])(?=[^/]*\d)[^/=]{24,})(?:/|=|$)"
)


def _but_its_value(found: re.Match[str]) -> str:
    if not found["word"] or (found["word"].lower() == "code" and STATUS.fullmatch(found["value"])):
        return found[0]
    return f"{found['name']}({found['word'].lower()})"


#: What is looked for, in this order, and what takes its place.
LOOKS: dict[str, str | Callable[[re.Match[str]], str]] = {
    CUT: "(cut)",
    r"otpauth://[^\s\"'<>]+": "(otpauth)",
    r"(?<=://)[^\s/\"'<>]+@": "(password)@",
    r"(?<!\d)\d{5,}(?::|%3A)[\w-]{20,}": "(token)",
    BYTES: "(bytes)",
    PHONE: "(phone)",
    LONG: lambda found: "(secret)" if RANDOM.search(found[0]) else found[0],
    NAMED: _but_its_value,
    CODE: lambda found: "(code)" if found["code"] else found[0],
}
COMPILED = [(re.compile(pattern, re.IGNORECASE | re.MULTILINE | re.VERBOSE), mask) for pattern, mask in LOOKS.items()]


def masked(text: str) -> str:
    """A text without what looks or is named like a secret; a short mask says what was there."""
    for pattern, mask in COMPILED:
        text = pattern.sub(mask, text)
    return text


class Masking:
    """Keeps secrets out of log entries: those of the settings by their value, others by their name or their looks."""

    def __init__(self, settings: CoreSettings) -> None:
        known = secrets_of(settings)
        self._masks = [_mask(setting) or "(secret)" for setting in known.values()]
        # The longest comes first: of a secret within a secret nothing is left over. `(?!)` is found nowhere.
        self._known = re.compile("|".join(f"({any_spelling(secret)})" for secret in known) or "(?!)", re.IGNORECASE)

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
            case int() | float() if not self._known.search(repr(value)):
                return value
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
