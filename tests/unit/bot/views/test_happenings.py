"""Each kind of entry in words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.views.happenings import what_happened
from core.domain.account_state import AccountChange, How
from core.domain.history import KILLED, Entry, Kind
from core.domain.sessions import Session
from core.domain.tombstones import DOORMAN
from tests.domain_values import NOW, OWNER, guard_session, session
from tests.year import history_of

PHONE = session("7")
ABROAD = replace(PHONE, country="Japan", region="", ip="198.51.100.9")


def said(kind: Kind, viewer: int = OWNER, **fields: Any) -> str:
    entry = Entry(at=NOW, kind=kind, **fields)
    return what_happened(entry, viewer=viewer).render()[0].replace("\u2068", "").replace("\u2069", "")


@pytest.mark.parametrize(
    ("kind", "after", "words"),
    [
        (Kind.LOGIN, PHONE, "Logged in from Malmo, Sweden"),
        (Kind.LOGIN, guard_session(), "Doorman logged in anew"),
        (
            Kind.LOGIN,
            replace(PHONE, password_pending=True),
            "Login code entered, 2FA password not, from Malmo, Sweden",
        ),
        (Kind.MOVED, ABROAD, "Moved: Malmo, Sweden → Japan"),
        (Kind.MOVED, replace(PHONE, ip="198.51.100.9"), "Moved in Malmo, Sweden: 192.0.2.7 → 198.51.100.9"),
        (Kind.UPDATED, replace(PHONE, app_version="12.2"), "App updated: 12.1.1 → 12.2"),
        (Kind.UPDATED, replace(PHONE, system_version="17"), "System updated: 16 → 17"),
        (Kind.SETTINGS, replace(PHONE, calls_disabled=True), "Now accepts secret chats, but no calls"),
        (Kind.ALTERED, replace(PHONE, device_model="iPhone"), "Another device: Pixel 9 → iPhone"),
        (
            Kind.ALTERED,
            replace(PHONE, device_model="iPhone", platform="iOS", app_name="X"),
            "Another device: Pixel 9 → iPhone; another app: Telegram Android → X; another system: Android → iOS",
        ),
        (Kind.DISTRUSTED, replace(PHONE, device_model="iPhone"), "Trusted no more: it changed into another device"),
        (
            Kind.DISTRUSTED,
            replace(PHONE, platform="iOS"),
            "Trusted no more: it changed, and its key may have been copied",
        ),
        (Kind.DISTRUSTED, PHONE, "Trusted no more"),
        (Kind.ALTERED, replace(PHONE, app_name="X"), "Another app: Telegram Android → X"),
        (Kind.ALTERED, replace(PHONE, api_id=9), "Another app id: 6 → 9"),
        (Kind.ALTERED, replace(PHONE, official_app=True), "Now says that its app is official"),
        (Kind.BACK, PHONE, "Used again; before that on 14 Mar 2026"),
        (Kind.INACTIVE, PHONE, "Not used since 14 Mar 2026: inactive"),
        (Kind.COMPLETED, PHONE, "2FA password entered: full access from then on"),
    ],
)
def test_what_became_of_a_session(kind: Kind, after: Session, words: str) -> None:
    assert said(kind, session=after, before=PHONE) == words


@pytest.mark.parametrize(
    ("by", "whose"), [(OWNER, " by you"), (77, " by another owner"), (DOORMAN, " by a rule of Doorman's"), (None, "")]
)
def test_whose_doing_it_was(by: int | None, whose: str) -> None:
    assert said(Kind.TRUSTED, session=PHONE, by=by) == f"Trusted{whose}"
    assert said(Kind.CONFIRMED, session=PHONE, by=by) == f"Login confirmed{whose or ' at Telegram'}"
    assert said(Kind.ENDED, session=PHONE, by=by) == f"Ended{whose or ', why is not known'}"
    assert said(Kind.LABELLED, session=PHONE, by=by, note="my phone") == f"Named my phone{whose}"
    assert said(Kind.LABELLED, session=PHONE, by=by) == f"Name taken away{whose}"


@pytest.mark.parametrize(
    ("kind", "note", "words"),
    [
        (Kind.TTL, "180→7", "Unused sessions end after 7 days now, it was 180"),
        (Kind.TTL, "7→1", "Unused sessions end after 1 day now, it was 7"),
        (Kind.ACCOUNT, "has_password yes→no", "2FA password: yes → no"),
        (Kind.ACCOUNT, "login_email →a***@x.org", "Login e-mail: none → a***@x.org"),
        (
            Kind.ACCOUNT,
            "reset_at →2026-03-21T15:09:26+00:00",
            "Reset of the 2FA password: none → 21 Mar 2026, 15:09 UTC",
        ),
        (Kind.ACCOUNT, "websites →shop.example", "Website added: shop.example"),
        (Kind.ACCOUNT, "bots My → bot→", "Business bot gone: My bot"),
        (Kind.ACCOUNT, "passkeys →", "Passkey added: without a name"),
        (Kind.ACCOUNT, "something new", "Changed: something new"),
        (
            Kind.GAP,
            (NOW - timedelta(hours=5)).isoformat(),
            "Nobody was looking from 14 Mar 2026, 10:09 UTC on: what came and went meanwhile is not known",
        ),
        (Kind.GAP, "?", "Nobody was looking from ? on: what came and went meanwhile is not known"),
        (Kind.CODE, "", "A login code came: somebody asked for one"),
        (Kind.GUARD_LOST, "", "Doorman's own session was ended"),
    ],
)
def test_what_became_of_the_account(kind: Kind, note: str, words: str) -> None:
    assert said(kind, note=note) == words


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (AccountChange(what="has_password", before="yes", after="no"), "2FA password: yes → no"),
        (AccountChange(what="login_email", before="a→b", after=""), "Login e-mail: a b → none"),
        (AccountChange(what="bots", after="My → bot", how=How.ADDED), "Business bot added: My bot"),
        (AccountChange(what="bots", before="→", how=How.REMOVED), "Business bot gone: without a name"),
        (AccountChange(what="bots", how=How.ADDED), "Business bot added: without a name"),
        (AccountChange(what="bots", how=How.REMOVED), "Business bot gone: without a name"),
        (AccountChange(what="something", after="new"), "Changed: something new"),
    ],
)
def test_what_is_another_of_the_accounts_safety(change: AccountChange, words: str) -> None:
    assert said(Kind.ACCOUNT, change=change) == words


@pytest.mark.parametrize(("by", "whose"), [(OWNER, "by you"), (77, "by another owner")])
def test_what_an_owner_had_done_to_the_account_names_them(by: int, whose: str) -> None:
    gone = AccountChange(what="bots", before="Helper", how=How.REMOVED)
    assert said(Kind.TTL, note="180→7", by=by) == f"Unused sessions end after 7 days now, it was 180, set {whose}"
    assert said(Kind.ACCOUNT, change=gone, by=by) == f"Business bot gone: Helper, done {whose}"
    assert said(Kind.CODES_KILLED, by=by) == f"The login codes that had come were killed {whose}"


def test_a_code_that_was_killed_as_it_came_says_so() -> None:
    assert said(Kind.CODE, note=KILLED) == "A login code came and was killed at once: somebody asked for one"


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_has_words_even_without_its_session(kind: Kind) -> None:
    assert said(kind)
    assert said(kind, session=PHONE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_year_has_words_for_everything_and_for_no_entry_many(seed: int) -> None:
    for entry in history_of(seed):
        words = what_happened(entry, viewer=OWNER).render()[0]
        assert 0 < len(words) <= 220
        assert "\n" not in words
