"""Every model of aiogram can be built on demand; in a process of its own, for here aiogram was imported long ago."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
from bot import on_demand
from aiogram import methods, types
from aiogram.types.base import TelegramObject

def built(model):
    return not type(model.__pydantic_validator__).__name__.startswith("Mock")

named = [getattr(types, name) for name in types.__all__]
models = [model for model in named if isinstance(model, type) and issubclass(model, TelegramObject)]
assert len(models) > 300, len(models)
assert not any(map(built, models)), "built at import after all: did aiogram change?"
update = types.Update.model_validate({"update_id": 1, "message": {
    "message_id": 5, "date": 1, "chat": {"id": 5, "type": "private"}, "text": "/sessions",
    "entities": [{"type": "bot_command", "offset": 0, "length": 9}]}})
assert isinstance(update.message.entities[0], types.MessageEntity)
for name in methods.__all__:
    method = getattr(methods, name)
    if isinstance(getattr(method, "__api_method__", None), str):
        methods.Response[method.__returning__].model_validate({"ok": False})
        assert method.model_rebuild(force=True), method
for model in models:
    model.model_rebuild()
    assert built(model), model
print("all built")
"""


def test_nothing_is_built_at_import_and_everything_when_it_is_used() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False, timeout=50)
    assert (done.stdout.strip(), done.stderr) == ("all built", "")
