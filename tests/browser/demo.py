"""A `doorman demo` of a test's own, and its page as a person sees it in a browser."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, Request, expect

from doorman.demo import environment_without_settings
from tests.e2e.house import Api, free_port, until

START_SECONDS = 40.0
#: What a machine under load may need to answer a press in the page.
PATIENCE = 20_000


@contextmanager
def running_demo() -> Iterator[Api]:
    """Run one, and end it as Ctrl-C does; its control API."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="doorman-page-") as folder:
        out = Path(folder) / "out"
        with out.open("wb") as stream:
            demo = subprocess.Popen(
                [sys.executable, "-m", "doorman", "demo", "--port", str(port)],
                cwd=folder,
                env={**environment_without_settings(), "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            until("the demo", lambda: "Ctrl-C" in out.read_text() or demo.poll() is not None, seconds=START_SECONDS)
            assert demo.poll() is None, out.read_text()
            yield Api(port)
        finally:
            demo.send_signal(signal.SIGINT)
            code = demo.wait(timeout=30)
        assert code == 0, out.read_text()
        assert "Traceback" not in out.read_text()


class Screen:
    """The page, open; it fails the test for an error in it, and for a request that leaves it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.mistakes: list[str] = []
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.on("pageerror", lambda error: self.mistakes.append(str(error)))
        page.on("console", lambda said: self.mistakes.append(said.text) if said.type == "error" else None)
        page.on("request", self._asked)
        page.goto(url)
        expect(page.get_by_role("status").first).to_have_text("Live")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:")):
            self.mistakes.append(f"asked for {request.url}")

    def messages(self) -> Locator:
        """Those of the bot, oldest first."""
        return self.page.locator("#messages > li:not(.own)")

    def play(self, story: str) -> None:
        """Press a ready story."""
        self.page.get_by_role("button", name=re.compile(f"^{re.escape(story)}")).click()

    def sees(self, *words: str, seconds: float = PATIENCE / 1000) -> Locator:
        """The newest message of the bot's with all these words, once it is there."""
        found = self.messages()
        for word in words:
            found = found.filter(has_text=word)
        expect(found.last).to_be_visible(timeout=seconds * 1000)
        return found.last

    def ask(self, text: str, *words: str) -> Locator:
        """Write to the bot and see what it answers, with all these words."""
        own = self.page.locator("#messages > li.own")
        count = own.count()
        self.page.get_by_label("Message", exact=True).fill(text)
        self.page.keyboard.press("Enter")
        expect(own).to_have_count(count + 1)
        answers = self.page.locator("xpath=//ol[@id='messages']/li[@class='own'][last()]/following-sibling::li")
        for word in words:
            answers = answers.filter(has_text=word)
        expect(answers.first).to_be_visible()
        return answers.first

    def press(self, message: Locator, button: str) -> None:
        """A button under a message."""
        message.locator(".keyboard").get_by_role("button", name=button).click()

    def sessions(self) -> Locator:
        """The rows of the world's account."""
        return self.page.locator("#accounts li")


@contextmanager
def screen(browser: Browser, api: Api, **options: Any) -> Iterator[Screen]:
    """Open the page as a new visitor; `options` are the browser context's."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options})
    try:
        shown = Screen(context.new_page(), api.url)
        yield shown
        assert shown.mistakes == []
    finally:
        context.close()
