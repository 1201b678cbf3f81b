"""What `doorman doctor` says of a file of settings, by who can read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorman.checks import check_env_file


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_settings_that_others_can_read_are_told_with_what_to_do(tmp_path: Path, mode: int) -> None:
    env = tmp_path / ".env"
    env.touch(mode=0o600)
    env.chmod(mode)
    [finding] = check_env_file(env)
    assert "chmod 600 .env" in str(finding)


def test_settings_that_their_owner_alone_can_read_are_no_finding(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    assert list(check_env_file(env)) == []
    env.touch(mode=0o600)
    assert list(check_env_file(env)) == []
