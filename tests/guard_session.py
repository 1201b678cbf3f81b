"""A guard session in a sandbox's account, signed in as `doorman login` does it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.people import now
from sandbox.running import Sandbox
from sandbox.seed import ACCOUNT_ID, PHONE
from tests.domain_values import SECRET_KEY
from userclient.guardroom import GuardSession
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.sign_in import signing_in


def settings_for(sandbox: Sandbox, *, port: int = 0, **particulars: Any) -> UserclientSettings:
    """A worker's settings, its way to Telegram by another port perhaps."""
    settings: dict[str, Any] = {
        "api_id": 1,
        "api_hash": "x",
        "secret_key": SECRET_KEY,
        "mtproto_server": f"127.0.0.1:{port or sandbox.mtproto.port}",
        "mtproto_public_key": sandbox.mtproto.public_key,
    }
    return UserclientSettings(_env_file=None, **(settings | particulars))


async def sign_in(sandbox: Sandbox, settings: UserclientSettings) -> GuardSession:
    """A new guard session, two days old."""
    async with signing_in(settings) as attempt:
        await attempt.request_code(PHONE)
        signed_in = await attempt.enter_code(sandbox.mtproto.login_code(PHONE) or "")
    for authorization in sandbox.world.person(ACCOUNT_ID).authorizations.values():
        if authorization.device_model == DEVICE_MODEL:
            sandbox.world.change(authorization, date_created=now() - timedelta(days=2), unconfirmed=False)
    return GuardSession(account=signed_in.account, session=signed_in.session)
