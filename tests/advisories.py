"""Known vulnerabilities of the locked dependencies: asks pip-audit's service, and says so where that can't tell."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

BIN = Path(sys.executable).parent
#: Clean; something is known; nothing could be found out.
CLEAN, VULNERABLE, UNKNOWN = 0, 1, 3
EXPORT = ["uv", "export", "--quiet", "--locked", "--all-groups", "--no-emit-project", "--no-annotate", "--no-header"]
# Hashes and exact versions are in the lock: nothing is resolved, downloaded or installed.
AUDIT = ["pip-audit", "--disable-pip", "--require-hashes", "--format=json", "--progress-spinner=off", "--timeout=15"]


def judged(report: dict[str, Any]) -> tuple[int, list[str]]:
    """The exit code for what pip-audit found, and what to say of it.

    A package that it could not look up is no package without vulnerabilities: it takes a service that does not know
    any for one that knows of none.
    """
    packages = report["dependencies"]
    skipped = [package for package in packages if "skip_reason" in package]
    lines = [
        f"{package['name']} {package['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'none'}"
        for package in packages
        for known in package.get("vulns", [])
    ]
    if lines:
        return VULNERABLE, lines
    if skipped or not packages:
        why = skipped[0]["skip_reason"] if skipped else "there are none"
        return UNKNOWN, [
            f"Not audited: {len(skipped)} of {len(packages)} locked packages could not be looked up ({why})."
        ]
    return CLEAN, [f"No vulnerability is known of {len(packages)} locked packages."]


def main() -> int:
    """Development tools too: they run where the repository and its secrets are."""
    locked = subprocess.run([BIN / EXPORT[0], *EXPORT[1:]], check=True, capture_output=True, text=True).stdout
    requirements = BIN.parent / "audited.txt"
    requirements.write_text(locked)
    command = [BIN / AUDIT[0], *AUDIT[1:], "--requirement", requirements]
    asked = subprocess.run(command, check=False, capture_output=True, text=True)
    try:
        code, lines = judged(json.loads(asked.stdout))
    except ValueError:
        last = (asked.stderr.strip().splitlines() or ["it said nothing"])[-1]
        code, lines = UNKNOWN, [f"Not audited: the vulnerability service can't be reached. {last[:300]}"]
    print(*lines, sep="\n", file=sys.stderr if code else sys.stdout)
    return code


if __name__ == "__main__":
    sys.exit(main())
