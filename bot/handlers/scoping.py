"""Answering about each account that a command is about; the page of one of several says that others are not shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.delivery.courier import Courier
from bot.gateway import Gateway
from bot.scope import Scope
from bot.views.accounts import only
from bot.views.screen import Screen
from bot.views.status import no_account


async def scope_of(owner: int, gateway: Gateway, courier: Courier, *, whichever_chosen: bool = False) -> Scope:
    """What a command of theirs is about, or all accounts; where there is none at all, they are told."""
    scope = Scope(known=tuple(await gateway.accounts())) if whichever_chosen else await gateway.scope(owner)
    if not scope.accounts:
        await courier.send(owner, no_account())
    return scope


async def send_each(
    owner: int,
    gateway: Gateway,
    courier: Courier,
    page_of: Callable[[int], Awaitable[Screen]],
    *,
    whichever_chosen: bool = False,
) -> None:
    """A page for each account, in a message of its own."""
    scope = await scope_of(owner, gateway, courier, whichever_chosen=whichever_chosen)
    for account in scope.accounts:
        screen = await page_of(account)
        await courier.send(owner, await with_others_named(gateway, scope, account, screen))


async def with_others_named(gateway: Gateway, scope: Scope, account: int, screen: Screen) -> Screen:
    """It says so where it is of the one account that the owner chose, and others are not shown."""
    if not scope.is_one_of_several(account):
        return screen
    return only(screen, account_name=await gateway.account_name(account))


async def among_others(gateway: Gateway, account: int, screen: Screen, *, owner: int) -> Screen:
    """So too where a page is shown for a press on a button."""
    return await with_others_named(gateway, await gateway.scope(owner), account, screen)
