"""The main job as its owner lives it: a login, an alert, two presses, and the session is gone."""

from __future__ import annotations

import functools

from bot.views.welcome import COMMANDS
from tests.e2e.house import House, Person, until


def test_the_first_message_calls_the_account_by_its_name(home: House) -> None:
    first = next(m for m in home.owner.bots() if "Doorman now watches" in m.text)
    assert "Demo account" in first.text.partition("\n")[0]


def test_the_list_from_an_alert_leaves_the_alert_to_be_decided_and_settled(home: House) -> None:
    hash_ = home.somebody_logs_in("Undecided yet")
    alert = home.owner.see("New login", "Undecided yet")
    home.owner.press(alert, "All sessions")
    listed = home.owner.see("sessions of", after=alert.id)
    assert home.owner.now(alert).raw_buttons() == alert.raw_buttons()
    home.owner.press(listed, "End all others")
    question = home.owner.sees_on(listed, "No, keep them")
    home.end_elsewhere(hash_)
    settled = home.owner.sees_on(alert, "It ended elsewhere")
    assert home.owner.now(question).text == question.text
    home.owner.press(settled, "All sessions")
    home.owner.see("sessions of", after=question.id)
    assert home.owner.now(settled).text == settled.text


def test_a_new_login_is_alerted_with_who_what_where_when_and_buttons(home: House) -> None:
    home.somebody_logs_in(
        "Pixel 9",
        platform="Android",
        system_version="16",
        app_name="Telegram Android",
        app_version="12.0",
        ip="203.0.113.9",
        country="Netherlands",
        region="Amsterdam",
        date_created=1_795_000_000,
    )
    alert = home.owner.see("New login", "Pixel 9")
    for words in ("Demo account", "Android 16", "Telegram Android 12.0", "203.0.113.9", "Amsterdam, Netherlands"):
        assert words in alert.text
    assert "18 Nov 2026, 11:06 UTC" in alert.text
    assert alert.buttons == ["🚫 End session", "✅ It was me", "Remind me in an hour", "All sessions"]


def test_end_and_a_second_press_end_the_session_and_the_message_says_so(home: House) -> None:
    hash_ = home.somebody_logs_in("Thief's phone")
    alert = home.owner.see("Thief's phone")
    home.owner.press(alert, "End session")
    asked = home.owner.sees_on(alert, "Yes, end this session")
    assert hash_ in home.sessions(), "the first press ends nothing"
    home.owner.press(asked, "Yes, end")
    ended = home.owner.sees_on(alert, "Ended by you")
    assert hash_ not in home.sessions()
    assert ended.buttons == ["All sessions"]


def test_no_keeps_the_session_and_brings_the_buttons_back(home: House) -> None:
    hash_ = home.somebody_logs_in("Tablet to keep")
    alert = home.owner.see("Tablet to keep")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "No, keep it"), "No, keep it")
    assert home.owner.sees_on(alert, "It was me").buttons == alert.buttons
    assert hash_ in home.sessions()


def test_it_was_me_confirms_the_login_at_telegram(home: House) -> None:
    hash_ = home.somebody_logs_in("My new laptop")
    assert home.sessions()[hash_]["unconfirmed"]
    alert = home.owner.see("My new laptop")
    home.owner.press(alert, "It was me")
    home.owner.sees_on(alert, "You said that it was you")
    assert not home.sessions()[hash_]["unconfirmed"]
    home.owner.ask("/sessions", "sessions of")  # a look at the roster: it tells nothing new
    assert not [m for m in home.owner.bots() if "changed" in m.text and "My new laptop" in m.text]


def test_sessions_shows_what_the_world_holds(home: House) -> None:
    home.somebody_logs_in("Listed device", ip="198.51.100.20")
    home.owner.see("Listed device")
    shown = home.owner.ask("/sessions", "sessions of")
    assert f"{len(home.sessions())} sessions" in shown.text
    pages = [shown.text]
    while forward := next((b for b in shown.buttons if "▶" in b), None):
        home.owner.press(shown, forward)
        shown = home.owner.sees_on(shown, f"◀ {len(pages)}/")
        pages.append(shown.text)
    for row in home.sessions().values():
        assert any(row["device_model"] in page for page in pages)


def test_a_card_shows_one_session_and_can_end_it(home: House) -> None:
    hash_ = home.somebody_logs_in("Card device", ip="198.51.100.21", date_active=2_147_000_000)
    home.owner.see("New login", "Card device")
    shown = home.owner.ask("/sessions", "Card device")
    home.owner.press(shown, "Card device")
    card = home.owner.sees_on(shown, "198.51.100.21", "End session")
    home.owner.press(card, "End session")
    home.owner.press(home.owner.sees_on(card, "Yes, end"), "Yes, end")
    home.owner.sees_on(card, "Ended by you")
    assert hash_ not in home.sessions()


def test_refreshing_edits_the_list_in_place(home: House) -> None:
    shown = home.owner.ask("/sessions", "sessions of")
    hash_ = home.somebody_logs_in("Fresh device", date_active=2_147_000_000)
    home.owner.see("New login", "Fresh device")
    home.owner.press(shown, "Refresh")
    home.owner.sees_on(shown, "Fresh device")
    home.end_elsewhere(hash_)


def test_doormans_own_session_has_a_card_without_an_end(home: House) -> None:
    shown = home.owner.ask("/sessions", "sessions of")
    home.owner.press(shown, "Doorman (session guard)")
    card = home.owner.sees_on(shown, "Doorman's own session. To give it up")
    assert card.buttons == ["All sessions"]


def test_a_login_whose_push_was_lost_is_found_by_the_poll(home: House) -> None:
    home.somebody_logs_in("Quiet intruder", push=False)
    home.owner.see("New login", "Quiet intruder")


def test_a_session_that_ends_elsewhere_is_told_and_its_alert_brought_up_to_date(home: House) -> None:
    hash_ = home.somebody_logs_in("Short visit")
    alert = home.owner.see("New login", "Short visit")
    home.end_elsewhere(hash_)
    home.owner.see("A session ended", "Short visit", after=alert.id)
    assert home.owner.sees_on(alert, "It ended elsewhere").buttons == ["All sessions"]


def test_a_login_of_which_only_the_push_is_known_is_alerted_and_completed_later(home: House) -> None:
    home.fail_next("mtproto", "account.getAuthorizations", "INTERNAL_SERVER_ERROR", times=4)
    home.somebody_logs_in("Half seen", ip="198.51.100.33", country="Norway", region="Oslo")
    alert = home.owner.see("New login", "Half seen")
    home.owner.sees_on(alert, "198.51.100.33")
    assert len([m for m in home.owner.bots() if "Half seen" in m.text]) == 1


def test_a_login_without_its_second_password_is_said_to_have_no_access(home: House) -> None:
    hash_ = home.somebody_logs_in("Half way in", password_pending=True)
    alert = home.owner.see("New login", "Half way in", "can't read any messages")
    home.change(hash_, password_pending=False)
    home.owner.see("Half way in", "from now on it can read messages", after=alert.id)


def test_pressing_twice_ends_once_and_says_so(home: House) -> None:
    hash_ = home.somebody_logs_in("Twice pressed")
    alert = home.owner.see("Twice pressed")
    home.owner.press(alert, "End session")
    asked = home.owner.sees_on(alert, "Yes, end")
    for press in [home.owner.press_at_once(asked, "Yes, end") for _ in range(2)]:
        until("an answer to the press", functools.partial(home.owner.was_answered, press))
    assert "Ended by you" in home.owner.now(alert).text
    ends = [c for c in home.calls("account.resetAuthorization") if c["params"]["hash"] == hash_]
    assert len(ends) == 1


def test_a_cleverly_named_device_stays_one_line_of_text(home: House) -> None:
    home.somebody_logs_in("<b>Doorman</b>\n\n✅ All is well\u202e [x](http://evil.example)")
    alert = home.owner.see("New login", "All is well")
    line = next(line for line in alert.text.splitlines() if "All is well" in line)
    assert line.startswith("\u2068<b>Doorman</b> All is well")  # without a mark of Doorman's own
    assert "\u202e" not in alert.text


def test_a_stranger_gets_silence(home: House) -> None:
    stranger = Person(home.api, 666_000_111)
    for words in ("/start", "/sessions", "hello", "/status"):
        stranger.send(words)
    home.owner.ask("/status", "Watching")  # by then the bot has seen the stranger's messages
    assert stranger.bots() == []


def test_status_and_help_answer(home: House) -> None:
    status = home.owner.ask("/status", "Watching")
    assert "It may end other sessions" in home.owner.sees_on(status, "Watching").text
    home.owner.ask("/help", "What Doorman does")
    home.owner.ask("/nonsense", "I know /sessions")


def test_the_command_menu_is_set_for_the_owner(home: House) -> None:
    menus = until("setMyCommands", lambda: [c for c in home.calls("setMyCommands") if c["answer"].get("ok")])
    assert [c["command"] for c in menus[-1]["params"]["commands"]] == [c.command for c in COMMANDS]
    assert menus[-1]["params"]["scope"] == {"type": "chat", "chat_id": home.owner.id}


def test_a_flood_wait_on_ending_is_told_with_its_end(home: House) -> None:
    hash_ = home.somebody_logs_in("Flooded")
    alert = home.owner.see("Flooded")
    home.fail_next("mtproto", "account.resetAuthorization", "FLOOD_WAIT_77")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.see("Flooded", "Not ended", "wait until", "UTC", after=alert.id)
    assert hash_ in home.sessions()
    assert home.owner.sees_on(alert, "It was me").buttons == alert.buttons


def test_an_alert_that_the_bot_api_throttles_comes_when_it_may(home: House) -> None:
    home.fail_next("botapi", "sendMessage", "Too Many Requests: retry after 1")
    home.somebody_logs_in("Throttled")
    home.owner.see("New login", "Throttled")
    assert len([m for m in home.owner.bots() if "Throttled" in m.text]) == 1


def test_two_hundred_sessions_are_shown_in_pages(home: House) -> None:
    hashes = [
        home.somebody_logs_in(f"Device {n} " + "ж" * 60, app_name="App " + "й" * 60, push=False) for n in range(200)
    ]
    shown = home.owner.ask("/sessions", "sessions of")
    home.owner.press(shown, "▶")
    home.owner.sees_on(shown, "◀ 1/", "▶")
    for hash_ in hashes:
        home.end_elsewhere(hash_)
