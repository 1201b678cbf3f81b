"""Has aiogram's models built when they are first used: importing aiogram builds all of them, which takes 110 MB.

To be imported before anything that imports aiogram; all else stays as aiogram made it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, Optional, Union
from unittest.mock import patch

from pydantic import BaseModel

BUILD: Any = BaseModel.__dict__["model_rebuild"].__func__

# aiogram/types/__init__.py ends in a loop that calls model_rebuild of every model, handing it the names that their
# annotations mean. The loop is let do nothing, and whichever model is built later is handed the same names.
with patch.object(BaseModel, "model_rebuild", classmethod(lambda *_, **__: None)):
    types: Any = import_module("aiogram.types")

NAMES = {
    **{name: getattr(types, name) for name in types.__all__},
    "Default": import_module("aiogram.client.default").Default,
    "List": list,
    "Literal": Literal,
    "Optional": Optional,
    "Union": Union,
}


def model_rebuild(model: Any, /, **options: Any) -> Any:
    """Pydantic calls it by itself when a model that is not built yet is first used."""
    return BUILD(model, **{"_types_namespace": NAMES, **options})


for base in (
    import_module("aiogram.client.context_controller").BotContextController,  # of every type and every method
    import_module("aiogram.methods").Response,
):
    base.model_rebuild = classmethod(model_rebuild)
