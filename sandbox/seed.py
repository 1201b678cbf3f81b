"""The demo's world: one account with three sessions of its own, and a second person who owns the bot."""

from __future__ import annotations

from datetime import datetime, timedelta

from sandbox.people import Authorization, Person, now
from sandbox.world import World

ACCOUNT_ID = 700_000_001
OWNER_ID = 700_000_002
PHONE = "99966200001"  # 99966… are Telegram's own test numbers, nobody's


def seed(world: World, *, at: datetime | None = None) -> World:
    """Fill a world; addresses are from the ranges kept for documentation (RFC 5737)."""
    at = at or now()
    world.chats.bot["first_name"] = "Doorman"
    world.add_person(Person(id=ACCOUNT_ID, first_name="Demo account", phone=PHONE))
    world.add_person(Person(id=OWNER_ID, first_name="Owner", username="sandbox_owner"), owner=True)
    for session in (_phone(at), _desktop(at), _browser(at)):
        world.log_in(session, push=False)
    return world


def _phone(at: datetime) -> Authorization:
    return Authorization(
        user_id=ACCOUNT_ID,
        device_model="Pixel 8",
        platform="Android",
        system_version="SDK 35",
        api_id=6,
        app_name="Telegram Android",
        app_version="11.9.0 (58412)",
        official_app=True,
        ip="192.0.2.17",
        country="Sweden",
        region="Malmo",
        date_created=at - timedelta(days=94, hours=3),
        date_active=at - timedelta(minutes=4),
    )


def _desktop(at: datetime) -> Authorization:
    return Authorization(
        user_id=ACCOUNT_ID,
        device_model="ThinkPad X1",
        platform="Linux",
        system_version="Ubuntu 24.04",
        api_id=2040,
        app_name="Telegram Desktop",
        app_version="5.13.1 x64",
        official_app=True,
        ip="192.0.2.17",
        country="Sweden",
        region="Malmo",
        date_created=at - timedelta(days=41, hours=7),
        date_active=at - timedelta(hours=2, minutes=11),
    )


def _browser(at: datetime) -> Authorization:
    return Authorization(
        user_id=ACCOUNT_ID,
        device_model="Firefox 138",
        platform="Web",
        system_version="Windows",
        api_id=2496,
        app_name="Telegram Web",
        app_version="2.2 K",
        official_app=True,
        ip="198.51.100.8",
        country="Denmark",
        region="Copenhagen",
        date_created=at - timedelta(days=23, hours=1),
        date_active=at - timedelta(days=6, hours=5),
    )
