"""The bot behind a webhook: Telegram's deliveries are served, anybody else's refused."""

from __future__ import annotations

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.e2e.house import House, free_port, until


@pytest.fixture(scope="module")
def home(home: House) -> House:
    """The bot moved behind a webhook."""
    port = free_port()
    home.settings |= {"WEBHOOK_URL": f"http://127.0.0.1:{port}", "PORT": str(port)}
    home.stop("bot")
    home.start("bot")
    until("the webhook", lambda: home.calls("setWebhook"))
    return home


def test_the_owner_is_answered_and_alerted(home: House) -> None:
    home.owner.ask("/help", "What Doorman does")
    hash_ = home.somebody_logs_in("By webhook")
    alert = home.owner.see("New login", "By webhook")
    home.owner.press(alert, "End session")
    home.owner.press(home.owner.sees_on(alert, "Yes, end"), "Yes, end")
    home.owner.sees_on(alert, "Ended by you")
    assert hash_ not in home.sessions()


@pytest.mark.parametrize("secret", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guessed"}])
def test_a_delivery_without_the_secret_token_is_refused(home: House, secret: dict[str, str]) -> None:
    forged = b'{"update_id": 1, "message": {}}'
    headers = {"Content-Type": "application/json", **secret}
    url = home.settings["WEBHOOK_URL"] + "/telegram"
    with pytest.raises(HTTPError) as refused:
        urlopen(Request(url, data=forged, headers=headers), timeout=5)
    assert refused.value.code == 401
    refused.value.close()


def test_it_stops_cleanly(home: House) -> None:
    assert home.stop("bot") == 0
