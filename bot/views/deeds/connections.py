"""What is said of logging websites out, and of disconnecting the bots that read an account's chats."""

from __future__ import annotations

from aiogram.utils.formatting import Text

from bot.press import Press
from bot.views.answers import change_result
from bot.views.deeds.words import DeedWords, by_name
from core.contract.commands import DisconnectBot, DisconnectWebsite, DisconnectWebsites
from core.contract.replies import Result

IN_TELEGRAM = "You can do it yourself in Telegram: Settings → Privacy and Security."
WEBSITE_STAYS, WEBSITES_STAY, BOT_STAYS = "It was not logged out.", "They were not logged out.", "It stays connected."


def _about_website(press: Press) -> Text:
    name = by_name(press, None)
    return Text("Website: ", name) if name else Text("⚠️ Doorman can't tell which website this is.")


def _about_bot(press: Press) -> Text:
    number = press.command.bot if isinstance(press.command, DisconnectBot) else 0
    name = by_name(press, None) or "⚠️ Doorman can't tell its name."
    return Text("Bot: ", name, f"\nIts number: {number}\n\nIt then reads this account's chats no more.")


def _website_line(_: DisconnectWebsite, result: Result, _viewer: int) -> str:
    gone = "It is logged out already."
    return change_result(result, done="Logged out by you", gone=gone, undone=WEBSITE_STAYS, instead=IN_TELEGRAM)


def _websites_line(_: DisconnectWebsites, result: Result, _viewer: int) -> str:
    done, gone = "All websites were logged out by you", "No website is logged in."
    return change_result(result, done=done, gone=gone, undone=WEBSITES_STAY, instead=IN_TELEGRAM)


def _bot_line(_: DisconnectBot, result: Result, _viewer: int) -> str:
    return change_result(result, done="Disconnected by you", gone="It is disconnected already.", undone=BOT_STAYS)


#: Other websites and bots may stand on the same page: that stays as it is.
WEBSITE: DeedWords[DisconnectWebsite] = DeedWords(
    title=lambda _: "Log this website out?",
    line=_website_line,
    about=_about_website,
    subject=by_name,
    undone=WEBSITE_STAYS,
    settles=frozenset(),
)
WEBSITES: DeedWords[DisconnectWebsites] = DeedWords(
    title=lambda _: "Log all websites out?",
    line=_websites_line,
    about=lambda _: Text("Each website that this account has logged in to by Telegram is logged out."),
    subject=by_name,
    undone=WEBSITES_STAY,
)
BOT: DeedWords[DisconnectBot] = DeedWords(
    title=lambda _: "Disconnect this bot?",
    line=_bot_line,
    about=_about_bot,
    subject=by_name,
    undone=BOT_STAYS,
    settles=frozenset(),
)
