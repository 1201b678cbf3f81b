"""What a host reads beside the code: .env.example, app.json and Procfile say what the settings classes say."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from bot.settings import BotSettings
from doorman.settings import DoormanSettings
from userclient.settings import UserclientSettings

ROOT = Path(__file__).parents[3]
FIELDS = {
    name.upper(): field
    for class_ in (UserclientSettings, BotSettings, DoormanSettings)
    for name, field in class_.model_fields.items()
}


def default_of(field: FieldInfo) -> str:
    if field.is_required() or field.default is None:
        return ""
    value = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_env_example_has_every_setting_with_its_meaning_and_default() -> None:
    text = (ROOT / ".env.example").read_text()
    shown = {
        name: (" ".join(comment.replace("#", " ").split()), value)
        for comment, name, value in re.findall(r"((?:^# .*\n)+)^([A-Z_]+)=(.*)$", text, re.MULTILINE)
    }
    assert shown == {name: (str(field.description), default_of(field)) for name, field in FIELDS.items()}


def test_app_json_names_settings_that_exist_and_all_that_are_needed() -> None:
    env = set(json.loads((ROOT / "app.json").read_text())["env"])
    assert env <= set(FIELDS)
    assert {name for name, field in FIELDS.items() if field.is_required()} | {"SECRET_KEY"} <= env


def test_the_procfile_starts_modules_that_exist() -> None:
    started = dict(line.split(": python -m ") for line in (ROOT / "Procfile").read_text().splitlines())
    assert started == {"bot": "bot", "userclient": "userclient"}
    for module in started.values():
        assert importlib.util.find_spec(f"{module}.__main__")
