"""An owner's sign of life wakes whoever waits for it, and nobody waits for ever."""

from __future__ import annotations

import asyncio

from bot.delivery.doorbells import Doorbells
from tests.waiting import running, within_patience


async def test_one_ring_wakes_all_who_wait_for_that_owner() -> None:
    bells = Doorbells()
    async with running(bells.of(1).heard(seconds=60)) as first, running(bells.of(1).heard(seconds=60)) as second:
        await asyncio.sleep(0)
        bells.ring(1)
        await within_patience(asyncio.gather(first, second))


async def test_a_ring_wakes_nobody_who_waits_for_another_owner() -> None:
    bells = Doorbells()
    async with running(bells.of(2).heard(seconds=60)) as waiting:
        await asyncio.sleep(0)
        bells.ring(1)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()


async def test_a_bell_that_rang_before_it_was_listened_to_was_heard() -> None:
    bells = Doorbells()
    bell = bells.of(1)
    bells.ring(1)
    await within_patience(bell.heard(seconds=60))


async def test_a_bell_that_is_taken_after_a_ring_waits_for_the_next() -> None:
    bells = Doorbells()
    bells.of(1)
    bells.ring(1)
    async with running(bells.of(1).heard(seconds=60)) as waiting:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert not waiting.done()
        bells.ring(1)
        await within_patience(waiting)


async def test_a_bell_that_was_listened_to_in_vain_is_heard_the_next_time() -> None:
    bells = Doorbells()
    await bells.of(1).heard(seconds=0.01)
    async with running(bells.of(1).heard(seconds=60)) as waiting:
        await asyncio.sleep(0)
        bells.ring(1)
        await within_patience(waiting)


async def test_where_nobody_rings_the_wait_ends_by_itself() -> None:
    await within_patience(Doorbells().of(1).heard(seconds=0.01))


async def test_a_bell_that_rings_for_nobody_does_no_harm() -> None:
    Doorbells().ring(1)
