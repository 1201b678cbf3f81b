"""`help.*`: where the server is, and what a client asks as it starts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from telethon.tl import types

from sandbox.mtproto.api.method import Method, for_anyone
from sandbox.mtproto.ask import Ask
from sandbox.mtproto.handshake import DC_ID

GOOD_FOR = timedelta(hours=1)
#: Numbers that a client needs and nobody here acts on [core.telegram.org/constructor/config].
LIMITS: Final = {
    "chat_size_max": 200,
    "megagroup_size_max": 200_000,
    "forwarded_count_max": 100,
    "online_update_period_ms": 210_000,
    "offline_blur_timeout_ms": 5_000,
    "offline_idle_timeout_ms": 30_000,
    "online_cloud_timeout_ms": 300_000,
    "notify_cloud_delay_ms": 30_000,
    "notify_default_delay_ms": 1_500,
    "push_chat_period_ms": 60_000,
    "push_chat_limit": 2,
    "edit_time_limit": 172_800,
    "revoke_time_limit": 2_147_483_647,
    "revoke_pm_time_limit": 2_147_483_647,
    "rating_e_decay": 2_419_200,
    "stickers_recent_limit": 200,
    "channels_read_media_period": 604_800,
    "call_receive_timeout_ms": 20_000,
    "call_ring_timeout_ms": 90_000,
    "call_connect_timeout_ms": 30_000,
    "call_packet_timeout_ms": 10_000,
    "caption_length_max": 1_024,
    "message_length_max": 4_096,
}


def _get_config(ask: Ask, _request: Any) -> Any:
    address = {"id": DC_ID, "ip_address": ask.datacentre.host, "port": ask.datacentre.port, "this_port_only": True}
    return types.Config(
        date=ask.now,
        expires=ask.now + GOOD_FOR,
        test_mode=False,
        this_dc=DC_ID,
        dc_options=[types.DcOption(**address, static=True), types.DcOption(**address, media_only=True)],
        dc_txt_domain_name="localhost",
        me_url_prefix="https://t.me/",
        webfile_dc_id=DC_ID,
        **LIMITS,
    )


def _get_nearest_dc(_ask: Ask, _request: Any) -> Any:
    return types.NearestDc("NL", DC_ID, DC_ID)


def _get_app_config(ask: Ask, request: Any) -> Any:
    """Whether the account is frozen, a client learns here alone; the hash is another for other values."""
    values = {"authorization_autoconfirm_period": ask.world.autoconfirm.total_seconds()}
    frozen_since = ask.person.frozen_since if ask.key.authorization else None
    if frozen_since:
        values["freeze_since_date"] = frozen_since.timestamp()
    hash_ = int(sum(values.values())) & 0x7FFFFFFF
    if request.hash == hash_:
        return types.help.AppConfigNotModified()
    listed = [types.JsonObjectValue(name, types.JsonNumber(value)) for name, value in values.items()]
    return types.help.AppConfig(hash_, types.JsonObject(listed))


def _get_cdn_config(_ask: Ask, _request: Any) -> Any:
    return types.CdnConfig([])


def _get_app_update(_ask: Ask, _request: Any) -> Any:
    return types.help.NoAppUpdate()


def _get_terms_of_service_update(ask: Ask, _request: Any) -> Any:
    return types.help.TermsOfServiceUpdateEmpty(ask.now + GOOD_FOR)


def _get_promo_data(ask: Ask, _request: Any) -> Any:
    return types.help.PromoDataEmpty(ask.now + GOOD_FOR)


METHODS: Final[Mapping[str, Method]] = {
    "help.getConfig": for_anyone(_get_config),
    "help.getNearestDc": for_anyone(_get_nearest_dc),
    "help.getAppConfig": for_anyone(_get_app_config),
    "help.getCdnConfig": for_anyone(_get_cdn_config),
    "help.getAppUpdate": for_anyone(_get_app_update),
    "help.getTermsOfServiceUpdate": Method(_get_terms_of_service_update),
    "help.getPromoData": Method(_get_promo_data),
}
