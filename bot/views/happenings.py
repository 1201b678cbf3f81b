"""One entry of the history in words: what happened, in a line or two; whom it happened to stands before it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType

from aiogram.utils.formatting import Text

from bot.views.whys import WORDS
from bot.views.wording import cleaned, day, moment, named, place
from core.domain.account_state import LISTED, AccountChange, How
from core.domain.history import KILLED, Entry, Kind
from core.domain.sessions import Session, place_of
from core.domain.tombstones import DOORMAN

#: What an entry of /checkup's is about, by its field.
FACTS = {
    "has_password": "2FA password",
    "has_recovery": "Recovery e-mail",
    "unconfirmed_email": "Recovery e-mail to be confirmed",
    "login_email": "Login e-mail",
    "reset_at": "Reset of the 2FA password",
    "account_ttl_days": "Days of absence until Telegram deletes the account",
    "websites": "Website",
    "bots": "Business bot",
    "passkeys": "Passkey",
}
CHANGED = {"device_model": "device", "app_name": "app", "platform": "system"}
FIXED: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.COMPLETED: "2FA password entered: full access from then on",
        Kind.GUARD_LOST: "Doorman's own session was ended",
    }
)


def what_happened(entry: Entry, *, viewer: int) -> Text:
    """The entry in words, for one owner."""
    if entry.kind in FIXED:
        return Text(FIXED[entry.kind])
    by = who(entry.by, viewer)
    if of_account := OF_ACCOUNT.get(entry.kind):
        return of_account(entry, by)
    if entry.kind is Kind.LABELLED:
        return Text("Named ", named(entry.note), by) if cleaned(entry.note) else Text(f"Name taken away{by}")
    if entry.kind is Kind.ENDED:
        return Text(_ended(entry, by))
    after = entry.session
    if after is None:
        return Text(entry.kind.value.capitalize())
    return OF_SESSION[entry.kind](entry.before or after, after, by)


def who(by: int | None, viewer: int) -> str:
    """Whose doing it was."""
    if by is None:
        return ""
    if by == DOORMAN:
        return " by a rule of Doorman's"
    return " by you" if by == viewer else " by another owner"


def _ended(entry: Entry, by: str) -> str:
    if by or entry.ending is None:
        return f"Ended{by or ', why is not known'}"
    what, evidence = WORDS[entry.ending.why](entry.ending)
    return f"{what}.{evidence}"


def _baseline(session: Session) -> Text:
    was = "Was inside when Doorman began to watch"
    return Text(was, ", in ", place(session)) if cleaned(place_of(session)) else Text(was)


def _login(_: Session, session: Session, __: str) -> Text:
    if session.current:
        return Text("Doorman logged in anew")
    if session.password_pending:
        return Text("Login code entered, 2FA password not, from ", place(session))
    return Text("Logged in from ", place(session))


def _moved(before: Session, after: Session, _: str) -> Text:
    if place_of(before) != place_of(after):
        return Text("Moved: ", place(before), " → ", place(after))
    return Text("Moved in ", place(after), ": ", _changed(before, after, "ip"))


def _updated(before: Session, after: Session, _: str) -> Text:
    field = "app_version" if before.app_version != after.app_version else "system_version"
    return Text("App" if field == "app_version" else "System", " updated: ", _changed(before, after, field))


def _altered(before: Session, after: Session, _: str) -> Text:
    changed = [f for f in CHANGED if getattr(before, f) != getattr(after, f)]
    if changed:
        said = (part for f in changed for part in ("; another ", f"{CHANGED[f]}: ", _changed(before, after, f)))
        return Text("Another ", *list(said)[1:])
    if before.official_app != after.official_app:
        return Text(f"Now says that its app is {'' if after.official_app else 'not '}official")
    if before.api_id != after.api_id:
        return Text(f"Another app id: {before.api_id} → {after.api_id}")
    return Text(f"Another login: {moment(before.created_at)} → {moment(after.created_at)}")


def _distrusted(before: Session, after: Session, by: str) -> Text:
    if by:
        return Text(f"Trusted no more, said{by}")
    if before.device_model != after.device_model:
        return Text("Trusted no more: it changed into another device")
    # As an alarm says it that is about anything else.
    return Text(
        "Trusted no more" if before == after else "Trusted no more: it changed, and its key may have been copied"
    )


def _changed(before: Session, after: Session, field: str) -> Text:
    return Text(
        named(str(getattr(before, field)), unknown="none"), " → ", named(str(getattr(after, field)), unknown="none")
    )


def _accepted(session: Session) -> str:
    match session.calls_disabled, session.secret_chats_disabled:
        case False, False:
            return "calls and secret chats"
        case False, True:
            return "calls, but no secret chats"
        case True, False:
            return "secret chats, but no calls"
        case _:
            return "neither calls nor secret chats"


def _code(entry: Entry, _: str) -> Text:
    return Text(f"A login code came{' and was killed at once' if entry.note == KILLED else ''}: somebody asked for one")


def _codes_killed(_: Entry, by: str) -> Text:
    return Text(f"The login codes that had come were killed{by}")


def _ttl(entry: Entry, by: str) -> Text:
    before, _, after = entry.note.partition("→")
    days = "day" if after == "1" else "days"
    set_by = f", set{by}" if by else ""
    return Text("Unused sessions end after ", named(after), f" {days} now, it was ", named(before), set_by)


def _gap(entry: Entry, _: str) -> Text:
    return Text("Nobody was looking from ", _time(entry.note), " on: what came and went meanwhile is not known")


def _account(entry: Entry, by: str) -> Text:
    return Text(_fact(entry.change or _noted(entry.note)), f", done{by}" if by else "")


def _fact(change: AccountChange) -> Text:
    title = FACTS.get(change.what)
    if title is None:
        return Text("Changed: ", named(f"{change.what} {change.after}".strip()))
    if change.what in LISTED:
        name = change.after if change.is_addition else change.before
        return Text(f"{title} {'added' if change.is_addition else 'gone'}: ", named(name, unknown="without a name"))
    return Text(f"{title}: ", _time(change.before), " → ", _time(change.after))


def _noted(note: str) -> AccountChange:
    """A change as earlier versions noted it, which did not tell a nameless thing that came from one that went."""
    what, _, values = note.partition(" ")
    if what in LISTED and not values.startswith("→"):
        return AccountChange(what=what, before=values.removesuffix("→"), how=How.REMOVED)
    before, arrow, after = values.partition("→")
    how = How.ADDED if what in LISTED else How.CHANGED
    return AccountChange(what=what, before=before if arrow else "", after=after if arrow else before, how=how)


def _time(note: str) -> Text:
    """A time in ISO 8601 as we write times; what is none as it is."""
    try:
        return Text(moment(datetime.fromisoformat(note).astimezone(UTC)))
    except (ValueError, OverflowError):
        return named(note, unknown="none")


OF_ACCOUNT: Mapping[Kind, Callable[[Entry, str], Text]] = MappingProxyType(
    {Kind.CODE: _code, Kind.CODES_KILLED: _codes_killed, Kind.TTL: _ttl, Kind.GAP: _gap, Kind.ACCOUNT: _account}
)
OF_SESSION: Mapping[Kind, Callable[[Session, Session, str], Text]] = MappingProxyType(
    {
        Kind.BASELINE: lambda _, after, __: _baseline(after),
        Kind.LOGIN: _login,
        Kind.CONFIRMED: lambda _, __, by: Text(f"Login confirmed{by or ' at Telegram'}"),
        Kind.INACTIVE: lambda _, after, __: Text(f"Not used since {day(after.active_at)}: inactive"),
        Kind.BACK: lambda before, _, __: Text(f"Used again; before that on {day(before.active_at)}"),
        Kind.MOVED: _moved,
        Kind.UPDATED: _updated,
        Kind.SETTINGS: lambda _, after, by: Text(f"Now accepts {_accepted(after)}{by and f', set{by}'}"),
        Kind.ALTERED: _altered,
        Kind.TRUSTED: lambda _, __, by: Text(f"Trusted{by}"),
        Kind.DISTRUSTED: _distrusted,
    }
)
