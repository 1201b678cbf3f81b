"""The rules by which Doorman ends sessions by itself: what each does, how it is set, and what it would end now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from aiogram.types import InlineKeyboardButton
from aiogram.utils.formatting import Bold, Code, Text

from bot.choices import MODE_OF, RULE_OF
from bot.views.buttons.basics import button, keyboard
from bot.views.buttons.settings import AskSwitchOn, Choose, ShowSettings
from bot.views.expecting import expectations
from bot.views.screen import Screen
from bot.views.wording import ago, device_of, moment, named, place
from core.domain.automation import CAP, Rule
from core.domain.preferences import Mode, Preferences
from core.domain.sessions import Session

TITLES = {
    Rule.UNANSWERED: "Logins that nobody answers for",
    Rule.COUNTRY: "Logins from other countries",
    Rule.IDLE: "Idle sessions",
}
TOPICS = {rule: topic for topic, rule in RULE_OF.items()}
STATES = {Mode.OFF: "off", Mode.DRY: "dry run", Mode.ON: "on"}
LIMITS = f"Never a trusted session, nor Doorman's own; at most {CAP} an hour."
MINUTES, DAYS = (15, 60, 240, 720), (30, 60, 90, 180)
AN_HOUR = 60
SHOWN = 5
LISTED = 10  # countries


def mode_of(rule: Rule, preferences: Preferences) -> Mode:
    """Whether the rule acts."""
    return Mode(getattr(preferences, MODE_OF[rule]))


def summary(rule: Rule, preferences: Preferences) -> Text:
    """The rule in a line, and whether it acts."""
    state = STATES[mode_of(rule, preferences)]
    match rule:
        case Rule.UNANSWERED:
            return Text(f"Logins unanswered for {_minutes(preferences.unanswered_minutes)}: {state}")
        case Rule.COUNTRY if not preferences.countries:
            return Text(f"Logins from other countries than you list, none so far: {state}")
        case Rule.COUNTRY:
            return Text("Logins from other countries than ", _countries(preferences), f": {state}")
        case Rule.IDLE:
            return Text(f"Sessions idle for {_days(preferences.idle_days)}: {state}")


def page(
    rule: Rule,
    preferences: Preferences,
    *,
    would_end: Sequence[Session] | None,
    held_until: datetime | None = None,
    now: datetime,
) -> Text:
    """What the rule's page says; `would_end` is None where that is not known; `held_until` is from when on they may
    end one more, where so many ended that none may now.
    """
    mode = mode_of(rule, preferences)
    says = " It only says what it would end." if mode is Mode.DRY else ""
    held = held_until if mode is Mode.ON else None
    preview = _preview(rule, preferences, would_end, held_until=held, now=now) if would_end is not None else Text()
    return Text(f"Now: {STATES[mode]}.{says}\n\n", _does(rule, preferences), f"\n{LIMITS}", preview, _typed(rule))


def rows_of(account: int, rule: Rule, preferences: Preferences) -> list[list[InlineKeyboardButton]]:
    """The modes but the one that it is in, and numbers to pick from. Without countries that rule can only be off."""
    mode, topic = mode_of(rule, preferences), TOPICS[rule]
    modes = {
        Mode.OFF: button("Off", Choose(account=account, topic=topic, value=Mode.OFF.value)),
        Mode.DRY: button("Dry run", Choose(account=account, topic=topic, value=Mode.DRY.value)),
        Mode.ON: button("On…", AskSwitchOn(account=account, rule=rule)),
    }
    may_act = rule is not Rule.COUNTRY or bool(preferences.countries)
    offered = [each for which, each in modes.items() if which is not mode and (may_act or which is Mode.OFF)]
    match rule:
        case Rule.UNANSWERED:
            numbers = [(f"{each // AN_HOUR} h" if each >= AN_HOUR else f"{each} min", each) for each in MINUTES]
        case Rule.IDLE:
            numbers = [(f"{each} days", each) for each in DAYS]
        case Rule.COUNTRY:
            numbers = []
    return [
        offered,
        [button(text, Choose(account=account, topic=topic, value=str(each))) for text, each in numbers],
    ]


def switch_on_question(
    account: int,
    rule: Rule,
    preferences: Preferences,
    *,
    account_name: str,
    would_end: Sequence[Session] | None,
    now: datetime,
) -> Screen:
    """Before the rule is switched on: what it would end at once."""
    topic = TOPICS[rule]
    text = Text(
        Bold("Switch this rule on? "),
        named(account_name),
        f"\n{TITLES[rule]}\n\n",
        _does(rule, preferences),
        f"\n{LIMITS}",
        _preview(rule, preferences, would_end, now=now),
    )
    yes = button("Yes, switch it on", Choose(account=account, topic=topic, value=Mode.ON.value))
    dry = button("Dry run first", Choose(account=account, topic=topic, value=Mode.DRY.value))
    no = button("No", ShowSettings(account=account, topic=topic))
    return Screen(text=text, keyboard=keyboard([yes], [dry], [no]))


def _does(rule: Rule, preferences: Preferences) -> Text:
    match rule:
        case Rule.UNANSWERED:
            waited = _minutes(preferences.unanswered_minutes)
            return Text(f"When on, Doorman ends a login that nobody has answered for within {waited}.")
        case Rule.COUNTRY if not preferences.countries:
            return Text("When on, Doorman ends at once a login from a country that you don't list. You list none yet.")
        case Rule.COUNTRY:
            return Text(
                "When on, Doorman ends at once a login that nobody answered for, unless its country is one of these: ",
                _countries(preferences),
                ". The country is an estimate from the IP: a VPN makes it another.",
            )
        case Rule.IDLE:
            return Text(f"When on, Doorman ends a session that was not used for {_days(preferences.idle_days)}.")


def _typed(rule: Rule) -> Text:
    match rule:
        case Rule.UNANSWERED:
            return Text("\n\nOr type, say, ", Code("/unanswered 45"), ", 5 to 1440 minutes.")
        case Rule.COUNTRY:
            return Text("\n\nType which: ", Code("/countries Sweden, Norway"), "; ", Code("/countries none"), ".")
        case Rule.IDLE:
            return Text("\n\nOr type, say, ", Code("/idle 45"), ", 1 to 366 days.")


def _preview(
    rule: Rule,
    preferences: Preferences,
    would_end: Sequence[Session] | None,
    *,
    held_until: datetime | None = None,
    now: datetime,
) -> Text:
    if would_end is None:
        return Text("\n\n⚠️ What it would end now is not known: the sessions can't be fetched.")
    waits = rule is not Rule.IDLE and expectations(preferences, now=now)
    later = [f"\n{line}: the rule waits until then." for line in waits or []]
    if not would_end:
        return Text("\n\nIt would end no session now.", *later)
    lines = [
        Text("\n· ", device_of(each), ", ", place(each), f", used {ago(each.active_at, now=now)}")
        for each in would_end[:SHOWN]
    ]
    more = len(would_end) - SHOWN
    number = "1 session" if len(would_end) == 1 else f"{len(would_end)} sessions"
    when = "now" if held_until is None else f"from {moment(held_until)} on, for {CAP} were ended within the hour"
    return Text(f"\n\nIt would end {number} {when}:", *lines, f"\nand {more} more" if more > 0 else "", *later)


def _countries(preferences: Preferences) -> Text:
    shown = [part for each in preferences.countries[:LISTED] for part in (", ", named(each))]
    more = len(preferences.countries) - LISTED
    return Text(*shown[1:], f" and {more} more" if more > 0 else "")


def _minutes(number: int) -> str:
    hours, rest = divmod(number, AN_HOUR)
    if rest or not hours:
        return f"{number} minutes"
    return "1 hour" if hours == 1 else f"{hours} hours"


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"
