"""The demo's guard session: signed in as `doorman login` does, and again when Telegram has ended it."""

from __future__ import annotations

from dataclasses import dataclass

from redis.exceptions import RedisError

from core.connection import connect
from doorman.demo_world import DemoWorld
from userclient import guardroom
from userclient.settings import UserclientSettings
from userclient.telegram.client import DEVICE_MODEL
from userclient.telegram.sign_in import PasswordNeededError, SignInError, signing_in
from userclient.trouble import TelegramTrouble

TWO_STEP = "the account has a 2FA password now, which the demo does not know"


class NotLoggedInError(Exception):
    """The message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoGuard:
    """The session by which the demo's worker watches."""

    world: DemoWorld
    settings: UserclientSettings

    async def log_in(self) -> None:
        """The code is read as the account's owner would. Raises NotLoggedInError."""
        redis = connect(self.settings, name="doorman-demo")
        try:
            async with signing_in(self.settings) as attempt:
                await attempt.request_code(self.world.phone)
                signed_in = await attempt.enter_code(await self.world.login_code())
            # Before a worker meets it: Telegram's first day of a session is not what a newcomer came to see.
            await self.world.settle_session(DEVICE_MODEL)
            await guardroom.keep(redis, signed_in.session, account=signed_in.account, keyring=self.settings.keyring)
        except PasswordNeededError:  # of a password, the sandbox tells only whether there is one
            raise NotLoggedInError(TWO_STEP) from None
        except (SignInError, TelegramTrouble, RedisError) as error:
            raise NotLoggedInError(str(error)) from None
        finally:
            await redis.aclose()

    async def is_dead(self) -> bool:
        """Whether Telegram has ended it, as far as the worker has found out; False while Redis can't tell."""
        redis = connect(self.settings, name="doorman-demo")
        try:
            session = await guardroom.find(redis, self.settings, self.world.account)
            return session is not None and await guardroom.is_dead(redis, session)
        except RedisError:
            return False
        finally:
            await redis.aclose()
