"""Why an alert matters: a line for each reason, with its evidence and what makes it likely and harmless."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from aiogram.utils.formatting import Text, as_list

from bot.views.wording import estimated, named
from core.domain.risk.assessment import Assessment, Benign, Finding, Level
from core.domain.risk.changes import ChangeReason
from core.domain.risk.guard import GuardReason
from core.domain.risk.logins import LoginReason
from core.domain.risk.moves import MoveReason

ALARM = "🚨 Look at this now"
HEADLINES = {
    Level.QUIET: "For your notes",
    Level.NOTICE: "Worth a look",
    Level.ALARM: ALARM,
}
#: What stands beside them in an alert of a login, where each fact is said once.
SAID_OF_A_LOGIN = frozenset({LoginReason.PASSWORD_PENDING, LoginReason.UNCONFIRMED})
COPIED = " Somebody may be using a copy of its key."
COPIED_OURS = " Somebody may be using a copy of Doorman's key."

BENIGN: Mapping[Benign, str] = {
    Benign.VPN: "A VPN, a mobile network or a border nearby can explain it.",
    Benign.MOBILE_NETWORK: "Mobile networks, other Wi-Fi and VPNs do this on any day.",
    Benign.APP_UPDATE: "An update of the app can do this.",
    Benign.SAME_DEVICE: "The same device may have logged in again; but any device can take that name.",
    Benign.WEB_VERSION: "Telegram's web versions hand a session on to each other, so a switch between them does this.",
    Benign.HOST_MOVED: "A new deploy or another host of Doorman's can do this.",
}


def headline(level: Level) -> str:
    """How much it matters."""
    return HEADLINES[level]


def reasons(assessment: Assessment, *, said_already: frozenset[str] = frozenset()) -> Text:
    """All reasons but those that were `said_already`, a line each, the weightiest first; each benign explanation is
    said once. Empty where there is none.
    """
    said: set[Benign] = set()
    lines: list[Text] = []
    for finding in assessment.findings:
        if finding.reason not in WORDS or finding.reason in said_already:  # an older or younger worker's
            continue
        benign = finding.benign if finding.benign not in said else None
        said |= {benign} if benign else set()
        lines.append(Text("• ", WORDS[finding.reason](finding), f" {BENIGN[benign]}" if benign else ""))
    return as_list(*lines) if lines else Text()


def _plain(words: str) -> Callable[[Finding], Text]:
    return lambda _finding: Text(words)


def _new(what: str) -> Callable[[Finding], Text]:
    return lambda finding: Text(f"New {what}: ", named(finding.after), f" ({_to_whom(finding)}).")


def _new_country(finding: Finding) -> Text:
    return Text("New country: ", estimated(finding.after), f" ({_to_whom(finding)}).")


def _to_whom(finding: Finding) -> str:
    sessions = "the one session" if finding.count == 1 else f"all {finding.count} sessions"
    return f"new to {sessions} known so far"


def _otherwise(what: str, meaning: str = "") -> Callable[[Finding], Text]:
    return lambda finding: Text(
        f"{what}: ", named(finding.before, unknown="none"), " → ", named(finding.after, unknown="none"), f".{meaning}"
    )


def _moved(who: str, meaning: str = "") -> Callable[[Finding], Text]:
    return lambda finding: Text(
        f"{who} moved from ", named(finding.before), " to ", estimated(finding.after), f".{meaning}"
    )


def _unofficial(finding: Finding) -> Text:
    return Text(
        "Not an official app: ",
        named(finding.after, unknown="an app without a name"),
        " is somebody else's, or a script. (An official app's id would prove little: any program can use it.)",
    )


def _borrowed_name(finding: Finding) -> Text:
    return Text(
        "A borrowed name: its app is called ",
        named(finding.after),
        ", as one known here is, but has another app id, which is not an official one.",
    )


def _elsewhere(finding: Finding) -> Text:
    return Text(
        "Two countries at once: a device of yours was active in ",
        named(finding.before),
        f" within {_lasting(finding.minutes)} of this login from ",
        estimated(finding.after),
        ".",
    )


def _moved_too_fast(finding: Finding) -> Text:
    return Text(
        "It moved fast: it was active in ",
        named(finding.before),
        f" {_lasting(finding.minutes)} before.",
    )


def _all_idle(finding: Finding) -> Text:
    return Text(f"None of your devices was in use: the last one was {_lasting(finding.minutes)} before.")


def _code_asked(finding: Finding) -> Text:
    return Text(
        f"A login code was asked for {_lasting(finding.minutes)} before: whoever logged in has probably read it."
    )


def _several(finding: Finding) -> Text:
    return Text(f"It is login number {finding.count} within an hour.")


def _known_name(finding: Finding) -> Text:
    return Text("A session on a device named ", named(finding.after), " was known before.")


def _lasting(minutes: int) -> str:
    if minutes < 2:  # noqa: PLR2004 - one minute or less
        return "a minute"
    hours, rest = divmod(minutes, 60)
    if hours >= 48:  # noqa: PLR2004 - two days
        return f"{hours // 24} days"
    return " ".join([f"{hours} h"] * (hours > 0) + [f"{rest} min"] * (rest > 0))


WORDS: Mapping[str, Callable[[Finding], Text]] = {
    LoginReason.NEW_COUNTRY: _new_country,
    LoginReason.NEW_NETWORK: _new("network"),
    LoginReason.NEW_APP: _new("app id"),
    LoginReason.NEW_PLATFORM: _new("platform"),
    LoginReason.UNOFFICIAL: _unofficial,
    LoginReason.BORROWED_NAME: _borrowed_name,
    LoginReason.ELSEWHERE: _elsewhere,
    LoginReason.ALL_IDLE: _all_idle,
    LoginReason.CODE_ASKED: _code_asked,
    LoginReason.SEVERAL: _several,
    LoginReason.PASSWORD_PENDING: _plain(
        "It can't read anything yet: the login code was entered, the 2FA password was not."
    ),
    LoginReason.UNCONFIRMED: _plain("Telegram waits for your word on it."),
    LoginReason.KNOWN_NAME: _known_name,
    ChangeReason.OTHER_DEVICE: _otherwise("Another device in the same session", COPIED),
    ChangeReason.OTHER_PLATFORM: _otherwise("Another platform in the same session", COPIED),
    ChangeReason.OTHER_APP: _otherwise("Another app id in the same session", COPIED),
    ChangeReason.RENAMED_APP: _otherwise("The app has another name"),
    ChangeReason.OFFICIAL_NO_MORE: lambda finding: Text(
        "Telegram no longer lists ", named(finding.after, unknown="its app"), " as an official app."
    ),
    ChangeReason.PASSWORD_ENTERED: _plain("The 2FA password was entered: from now on it can read messages."),
    ChangeReason.CONFIRMED: _plain(
        "The login was confirmed at Telegram: by somebody who is logged in, or by Telegram after some days."
    ),
    ChangeReason.DOUBTED_AGAIN: _plain("Telegram asks for your word on it once more."),
    ChangeReason.ACCEPTS_OTHERWISE: _plain("Whether it takes calls or secret chats was changed."),
    MoveReason.MOVED_COUNTRY: _moved("It"),
    MoveReason.MOVED_TOO_FAST: _moved_too_fast,
    MoveReason.MOVED_NETWORK: _otherwise("A network that is new here"),
    GuardReason.DEVICE: _otherwise("Doorman's own session names another device", COPIED_OURS),
    GuardReason.PLATFORM: _otherwise("Doorman's own session runs on another platform", COPIED_OURS),
    GuardReason.APP: _otherwise("Doorman's own session has another app id", COPIED_OURS),
    GuardReason.COUNTRY: _moved("Doorman's own session", COPIED_OURS),
    GuardReason.NETWORK: _otherwise("Doorman's own session is in another network"),
    GuardReason.RENEWED: _plain("Doorman logged in anew: if you did not run `doorman login`, somebody else did."),
}
