"""Which Chromium shows the page: the machine's own, else Playwright's; `python -m tests.browser.chromium` names it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def found(playwright: Playwright) -> str | None:
    """Its path, if there is one."""
    own = Path(playwright.chromium.executable_path)
    return next(filter(None, map(shutil.which, NAMES)), None) or (str(own) if own.exists() else None)


@contextmanager
def launched() -> Iterator[Browser]:
    """A headless one; no page of it reaches beyond this machine, for every other name is no name to it."""
    with sync_playwright() as playwright:
        path = found(playwright)
        assert path, "there is no Chromium; `make browser` installs one"
        arguments = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
        if os.geteuid() == 0:
            arguments.append("--no-sandbox")  # it refuses to run as root with one
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()


if __name__ == "__main__":
    with sync_playwright() as started:
        here = found(started)
    print(here or "no Chromium")  # noqa: T201
    sys.exit(0 if here else 1)
