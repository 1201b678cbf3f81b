"""What a person typed, read as a code; whether the code is any good is judged elsewhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

#: Crockford's base 32: what looks like another sign is left out, and is read as that one (crockford.com/base32.html).
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
MISREAD = str.maketrans("oil", "011")
DIGITS = "0123456789"
GROUPS, GROUP = 3, 4

LONGEST = 64  # a message that is longer is no code, whatever is in it
MINUS = "\u2212"  # no dash by its category
APP = re.compile(r"-*(?:[0-9]-*){6}")
RECOVERY = re.compile("-*" + "-*".join([f"[{LETTERS}]{{{GROUP}}}"] * GROUPS) + "-*")
#: Among other words; one may begin in the middle of what could be another. Whether it is one is for `read` to say.
WITHIN = re.compile(
    r"(?=(?<![0-9])([0-9]{6}(?![0-9])|(?:[0-9]-?){5}[0-9](?!-?[0-9])"
    rf"|(?<![a-z])(?:[a-z0-9]{{{GROUP}}}-?){{{GROUPS - 1}}}[a-z0-9]{{{GROUP}}}(?![a-z0-9])))"
)
WITHIN_MOST = 10  # a message that shows more shows none that its reader could pick


@dataclass(frozen=True, slots=True, kw_only=True)
class AppCode:
    """Six ASCII digits."""

    digits: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryCode:
    """Twelve of LETTERS."""

    letters: str = field(repr=False)


def read(text: str) -> AppCode | RecoveryCode | None:
    """The code that the whole text is, however its groups are parted and whatever digits it is written in."""
    if len(text) > LONGEST:
        return None
    plain = _plainly(text)
    if APP.fullmatch(plain):
        return AppCode(digits=plain.replace("-", ""))
    plain = plain.translate(MISREAD)
    # Each recovery code has a digit, so that three short words are none.
    if RECOVERY.fullmatch(plain) and has_digit(plain):
        return RecoveryCode(letters=plain.replace("-", ""))
    return None


def looks_like_code(text: str) -> bool:
    """Whether a message is nothing but a one-time code or a recovery code, good or not."""
    return read(text) is not None


def codes_in(text: str) -> list[str]:
    """What in a message may be a code, the message being one or having more words; at most WITHIN_MOST."""
    if looks_like_code(text):
        return [text]
    plain = _plainly(text)
    return [found for found in dict.fromkeys(WITHIN.findall(plain)) if looks_like_code(found)][:WITHIN_MOST]


def has_digit(letters: str) -> bool:
    """Whether there is an ASCII digit among them."""
    return any(letter in DIGITS for letter in letters)


def in_groups(letters: str, parting: str) -> str:
    """As a person copies it: four at a time."""
    return parting.join(letters[at : at + GROUP] for at in range(0, len(letters), GROUP))


def _plainly(text: str) -> str:
    return "".join(map(_plain, unicodedata.normalize("NFKC", text))).casefold()


def _plain(sign: str) -> str:
    category = unicodedata.category(sign)
    if category == "Nd":
        return str(unicodedata.decimal(sign))
    if category == "Cf":  # invisible, as keyboards and copying leave behind
        return ""
    return "-" if sign.isspace() or category == "Pd" or sign == MINUS else sign
