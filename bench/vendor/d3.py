"""Fetches the parts of d3 that `kb graph` draws with from npm, and joins them with their licences into qa/export/web/.

    python bench/vendor/d3.py

Published builds, as they are, at these versions; npm checks their hashes.
"""

import subprocess
import tarfile
import tempfile
from pathlib import Path

VERSIONS = {
    "d3-dispatch": "3.0.2", "d3-quadtree": "3.0.2", "d3-timer": "3.0.2", "d3-force": "3.0.1", "d3-color": "3.1.1",
    "d3-interpolate": "3.0.2", "d3-ease": "3.0.2", "d3-selection": "3.0.1", "d3-drag": "3.0.1", "d3-transition": "3.0.2",
    "d3-zoom": "3.0.1",
}  # fmt: skip
"""In the order in which they build on one another."""
TO = Path(__file__).parents[2] / "qa/export/web"


def fetched(name: str, version: str, folder: Path) -> tuple[str, str]:
    """The build of a package and its licence."""
    done = subprocess.run(
        ["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, capture_output=True, text=True, check=True
    )
    with tarfile.open(folder / done.stdout.split()[-1]) as packed:
        texts = [packed.extractfile(f"package/{path}") for path in (f"dist/{name}.min.js", "LICENSE")]
        script, licence = (text.read().decode() for text in texts if text is not None)
    return script, licence


def main() -> None:
    scripts, licences = [], {}
    with tempfile.TemporaryDirectory() as folder:
        for name, version in VERSIONS.items():
            script, licence = fetched(name, version, Path(folder))
            scripts.append(script.strip())
            licences.setdefault(licence.strip(), []).append(f"{name} {version}")
    told = "\n\n".join(f"{', '.join(names)}\n\n{licence}" for licence, names in licences.items())
    (TO / "d3.LICENSE.txt").write_text(told + "\n", encoding="utf-8")
    # Every page holds a copy, so the licences go with it.
    (TO / "d3.js").write_text("\n".join([f"/*\n{told}\n*/", *scripts]) + "\n", encoding="utf-8")
    print(f"{TO / 'd3.js'}: {(TO / 'd3.js').stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
