"""`python -m tests.browser.images`: the pictures of the demo that the README shows, taken anew into docs/images."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import launched
from tests.browser.demo import Screen, running_demo, screen
from tests.e2e.house import Api

FOLDER = Path(__file__).parents[2] / "docs" / "images"
DESKTOP = {"viewport": {"width": 1280, "height": 940}}
PHONE = {"viewport": {"width": 390, "height": 900}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
#: No spinner, cursor or animation is caught half way.
STILL = {"animations": "disabled", "caret": "hide"}


def take(shown: Screen, name: str) -> None:
    """As it stands now."""
    shown.page.mouse.move(0, 0)
    shown.page.screenshot(path=FOLDER / f"{name}.png", **STILL)  # type: ignore[arg-type]
    print(f"docs/images/{name}.png")  # noqa: T201


def pictures(browser: Browser, api: Api) -> None:
    """A stranger logs in, on a desktop and on a phone, in the light and in the dark; who was inside when."""
    with screen(browser, api, **DESKTOP) as home:
        home.play("A stranger abroad")
        home.sees("New login", "Chile")
        home.page.evaluate("document.activeElement.blur()")
        take(home, "demo-light")
    with screen(browser, api, color_scheme="dark", **DESKTOP) as home:
        home.sees("New login", "Chile")
        take(home, "demo-dark")
    for scheme in ("light", "dark"):
        with screen(browser, api, color_scheme=scheme, **PHONE) as home:
            home.sees("New login", "Chile")
            take(home, f"phone-{scheme}")
    with screen(browser, api, **DESKTOP) as home:
        home.ask("/timeline")
        home.messages().get_by_role("img").last.evaluate("one => one.decode()")
        take(home, "timeline")
        home.page.get_by_text("What crosses the wires").click()
        home.page.get_by_label("Show").select_option("botapi")
        home.page.locator("#calls > li:visible").filter(has_text="sendPhoto").first.locator("summary").click()
        home.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        take(home, "wires")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with running_demo() as running, launched() as chromium:
        pictures(chromium, running)
