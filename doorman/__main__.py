"""The `doorman` command: each subcommand's options and help; the work is in the module of its name."""

from __future__ import annotations

import logging

import click
import structlog

# Each command imports its module when it is called: the bot's libraries take seconds that `--help` need not.


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="doorman", message="%(prog)s %(version)s")
def main() -> None:
    """Doorman stands at the door of your Telegram account.

    Try it without an account:  doorman demo

    For real:  doorman login, then doorman up; doorman doctor tells what is missing.
    """
    # A command speaks for itself; the processes that it starts have logs of their own.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("telethon").setLevel(logging.CRITICAL)


@main.command()
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535), help="Port of the web page.")
def demo(port: int) -> None:
    """Run everything on this machine, against a pretend Telegram.

    No account, no settings, nothing leaves this machine. Ctrl-C stops it and leaves nothing behind.
    """
    from doorman.demo import demo as run_demo  # noqa: PLC0415

    run_demo(port)


@main.command()
def up() -> None:
    """Run Doorman: the bot and the worker, until Ctrl-C.

    Where REDIS_URL is empty, an embedded Redis keeps its data in DATA_DIR.
    """
    from doorman.up import up as run_up  # noqa: PLC0415

    run_up()


@main.command()
@click.option("--phone", metavar="NUMBER", help="The account's phone number, with + and country code.")
@click.option("--qr", is_flag=True, help="Scan a QR code with your phone instead of typing a code.")
def login(phone: str | None, qr: bool) -> None:
    """Log in to the account that Doorman is to watch, or to one more.

    Doorman watches every account that you logged in to. The session is kept in Redis, encrypted under
    SECRET_KEY. Codes and passwords are asked for here and nowhere else: never type them into a chat.
    """
    from doorman.login import login as run_login  # noqa: PLC0415

    run_login(phone=phone, qr=qr)


@main.command()
@click.option("--account", type=int, metavar="ID", help="Of which account, where Doorman watches several.")
@click.option("--yes", is_flag=True, help="Log out without asking.")
def logout(*, account: int | None, yes: bool) -> None:
    """Log Doorman's own session out of an account and remove it.

    A Doorman that is running lets go of the account, and goes on watching the others.
    """
    from doorman.logout import logout as run_logout  # noqa: PLC0415

    run_logout(account=account, sure=yes)


@main.command()
@click.option("--owner", type=int, metavar="ID", help="Whose codes, where OWNER_IDS has several.")
@click.option("--remove", is_flag=True, help="Remove the codes instead.")
def enroll(owner: int | None, remove: bool) -> None:
    """Make the one-time codes that protected actions ask an owner for.

    An intruder in the account sees the bot's chat, but not the app that makes the codes. The app's key and
    the recovery codes are shown here and nowhere else: never send them through a chat.
    """
    from doorman.enroll import enroll as run_enroll  # noqa: PLC0415

    run_enroll(owner=owner, remove=remove)


@main.command()
@click.option("--send-test", is_flag=True, help="Send a test message to every owner and every address of ALERT_URLS.")
def doctor(*, send_test: bool) -> None:
    """Check settings, Redis, the bot's token and the guard session.

    Each line says ok, or what to do. The exit code is 1 if anything is to be done.
    """
    from doorman.doctor import doctor as run_doctor  # noqa: PLC0415

    run_doctor(send_test=send_test)


if __name__ == "__main__":
    main()
