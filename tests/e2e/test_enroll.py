"""`doorman enroll` as a person runs it: in a terminal, with an authenticator app at hand."""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest

from bot.one_time_codes import Kind, NotEnrolledError, OneTimeCodes, Standing
from core.connection import connect
from core.settings import CoreSettings
from doorman.demo import environment_without_settings
from doorman.embedded import embedded_redis
from tests.e2e.house import SECRET_KEY, free_port

OWNER, OTHER_OWNER = 2002, 3003
DOORMAN = [sys.executable, "-m", "doorman"]
RECOVERY_LINE = re.compile(r"^    ([0-9a-z]{4}(?:-[0-9a-z]{4}){2})\r?$", re.MULTILINE)
PROMPT = "The code that the app shows now: "


class Terminal:
    """A terminal with a `doorman` command in it, as its user sees it."""

    def __init__(self, process: subprocess.Popen[bytes], terminal: int) -> None:
        self.process = process
        self._terminal = terminal
        self._decoder = codecs.getincrementaldecoder("utf-8")()  # a read may end within a block of the QR code
        self.text = ""
        self._seen = 0

    def until(self, words: str) -> None:
        """Wait until these words are shown, after the last that were waited for."""
        while words not in self.text[self._seen :]:
            assert self._read(), f"never shown: {words!r} in {self.text!r}"
        self._seen = self.text.index(words, self._seen) + len(words)

    def type(self, line: str) -> None:
        os.write(self._terminal, f"{line}\n".encode())

    def interrupt(self) -> None:
        """Ctrl-C, and once more if nothing is said to it: one that falls just before the question begins to wait for a
        line is heard with the next line alone, in any Python program.
        """
        for _ in range(5):
            self.process.send_signal(signal.SIGINT)
            if select.select([self._terminal], [], [], 2)[0]:
                return

    def ended(self) -> int:
        """Read to the end; the exit code."""
        while self._read():
            pass
        return self.process.wait(timeout=20)

    def app(self) -> pyotp.TOTP:
        """An app into which the key was typed."""
        self.until("Or type the key into the app (time-based): ")
        self.until("\n")
        key = self.text[: self._seen].splitlines()[-1].rpartition(": ")[2]
        return pyotp.TOTP(key.replace(" ", ""))

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], 20)
        assert ready, f"nothing more after {self.text!r}"
        try:
            read = os.read(self._terminal, 4096)
        except OSError:  # EIO, as Linux says that the other side has closed
            return False
        self.text += self._decoder.decode(read)
        return bool(read)


@contextmanager
def terminal(*arguments: str, cwd: Path, **settings: str) -> Iterator[Terminal]:
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [*DOORMAN, *arguments],
        cwd=cwd,
        env={**environment_without_settings(), **settings},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield Terminal(process, ours)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def run(*arguments: str, cwd: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*DOORMAN, *arguments],
        cwd=cwd,
        env={**environment_without_settings(), **settings},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A Redis that somebody else runs, and one owner."""
    with embedded_redis(tmp_path / "r", persist=False) as url:
        yield {
            "REDIS_URL": url,
            "SECRET_KEY": SECRET_KEY,
            "BOT_TOKEN": "1:not-a-token",
            "OWNER_IDS": str(OWNER),
        }


def standing(url: str, owner: int = OWNER) -> Standing | None:
    async def look() -> Standing | None:
        core = CoreSettings.model_validate({"secret_key": SECRET_KEY, "redis_url": url})
        redis = connect(core, name="doorman-test")
        try:
            return await OneTimeCodes(redis, core.keyring).standing(owner, now=datetime.now(UTC))
        except NotEnrolledError:
            return None
        finally:
            await redis.aclose()

    return asyncio.run(look())


def checked(url: str, *typed: str, owner: int = OWNER) -> list[Kind]:
    """What the bot makes of these."""

    async def check() -> list[Kind]:
        core = CoreSettings.model_validate({"secret_key": SECRET_KEY, "redis_url": url})
        redis = connect(core, name="doorman-test")
        codes = OneTimeCodes(redis, core.keyring)
        try:
            return [(await codes.check(owner, text, now=datetime.now(UTC))).kind for text in typed]
        finally:
            await redis.aclose()

    return asyncio.run(check())


def enroll(cwd: Path, *arguments: str, **settings: str) -> Terminal:
    """Go through it as one who does all right."""
    with terminal("enroll", *arguments, cwd=cwd, **settings) as screen:
        app = screen.app()
        screen.until(PROMPT)
        screen.type(app.now())
        assert screen.ended() == 0, screen.text
    return screen


def wrong(app: pyotp.TOTP) -> str:
    """A code of nowhere near now."""
    near = {app.at(time.time() + 30 * offset) for offset in range(-300, 301)}
    return next(code for code in map(str, range(111_111, 999_999)) if code not in near)


def test_scans_proves_and_shows_recovery_codes_that_are_good(tmp_path: Path, settings: dict[str, str]) -> None:
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        screen.until("Scan this with an authenticator app")
        app = screen.app()
        assert "▀" in screen.text or "▄" in screen.text
        screen.until(PROMPT)
        assert standing(settings["REDIS_URL"]) is None, "nothing is kept before the app is proven"
        screen.type(wrong(app))
        screen.until("That code is wrong. 2 tries left.")
        screen.until(PROMPT)
        proof = app.now()
        screen.type(f"{proof[:3]} {proof[3:]}")
        screen.until(f"Owner {OWNER} is enrolled")
        assert screen.ended() == 0
    recovery = RECOVERY_LINE.findall(screen.text)
    assert len(set(recovery)) == 8
    assert "never into a Telegram chat" in screen.text
    assert screen.text.count(app.secret[-12:-8]) <= 1, "the key is shown once"
    next_code = app.at(time.time() + 30)
    assert checked(settings["REDIS_URL"], proof, *recovery, next_code) == [Kind.USED, *[Kind.RECOVERY] * 8, Kind.GOOD]


def test_three_wrong_codes_keep_nothing(tmp_path: Path, settings: dict[str, str]) -> None:
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        app = screen.app()
        for text in (wrong(app), "rubbish", wrong(app)):
            screen.until(PROMPT)
            screen.type(text)
        screen.until("Error: That code is wrong. Nothing was kept.")
        assert screen.ended() == 1
    assert "Traceback" not in screen.text
    assert not RECOVERY_LINE.search(screen.text)
    assert standing(settings["REDIS_URL"]) is None


@pytest.mark.parametrize(("seconds", "said"), [(600, "10 min ahead of"), (-600, "10 min behind")])
def test_a_clock_that_is_wrong_is_told_from_a_code_that_is(
    tmp_path: Path, settings: dict[str, str], seconds: int, said: str
) -> None:
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        app = screen.app()
        screen.until(PROMPT)
        screen.type(app.at(time.time() + seconds))
        screen.until(f"the app's clock is about {said} Redis's")
        screen.until("2 tries left")


def test_ctrl_c_ends_it_at_once_and_keeps_nothing(tmp_path: Path, settings: dict[str, str]) -> None:
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        screen.until(PROMPT)
        screen.interrupt()
        screen.until("Aborted!")
        assert screen.ended() == 1
    assert "Traceback" not in screen.text
    assert standing(settings["REDIS_URL"]) is None


def test_a_former_enrolment_is_replaced_only_if_that_is_confirmed(tmp_path: Path, settings: dict[str, str]) -> None:
    former = RECOVERY_LINE.findall(enroll(tmp_path, **settings).text)
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        screen.until(f"Owner {OWNER} is enrolled already, since ")
        screen.until("[y/N]")
        screen.type("n")
        screen.until("Nothing was changed.")
        assert screen.ended() == 0
    assert "Scan this" not in screen.text
    assert checked(settings["REDIS_URL"], former[0]) == [Kind.RECOVERY]
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        screen.until("[y/N]")
        screen.type("y")
        app = screen.app()
        screen.until(PROMPT)
        assert checked(settings["REDIS_URL"], former[1]) == [Kind.RECOVERY], "until the new one is proven"
        screen.type(app.now())
        assert screen.ended() == 0
    newer = RECOVERY_LINE.findall(screen.text)
    assert checked(settings["REDIS_URL"], former[2], newer[0]) == [Kind.WRONG, Kind.RECOVERY]


def test_codes_under_another_secret_key_can_be_replaced(tmp_path: Path, settings: dict[str, str]) -> None:
    enroll(tmp_path, **settings | {"SECRET_KEY": "another-obviously-fake-key-of-nobody-1"})
    with terminal("enroll", cwd=tmp_path, **settings) as screen:
        screen.until("can't be opened: SECRET_KEY was another")
        screen.until("[y/N]")
        screen.type("y")
        app = screen.app()
        screen.until(PROMPT)
        screen.type(app.now())
        assert screen.ended() == 0
    assert standing(settings["REDIS_URL"])


def test_remove_asks_and_forgets(tmp_path: Path, settings: dict[str, str]) -> None:
    assert f"Owner {OWNER} is not enrolled." in run("enroll", "--remove", cwd=tmp_path, **settings).stderr
    enroll(tmp_path, **settings)
    for answer, said in (("n", "Nothing was changed."), ("y", "Removed.")):
        assert standing(settings["REDIS_URL"])
        with terminal("enroll", "--remove", cwd=tmp_path, **settings) as screen:
            screen.until("[y/N]")
            screen.type(answer)
            screen.until(said)
            assert screen.ended() == 0
    assert standing(settings["REDIS_URL"]) is None


def test_of_several_owners_one_is_to_be_named(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["OWNER_IDS"] = f"{OTHER_OWNER},{OWNER}"
    ended = run("enroll", cwd=tmp_path, **settings)
    assert ended.returncode == 1
    assert ended.stderr == f"Error: OWNER_IDS has several: {OWNER}, {OTHER_OWNER}. Say whose codes with --owner.\n"
    enroll(tmp_path, "--owner", str(OTHER_OWNER), **settings)
    assert standing(settings["REDIS_URL"], OTHER_OWNER)
    assert standing(settings["REDIS_URL"]) is None


def test_who_is_no_owner_gets_no_codes(tmp_path: Path, settings: dict[str, str]) -> None:
    ended = run("enroll", "--owner", "4004", cwd=tmp_path, **settings)
    assert ended.returncode == 1
    assert ended.stderr == f"Error: 4004 is not an owner. OWNER_IDS has {OWNER}.\n"


def test_where_there_is_no_terminal_no_secret_is_shown(tmp_path: Path, settings: dict[str, str]) -> None:
    ended = run("enroll", cwd=tmp_path, **settings)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("Error: Run it in a terminal")
    assert ended.stderr.count("\n") == 1


def test_missing_settings_get_a_line_each_and_no_traceback(tmp_path: Path) -> None:
    ended = run("enroll", cwd=tmp_path)
    assert ended.returncode == 2
    assert [line.partition(" ")[0] for line in ended.stderr.splitlines()] == ["SECRET_KEY", "BOT_TOKEN", "OWNER_IDS"]


def test_a_redis_that_is_away_is_said_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    settings["REDIS_URL"] = f"redis://127.0.0.1:{free_port()}/0"
    ended = run("enroll", cwd=tmp_path, **settings)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Error: Redis does not answer")
    assert ended.stderr.count("\n") == 1


def test_a_redis_that_goes_away_meanwhile_is_said_in_one_line(tmp_path: Path, settings: dict[str, str]) -> None:
    del settings["REDIS_URL"]
    with embedded_redis(tmp_path / "d", persist=True) as url:
        settings["DATA_DIR"] = str(tmp_path / "d")
        with terminal("enroll", cwd=tmp_path, **settings) as screen:
            app = screen.app()
            screen.until(PROMPT)
            shut_down(url)
            screen.type(app.now())
            screen.until("Error: Redis stopped answering")
            assert screen.ended() == 1
    assert "Traceback" not in screen.text
    assert not RECOVERY_LINE.search(screen.text)


def shut_down(url: str) -> None:
    async def end() -> None:
        redis = connect(CoreSettings.model_validate({"secret_key": SECRET_KEY, "redis_url": url}), name="doorman-test")
        await redis.shutdown(nosave=True)
        await redis.aclose()

    asyncio.run(end())


def test_the_embedded_redis_of_a_running_doorman_is_used_and_left_running(
    tmp_path: Path, settings: dict[str, str]
) -> None:
    del settings["REDIS_URL"]
    settings["DATA_DIR"] = str(tmp_path / "d")
    with embedded_redis(tmp_path / "d", persist=True) as url:
        enroll(tmp_path, **settings)
        assert standing(url)


def test_without_a_running_doorman_it_is_kept_in_data_dir(tmp_path: Path, settings: dict[str, str]) -> None:
    del settings["REDIS_URL"]
    settings["DATA_DIR"] = str(tmp_path / "d")
    recovery = RECOVERY_LINE.findall(enroll(tmp_path, **settings).text)
    with embedded_redis(tmp_path / "d", persist=True) as url:
        assert checked(url, recovery[0]) == [Kind.RECOVERY]
