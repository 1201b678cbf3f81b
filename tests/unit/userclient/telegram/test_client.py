"""The Telethon client: named for what it is, bound to Telegram unless a loopback sandbox is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon.crypto import AuthKey, rsa
from telethon.sessions import StringSession

from core.settings import SettingsError
from userclient.settings import UserclientSettings
from userclient.telegram.client import make_client

PUBLIC_KEY = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAyMEdY1aR+sCR3ZSJrtztKTKqigvO/vBfqACJLZtS7QMgCGXJ6XIR
yy7mx66W0/sOFa7/1mAZtEoIokDP3ShoqF4fVNb6XeqgQfaUHd8wJpDWHcR2OFwv
plUUI1PLTktZ9uW2WE23b+ixNwJjJGwBDJPQEQFBE+vfmH0JP503wr5INS1poWg/
j25sIWeYPHYeOrFp/eXaqhISP6G+q2IeTaWTXpwZj4LzXq5YOpk4bYEQ6mvRq7D1
aHWfYmlEGepfaYR8Q0YqvvhYtMte3ITnuSJs171+GDqpdKcSwHnd6FudwGO4pcCO
j4WcDuXc2CTHgH8gFTNhp/Y8/SpDOhvn9QIDAQAB
-----END RSA PUBLIC KEY-----"""


def settings(**particulars: Any) -> UserclientSettings:
    given: dict[str, Any] = {"api_id": 1, "api_hash": SecretStr("a hash"), "secret_key": SecretStr("k" * 32)}
    return UserclientSettings(_env_file=None, **(given | particulars))


@pytest.fixture(autouse=True)
def _bare(bare: Path) -> None:
    """No setting of this machine's."""


async def test_it_says_in_telegrams_device_list_what_it_is() -> None:
    client = make_client(settings(), "")
    said = client._init_request
    assert said.device_model == "Doorman (session guard)"
    assert said.app_version == "0.1.0"
    assert said.system_version
    assert "unknown" not in said.system_version.lower()


async def test_a_flood_wait_is_never_slept_through_in_silence() -> None:
    assert make_client(settings(), "").flood_sleep_threshold == 0


async def test_without_a_sandbox_it_goes_to_telegram() -> None:
    client = make_client(settings(), "")
    assert client.session.server_address is None  # Telethon's own, then
    assert client.session.auth_key is None


async def test_a_sandbox_on_loopback_is_gone_to_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rsa, "_server_keys", dict(rsa._server_keys))
    before = set(rsa._server_keys)
    client = make_client(settings(mtproto_server="127.0.0.1:4430", mtproto_public_key=PUBLIC_KEY), "")
    assert (client.session.server_address, client.session.port) == ("127.0.0.1", 4430)
    assert set(rsa._server_keys) >= before


async def test_a_kept_session_keeps_its_key_and_its_data_centre() -> None:
    kept = StringSession()
    kept.set_dc(4, "149.154.167.91", 443)
    kept.auth_key = AuthKey(bytes(range(256)))
    client = make_client(settings(), kept.save())
    assert client.session.save() == kept.save()


@pytest.mark.parametrize(
    "broken", ["hunter2", "1", "1hunter2", "1" + "A" * 352, "1" + "A" * 368, "2abc", "1h\u00fcnter2", "1!!!!"]
)
async def test_a_broken_session_is_told_in_a_line_that_says_what_to_do_and_does_not_repeat_it(broken: str) -> None:
    with pytest.raises(SettingsError, match=r"SESSION_STRING.*doorman login") as caught:
        make_client(settings(), broken)
    assert "hunter2" not in str(caught.value)
