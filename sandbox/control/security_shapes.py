"""What guards an account, and who is let in without a session, as the control API shows it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sandbox.security import Bot, BusinessBot, Passkey, Security, Website


def security(kept: Security) -> dict[str, Any]:
    """All of it."""
    return {
        "recovery_email": kept.recovery_email,
        "unconfirmed_email": kept.unconfirmed_email,
        "login_email": kept.login_email,
        "pending_reset_date": _seconds(kept.pending_reset_date),
        "account_ttl_days": kept.account_ttl_days,
        "websites": [website(one) for one in kept.websites.values()],
        "business_bots": [business_bot(one) for one in kept.business_bots.values()],
        "passkeys": [passkey(one) for one in kept.passkeys.values()],
    }


def website(kept: Website) -> dict[str, Any]:
    """Telegram's `webAuthorization`, with its bot."""
    return {
        "hash": str(kept.hash),
        "domain": kept.domain,
        "bot": _bot(kept.bot),
        "browser": kept.browser,
        "platform": kept.platform,
        "ip": kept.ip,
        "region": kept.region,
        "date_created": _seconds(kept.date_created),
        "date_active": _seconds(kept.date_active),
    }


def business_bot(kept: BusinessBot) -> dict[str, Any]:
    """Telegram's `connectedBot`, with its bot, and whether its connection is still to be confirmed."""
    return {
        "bot": _bot(kept.bot),
        "rights": sorted(kept.rights),
        "recipients": sorted(kept.recipients),
        "device": kept.device,
        "location": kept.location,
        "date": _seconds(kept.date),
        "unconfirmed": kept.unconfirmed,
    }


def passkey(kept: Passkey) -> dict[str, Any]:
    """Telegram's `passkey`."""
    return {
        "id": kept.id,
        "name": kept.name,
        "date": _seconds(kept.date),
        "last_usage_date": _seconds(kept.last_usage_date),
    }


def _bot(bot: Bot) -> dict[str, Any]:
    return {"id": bot.id, "first_name": bot.first_name, "username": bot.username}


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else int(at.timestamp())
