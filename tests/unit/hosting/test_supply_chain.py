"""What is installed is what was locked: by hash, from the registry; and what an audit's answer is worth."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.advisories import CLEAN, UNKNOWN, VULNERABLE, judged

LOCK = tomllib.loads((Path(__file__).parents[3] / "uv.lock").read_text())
LOCKED: list[dict[str, Any]] = [package for package in LOCK["package"] if package["name"] != "doorman"]
REGISTRY = {"registry": "https://pypi.org/simple"}


@pytest.mark.parametrize("package", LOCKED, ids=lambda package: package["name"])
def test_every_locked_package_is_from_the_registry_with_a_hash_for_each_file(package: dict[str, Any]) -> None:
    assert package["source"] == REGISTRY
    files = [*package.get("wheels", []), *([package["sdist"]] if "sdist" in package else [])]
    assert files
    for file in files:
        assert file["url"].startswith("https://files.pythonhosted.org/packages/")
        assert len(file["hash"].removeprefix("sha256:")) == 64


def test_the_project_itself_is_the_only_package_of_another_source() -> None:
    [ours] = [package for package in LOCK["package"] if package["name"] == "doorman"]
    assert ours["source"] == {"editable": "."}


def known(**particulars: Any) -> dict[str, Any]:
    return {"name": "a", "version": "1", "vulns": []} | particulars


SKIPPED = {"name": "b", "skip_reason": "Dependency not found on PyPI"}
HOLE = {"id": "PYSEC-1", "fix_versions": ["1.1"]}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([known()], CLEAN, "No vulnerability is known of 1 locked packages."),
        ([known(vulns=[HOLE]), SKIPPED], VULNERABLE, "a 1: PYSEC-1, mended in 1.1"),
        ([known(), SKIPPED], UNKNOWN, "1 of 2 locked packages could not be looked up (Dependency not found on PyPI)"),
        ([], UNKNOWN, "0 of 0"),
    ],
)
def test_an_audit_that_knows_nothing_is_not_a_clean_one(packages: list[Any], code: int, said: str) -> None:
    got, [line] = judged({"dependencies": packages})
    assert (got, said in line) == (code, True), line
