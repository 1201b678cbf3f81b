"""A screen as plain text, for wherever nothing can be pressed, edited or formatted: an e-mail, a push."""

from __future__ import annotations

from dataclasses import dataclass

from bot.views.screen import Screen
from bot.views.wording import quoted

OF_A_SESSION = "To end it or say that it was you: the bot's chat in Telegram, or Telegram → Settings → Devices."
OF_ANYTHING = "To look, or to act: the bot's chat in Telegram, or Telegram → Settings → Devices."
ALARMS = ("🚨", "⚠️", "🔔")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message."""

    title: str
    body: str

    @property
    def is_alarm(self) -> bool:
        """Whether it asks to be read soon."""
        return self.title.startswith(ALARMS)


def letter(screen: Screen, *, where_to_act: str = OF_ANYTHING) -> Letter:
    """The first line, then the rest, each name that a device or a person chose between “ and ”; no button."""
    title, _, rest = _plain(screen).partition("\n")
    return Letter(title=title.strip(), body="\n\n".join(filter(None, [rest.strip(), where_to_act])))


def trial() -> Letter:
    """To try a channel by."""
    return Letter(
        title="A test of Doorman's",
        body="You asked Doorman to send this. Here you are told, too, what happens to your Telegram account.",
    )


def _plain(screen: Screen) -> str:
    text, entities = screen.text.render()
    # Telegram counts UTF-16 units, two bytes each.
    units, parts, at = text.encode("utf-16-le", "surrogatepass"), list[str](), 0
    for entity in sorted((e for e in entities if e.type == "code"), key=lambda e: e.offset):
        start, end = entity.offset * 2, (entity.offset + entity.length) * 2
        name = _decoded(units[start:end])
        parts += [_decoded(units[at:start]), quoted(name, most=len(name))]
        at = end
    return "".join([*parts, _decoded(units[at:])])


def _decoded(units: bytes) -> str:
    return units.decode("utf-16-le", "replace")
