"""The seal of the buttons' data: it tells what Doorman put under a message of that chat from what was made up."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256

from aiogram.types import InlineKeyboardMarkup

from core.keyring import Keyring

PURPOSE = "doorman buttons"
SEAL_LENGTH = 10  # characters of base64url: 60 bits
LONGEST_DATA = 64  # bytes (core.telegram.org/bots/api#inlinekeyboardbutton)


class ButtonSeal:
    """A short code behind the data, for a message may have no button with the data that an altered app sends of it
    (core.telegram.org/bots/api#callbackquery). The first key seals; the others' seals are good still.
    """

    def __init__(self, keyring: Keyring) -> None:
        self._keys = keyring.derive(PURPOSE)

    def seal(self, data: str, chat: int) -> str:
        """The data as a button carries it in that chat. Raises ValueError if Telegram would refuse it as too long."""
        sealed = data + _code(self._keys[0], data, chat)
        if len(sealed.encode()) > LONGEST_DATA:
            raise ValueError(f"{data!r} is too long for a button")
        return sealed

    def open(self, sealed: str, chat: int) -> str | None:
        """The data, if it was sealed for that chat."""
        data, code = sealed[:-SEAL_LENGTH], sealed[-SEAL_LENGTH:].encode(errors="surrogatepass")
        good = [hmac.compare_digest(_code(key, data, chat).encode(), code) for key in self._keys]
        return data if any(good) else None

    def on(self, keyboard: InlineKeyboardMarkup, chat: int) -> InlineKeyboardMarkup:
        """The keyboard with every button sealed that sends data; a link, say, stays as it is."""
        return InlineKeyboardMarkup(
            inline_keyboard=[
                [
                    button.model_copy(update={"callback_data": self.seal(button.callback_data, chat)})
                    if button.callback_data is not None
                    else button
                    for button in row
                ]
                for row in keyboard.inline_keyboard
            ]
        )


def _code(key: bytes, data: str, chat: int) -> str:
    digest = hmac.digest(key, f"{chat}:{data}".encode(errors="surrogatepass"), sha256)
    return urlsafe_b64encode(digest)[:SEAL_LENGTH].decode()
