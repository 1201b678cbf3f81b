"""Derives schema.json from the machine-readable Bot API schema in aiogram's source distribution.

    python -m sandbox.botapi.schema_from PATH/TO/aiogram-3.x/.butcher

Only facts are taken: names of methods, parameters and fields, their types, and whether they are required.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("schema.json")
SCALARS = {"String", "Integer", "Float", "Boolean", "True", "InputFile"}


def fields_of(entity: Path) -> dict[str, list[Any]]:
    """{name: [type, required]} of one method or type."""
    annotations = json.loads(entity.read_text())["object"]["annotations"]
    return {a["name"]: [a["type"], a["required"]] for a in annotations}


def names_in(type_: str) -> set[str]:
    """The types that a type's wording names: "Array of A, B and C", "A or B"."""
    return set(re.split(r", | and | or ", re.sub(r"\bArray of ", "", type_))) - SCALARS


def derive(butcher: Path) -> dict[str, Any]:
    """All methods, and those types that their parameters lead to."""
    methods = {entity.parent.name: fields_of(entity) for entity in sorted(butcher.glob("methods/*/entity.json"))}
    types: dict[str, dict[str, list[Any]]] = {}
    wanted = {name for fields in methods.values() for type_, _ in fields.values() for name in names_in(type_)}
    while wanted := wanted - types.keys():
        name = wanted.pop()
        entity = butcher / "types" / name / "entity.json"
        types[name] = fields_of(entity) if entity.exists() else {}
        wanted |= {inner for type_, _ in types[name].values() for inner in names_in(type_)}
    version = json.loads((butcher / "schema" / "schema.json").read_text())["api"]["version"]
    return {"version": version, "methods": methods, "types": dict(sorted(types.items()))}


def main() -> None:
    """Write schema.json, one line a method or type."""
    schema = derive(Path(sys.argv[1]))
    lines = [f'"version": {json.dumps(schema["version"])}']
    for part in ("methods", "types"):
        entries = ",\n".join(f"  {json.dumps(name)}: {json.dumps(fields)}" for name, fields in schema[part].items())
        lines.append(f'"{part}": {{\n{entries}\n}}')
    TARGET.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()
