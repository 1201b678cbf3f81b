"""Questions that wait for an owner's words: each in its own chat, for ten minutes."""

from __future__ import annotations

from bot.asked import KEPT_MOST, Asked


class Clock:
    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


def test_a_question_is_known_by_its_chat_and_message() -> None:
    asked: Asked[str] = Asked()
    asked.ask(1, 5, "my phone")
    assert [asked.about(1, 5), asked.about(2, 5), asked.about(1, 6)] == ["my phone", None, None]


def test_after_ten_minutes_it_asks_nothing_any_more() -> None:
    clock = Clock()
    asked: Asked[str] = Asked(clock=clock)
    asked.ask(1, 5, "my phone")
    clock.at += 600
    assert asked.about(1, 5) == "my phone"
    clock.at += 0.1
    assert asked.about(1, 5) is None


def test_of_too_many_the_oldest_give_way() -> None:
    asked: Asked[int] = Asked()
    for message in range(KEPT_MOST + 1):
        asked.ask(1, message, message + 1)
    assert asked.about(1, 0) is None
    assert asked.about(1, 1) == 2
    assert asked.about(1, KEPT_MOST) == KEPT_MOST + 1
