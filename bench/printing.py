"""The figures as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from bench.figures import BARE, DOORMAN, Report


def lines(report: Report) -> Iterator[str]:
    """Times, memory, and whether the aims were met."""
    yield f"{'milliseconds':<20}{'Doorman p50':>13}{'p99':>8}{'bare p50':>11}{'p99':>8}{'ratio p50':>12}{'p99':>7}"
    for what, of in report["times"].items():
        ours, bare = of[DOORMAN], of[BARE]
        yield (
            f"{what:<20}{ours['p50_ms']:>13.2f}{ours['p99_ms']:>8.2f}{bare['p50_ms']:>11.2f}{bare['p99_ms']:>8.2f}"
            f"{of['p50_ratio']:>12.2f}{of['p99_ratio']:>7.2f}"
        )
    yield ""
    kinds = list(next(iter(report["memory_mb"].values())))
    yield f"{'MB':<20}" + "".join(f"{kind.upper():>9}" for kind in kinds)
    for name, sizes in report["memory_mb"].items():
        yield f"{name:<20}" + "".join(f"{sizes[kind]:>9.1f}" for kind in kinds)
    yield ""
    for aim, met in report["aims"].items():
        yield f"{'met' if met else 'MISSED':<8}{aim}"
