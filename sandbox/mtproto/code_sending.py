"""A login code on its way: made for a number, and shown in the sessions that its account has."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.mtproto.datacentre import DataCentre
from sandbox.mtproto.errors import RpcError
from sandbox.mtproto.login_codes import LoginCode, bare
from sandbox.people import Person
from sandbox.world import World

TEXT = (
    "Login code: {code}. Never give it to anyone, whoever they say they are, not even to Telegram.\n\n"
    "It signs a new device in to your account. If that isn't you, do nothing: without the code nobody gets in."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """`in_app`: 777000 wrote it to the account; otherwise it went out by SMS."""

    code: LoginCode
    in_app: bool


def send_code(datacentre: DataCentre, phone: str) -> Sent:
    """Send one, be there an account or not. Raises RpcError."""
    person = owner_of(datacentre.world, phone)
    if person and person.deactivated == "USER_DEACTIVATED_BAN":
        raise RpcError(400, "PHONE_NUMBER_BANNED")
    code = datacentre.codes.send(phone)
    in_app = person is not None and person.has_company()
    if person and in_app:
        datacentre.world.service_message(person, TEXT.format(code=code.code))
    return Sent(code=code, in_app=in_app)


def owner_of(world: World, phone: str) -> Person | None:
    """Whose number it is, if it has an account."""
    return next((person for person in world.accounts() if bare(person.phone or "") == phone), None)
