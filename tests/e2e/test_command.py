"""The `doorman` command as a person types it: help, settings that are wrong, login, doctor, up, demo."""

from __future__ import annotations

import base64
import os
import re
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from doorman.demo import environment_without_settings
from tests.e2e.house import GUARD, SECRET_KEY, Api, House, Person, free_port, until

DOORMAN = [sys.executable, "-m", "doorman"]


def run(*arguments: str, cwd: Path, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a `doorman` command in an empty folder with these settings alone."""
    return subprocess.run(
        [*DOORMAN, *arguments],
        cwd=cwd,
        env={**environment_without_settings(), **settings},
        input=given,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )


def start(*arguments: str, cwd: Path, log: str = "out", **settings: str) -> subprocess.Popen[bytes]:
    with (cwd / log).open("wb") as out:
        return subprocess.Popen(
            [*DOORMAN, *arguments],
            cwd=cwd,
            env={**environment_without_settings(), "PYTHONUNBUFFERED": "1", **settings},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def test_help_names_every_command_and_where_to_begin(tmp_path: Path) -> None:
    shown = run("--help", cwd=tmp_path).stdout
    for command in ("demo", "up", "login", "logout", "enroll", "doctor"):
        assert command in shown
    assert "doorman demo" in shown


@pytest.mark.parametrize("command", ["up", "login", "logout"])
def test_missing_settings_get_a_line_each_exit_code_2_and_no_traceback(tmp_path: Path, command: str) -> None:
    ended = run(command, *(["--yes"] if command == "logout" else []), cwd=tmp_path)
    assert ended.returncode == 2
    assert "API_ID is not set" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_wrong_setting_is_named_but_its_secret_is_not_repeated(tmp_path: Path) -> None:
    ended = run("login", cwd=tmp_path, API_ID="1", API_HASH="x", SECRET_KEY="too-short-but-secret")
    assert ended.returncode == 2
    assert "SECRET_KEY is wrong" in ended.stderr
    assert "too-short-but-secret" not in ended.stderr


def test_a_server_that_is_not_loopback_is_refused(tmp_path: Path) -> None:
    ended = run(
        "login", cwd=tmp_path, API_ID="1", API_HASH="x", SECRET_KEY=SECRET_KEY, MTPROTO_SERVER="203.0.113.1:443"
    )
    assert ended.returncode == 2
    assert "MTPROTO_SERVER is wrong: only a loopback address" in ended.stderr


class Screen:
    """A terminal as its user sees it."""

    def __init__(self, terminal: int) -> None:
        self._terminal = terminal
        self.text = ""
        self._seen = 0

    def until(self, words: str) -> None:
        """Wait until these words are shown, after the last that were waited for."""
        while words not in self.text[self._seen :]:
            ready, _, _ = select.select([self._terminal], [], [], 20)
            assert ready, f"never shown: {words!r} in {self.text!r}"
            self.text += os.read(self._terminal, 4096).decode()
        self._seen = self.text.index(words, self._seen) + len(words)

    def type(self, line: str) -> None:
        os.write(self._terminal, f"{line}\n".encode())


class TestLogin:
    """Against the sandbox, as against Telegram."""

    def test_by_code_keeps_the_session_encrypted(self, house: House) -> None:
        login = self._login(house, "--phone", house.phone)
        self._enter_code(house, login)
        out, _ = login.communicate(timeout=20)
        assert login.returncode == 0, out
        assert f"Logged in as Demo account ({house.account})" in out
        assert GUARD in {row["device_model"] for row in house.sessions().values()}

    def test_a_wrong_code_is_explained_and_may_be_tried_again(self, house: House) -> None:
        login = self._login(house, "--phone", house.phone)
        self._enter_code(house, login, first="00000")
        out, err = login.communicate(timeout=20)
        assert "That code is wrong. 2 tries left." in err
        assert login.returncode == 0, out

    def test_a_wrong_phone_number_is_explained(self, house: House) -> None:
        ended = run("login", "--phone", "12", cwd=house.folder, given="12\n12\n", **house.settings)
        assert ended.returncode == 1
        assert "no phone number" in ended.stderr

    def test_a_flood_wait_is_explained_with_its_end(self, house: House) -> None:
        house.fail_next("mtproto", "auth.sendCode", "FLOOD_WAIT_600")
        ended = run("login", "--phone", house.phone, cwd=house.folder, **house.settings)
        assert ended.returncode == 1
        assert "no further try for 600 s" in ended.stderr

    def test_a_second_password_is_asked_for_unseen_and_may_be_tried_again(self, house: House) -> None:
        phone = "99966200077"
        account = {"id": 700_000_077, "phone": phone, "first_name": "Careful", "password": "correct horse"}
        house.api("POST", "/api/accounts", account | {"password_hint": "a horse"})
        terminal, theirs = os.openpty()
        login = self._login(house, "--phone", phone, stdin=theirs, stdout=theirs, stderr=theirs)
        os.close(theirs)
        screen = Screen(terminal)
        try:
            screen.until("Code")
            code = until("a login code", lambda: house.api("GET", f"/api/accounts/{account['id']}/login-code")["code"])
            screen.type(code)
            screen.until("2FA password (hint: a horse)")
            screen.type("wrong horse")
            screen.until("That password is wrong. 2 tries left.")
            screen.until("2FA password (hint: a horse)")
            screen.type("correct horse")
            screen.until("Logged in as Careful")
            assert login.wait(timeout=20) == 0
        finally:
            login.kill()
            login.wait()
            os.close(terminal)
        assert "horse\r\n" not in screen.text, "the password is not shown"

    def test_a_running_doorman_changes_over_to_the_new_session_by_itself(self, house: House) -> None:
        house.log_guard_in()
        house.start("userclient")
        former = until("the worker", house.keys_in_use)
        login = self._login(house, "--phone", house.phone)
        until("a second code", lambda: len(house.calls("auth.sendCode")) == 2)
        self._enter_code(house, login)
        out, _ = login.communicate(timeout=20)
        assert "changes over to it by itself" in out
        assert "end the older" in out
        until("the change", lambda: house.keys_in_use() and not house.keys_in_use() & former)

    def test_a_login_to_another_account_adds_it_to_those_that_are_watched(self, house: House) -> None:
        house.log_guard_in()
        house.start("userclient")
        until("the worker", house.keys_in_use)
        phone, account = "99966200078", 700_000_078
        house.api("POST", "/api/accounts", {"id": account, "phone": phone, "first_name": "Another"})
        login = self._login(house, "--phone", phone)
        self._enter_code(house, login, account=account)
        out, err = login.communicate(timeout=20)
        assert login.returncode == 0, err
        assert f"Logged in as Another ({account})" in out
        assert f"Doorman watches it beside Demo account ({house.account})" in out
        assert "takes it up within seconds" in out
        until("both to be watched", lambda: len(house.keys_in_use()) == 2)

    def test_by_qr_code(self, house: House) -> None:
        login = self._login(house, "--qr")
        exported = until("a QR token", lambda: house.calls("auth.exportLoginToken"))[-1]
        house.api("POST", f"/api/accounts/{house.account}/qr-logins", {"token": token_of(exported)})
        out, err = login.communicate(timeout=20)
        assert login.returncode == 0, out + err
        assert "Scan this" in out
        assert "█" in out or "▄" in out

    def _login(self, house: House, *arguments: str, **streams: int) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*DOORMAN, "login", *arguments],
            cwd=house.folder,
            env={**environment_without_settings(), **house.settings},
            text=True,
            start_new_session=True,  # without a controlling terminal, the password is read where the rest is
            **({"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
        )

    def _enter_code(
        self, house: House, login: subprocess.Popen[str], first: str = "", account: int | None = None
    ) -> None:
        path = f"/api/accounts/{account or house.account}/login-code"
        code = until("a login code", lambda: house.api("GET", path)["code"])
        assert login.stdin
        login.stdin.write("".join(f"{line}\n" for line in (first, code) if line))
        login.stdin.flush()


def token_of(call: dict[str, Any]) -> str:
    """The QR token in a recorded answer, as its link would carry it."""
    return base64.urlsafe_b64encode(bytes.fromhex(call["answer"]["token"])).decode().rstrip("=")


def test_doctor_says_ok_line_by_line_where_all_is_well(house: House) -> None:
    house.log_guard_in()
    house.owner.send("/start")
    ended = run("doctor", cwd=house.folder, **house.settings)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for line in ("Settings are complete", "answers", "noeviction", "may end others", "token is good", "written to"):
        assert line in ended.stdout
    assert "!!" not in ended.stdout


def test_doctor_says_what_to_do_where_something_is_wrong(house: House) -> None:
    settings = {**house.settings, "BOT_TOKEN": "1:wrong", "OWNER_IDS": "nobody"}
    ended = run("doctor", cwd=house.folder, **settings)
    assert ended.returncode == 1
    assert "OWNER_IDS is wrong" in ended.stdout
    assert "There is no guard session yet. Run `doorman login`" in ended.stdout
    ended = run("doctor", cwd=house.folder, **{**settings, "OWNER_IDS": "5"})
    assert "refuses BOT_TOKEN" in ended.stdout


def test_doctor_sends_a_test_to_every_owner_and_channel(house: House) -> None:
    house.log_guard_in()
    house.owner.send("/start")
    silent = f"json://user:not-a-real-password@127.0.0.1:{free_port()}/"
    ended = run("doctor", "--send-test", cwd=house.folder, **house.settings, ALERT_URLS=silent)
    assert f"A test was sent to owner {house.owner.id}." in ended.stdout
    house.owner.see("A test of Doorman's")
    assert "The test could not be sent by" in ended.stdout
    assert "Check its address in ALERT_URLS" in ended.stdout
    assert "not-a-real-password" not in ended.stdout + ended.stderr
    assert ended.returncode == 1


def test_doctor_warns_of_settings_that_others_can_read(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    env.touch()
    env.chmod(0o644)
    assert "chmod 600 .env" in run("doctor", cwd=tmp_path).stdout


def test_doctor_prints_findings_and_nothing_else(house: House) -> None:
    house.log_guard_in()
    ended = run("doctor", cwd=house.folder, **house.settings)
    assert all(line.startswith(("ok ", "!! ", "… ")) for line in ended.stdout.splitlines())
    assert ended.stderr == ""


def test_logout_ends_the_session_at_telegram_and_forgets_it(house: House) -> None:
    house.log_guard_in()
    ended = run("logout", "--yes", cwd=house.folder, **house.settings)
    assert ended.returncode == 0, ended.stderr
    assert GUARD not in {row["device_model"] for row in house.sessions().values()}
    assert "no guard session" in run("logout", "--yes", cwd=house.folder, **house.settings).stderr


def test_logout_has_a_doorman_that_is_running_let_go_of_the_session(house: House) -> None:
    house.log_guard_in()
    house.start("userclient")
    until("the worker", lambda: "event_published" in house.log("userclient"))
    ended = run("logout", cwd=house.folder, given="y\n", **house.settings)
    assert ended.returncode == 0, ended.stderr
    assert f"Log Doorman's session out of Demo account ({house.account})?" in ended.stdout
    assert "guard_given_up" in house.log("userclient")
    assert "guard_lost" not in house.log("userclient"), "it has never used a session that was logged out"
    assert GUARD not in {row["device_model"] for row in house.sessions().values()}
    assert house.stop("userclient") == 0


def test_a_logout_that_telegram_does_not_take_leaves_all_as_it_was(house: House) -> None:
    house.log_guard_in()
    house.start("userclient")
    until("the worker", lambda: "event_published" in house.log("userclient"))
    house.fail_next("mtproto", "auth.logOut", "INTERNAL_SERVER_ERROR", times=20)
    ended = run("logout", "--yes", cwd=house.folder, **house.settings)
    assert ended.returncode == 1
    assert "Nothing was changed" in ended.stderr
    until("the worker to be back", house.keys_in_use)


def test_a_bot_started_while_the_bot_api_is_down_serves_when_it_is_back(house: House) -> None:
    house.fail_next("botapi", "getMe", "Bad Gateway", times=2)
    house.fail_next("botapi", "deleteWebhook", "DROP")
    house.start("bot")
    house.owner.ask("/help", "What Doorman does")


def test_a_refused_token_is_said_in_one_line(house: House) -> None:
    house.settings["BOT_TOKEN"] = "1000000001:wrong-token"
    house.start("bot")
    assert house.processes["bot"].wait(timeout=20) == 2
    assert house.log("bot").strip().splitlines()[-1] == (
        "BOT_TOKEN is refused by Telegram. Copy it again from @BotFather."
    )


def test_up_serves_with_an_embedded_redis_and_remembers_over_a_restart(house: House) -> None:
    settings = {**house.settings, "DATA_DIR": str(house.folder / "d")}
    del settings["REDIS_URL"]
    login = TestLogin()
    house.settings = settings
    entering = login._login(house, "--phone", house.phone)
    login._enter_code(house, entering)
    entering.communicate(timeout=20)
    house.age_guard(2)
    up = start("up", cwd=house.folder, **settings)
    try:
        house.owner.ask("/start", "stands at the door")
        house.owner.see("Doorman now watches")
        second = run("up", cwd=house.folder, **settings)
        assert "runs already" in second.stderr
    finally:
        assert end(up, signal.SIGTERM) == 0
    assert (house.folder / "d" / "appendonlydir").is_dir()
    house.somebody_logs_in("Between two runs")
    up = start("up", cwd=house.folder, log="out2", **settings)
    try:
        house.owner.see("New login", "Between two runs")
    finally:
        assert end(up, signal.SIGINT) == 0


class TestDemo:
    """`doorman demo`, as a newcomer runs it."""

    def test_plays_the_main_job_and_leaves_nothing_behind(self, tmp_path: Path) -> None:
        port = free_port()
        demo = start("demo", "--port", str(port), cwd=tmp_path)
        try:
            until("the demo", lambda: "Ctrl-C" in (tmp_path / "out").read_text(), seconds=40)
            assert f"http://127.0.0.1:{port}" in (tmp_path / "out").read_text()
            family = psutil.Process(demo.pid).children(recursive=True)
            listening = {c.laddr.ip for p in family for c in p.net_connections("inet") if c.status == "LISTEN"}
            assert listening == {"127.0.0.1"}
            api = Api(port)
            world = api("GET", "/api/world")
            account, owner = world["accounts"][0]["id"], Person(api, world["owners"][0])
            hash_ = api("POST", f"/api/accounts/{account}/authorizations", {"device_model": "Demo intruder"})["hash"]
            alert = owner.see("New login", "Demo intruder")
            owner.press(alert, "End session")
            owner.press(owner.sees_on(alert, "Yes, end"), "Yes, end")
            owner.sees_on(alert, "Ended by you")
            left = api("GET", "/api/world")["accounts"][0]["authorizations"]
            assert hash_ not in {row["hash"] for row in left}
        finally:
            code = end(demo, signal.SIGINT)
        assert code == 0
        assert [p for p in family if p.is_running()] == []
        assert "Traceback" not in (tmp_path / "out").read_text()

    def test_a_taken_port_is_said_in_one_line(self, house: House, tmp_path: Path) -> None:
        ended = run("demo", "--port", str(house.port), cwd=tmp_path)
        assert ended.returncode == 2
        assert re.search(rf"\b{house.port}\b", ended.stdout + ended.stderr)
        assert "Traceback" not in ended.stderr

    def test_no_setting_of_a_real_doorman_reaches_it(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("BOT_TOKEN=1:the-real-one\nOWNER_IDS=1\n")
        port = free_port()
        os.environ["BOT_TOKEN"] = "1:another-real-one"
        try:
            demo = start("demo", "--port", str(port), cwd=tmp_path)
        finally:
            del os.environ["BOT_TOKEN"]
        try:
            until("the demo", lambda: "Ctrl-C" in (tmp_path / "out").read_text(), seconds=40)
        finally:
            assert end(demo, signal.SIGTERM) == 0


def end(process: subprocess.Popen[bytes], how: int) -> int:
    process.send_signal(how)
    return process.wait(timeout=20)


class TestEnding:
    """However `doorman demo` and `doorman up` end, nothing of them goes on."""

    @pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGHUP])
    def test_no_process_outlives_one_that_is_killed_or_whose_terminal_is_closed(
        self, house: House, how: signal.Signals
    ) -> None:
        house.log_guard_in()
        up = start("up", cwd=house.folder, **house.settings)
        try:
            house.owner.ask("/start", "stands at the door")
            house.owner.see("Doorman now watches")
            family = psutil.Process(up.pid).children(recursive=True)
            assert len(family) == 2
        finally:
            end(up, how)
        until("the end of the family", lambda: not any(p.is_running() for p in family))

    def test_an_impatient_second_ctrl_c_leaves_nothing_behind(
        self, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        temporary = tmp_path_factory.getbasetemp().parent / "t"  # a short path, for the socket in it
        temporary.mkdir(exist_ok=True)
        demo = start("demo", "--port", str(free_port()), cwd=tmp_path, TMPDIR=str(temporary))
        try:
            until("the demo", lambda: "Ctrl-C" in (tmp_path / "out").read_text(), seconds=40)
            family = psutil.Process(demo.pid).children(recursive=True)
            assert {"valkey-server"} <= {p.name() for p in family}
            demo.send_signal(signal.SIGINT)
        finally:
            assert end(demo, signal.SIGINT) == 0
        assert [p for p in family if p.is_running()] == []
        assert list(temporary.glob("doorman-demo-*")) == []
