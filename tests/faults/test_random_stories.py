"""Random stories by their seeds; FAULT_STORIES says how many, FAULT_SEED with which the first begins."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.faults.scene import scene
from tests.faults.story import Story

STORIES = int(os.environ.get("FAULT_STORIES", "4"))
FIRST = int(os.environ.get("FAULT_SEED", "1"))
IN_ONE_SCENE = 2 if STORIES < 20 else 10


@pytest.mark.timeout(180 * IN_ONE_SCENE)
@pytest.mark.parametrize("first", range(FIRST, FIRST + STORIES, IN_ONE_SCENE))
def test_nothing_is_lost_and_nothing_done_twice_whatever_breaks(tmp_path: Path, count: Any, first: int) -> None:
    with scene(tmp_path) as at_work:
        for seed in range(first, min(first + IN_ONE_SCENE, FIRST + STORIES)):
            story = Story(scene=at_work, seed=seed)
            try:
                counts = story.play()
            except BaseException as error:
                error.add_note(f"story {seed}: {'; '.join(story.told)}")
                raise
            count(f"story {seed:03}", **counts)
            for never in ("never", "done twice", "overlaps"):
                assert not counts[never], f"story {seed}: {never}: {'; '.join(story.told)}"
