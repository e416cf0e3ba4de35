"""How fast the page of `kb graph` is in a headless Chromium, at the most notes and links that it shows.

    python bench/graph_page.py [--notes 5000] [--links 20000] [--tensions 1000]

The notes are made up; the page is the one that `kb graph` writes for the sample vault, with other data in it.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.path.insert(0, str(ROOT / "tests"))

from browser import Browser  # noqa: E402

from bench.timed import kb  # noqa: E402

FRAMES = """(async () => {
  const canvas = document.getElementById("map"), times = [];
  let last = performance.now();
  for (let step = 0; step < 40; step++) {
    canvas.dispatchEvent(new WheelEvent("wheel", { deltaY: step < 20 ? -20 : 20, clientX: 900, clientY: 400, bubbles: true, cancelable: true, view: window }));
    await new Promise(requestAnimationFrame);
    times.push(performance.now() - last);
    last = performance.now();
  }
  return times.sort((a, b) => a - b)[20];
})()"""


def made(notes: int, links: int, tensions: int) -> dict[str, object]:
    """Debates of neighbours and a few notes that much is linked with."""
    chance = random.Random(1)
    pairs = []
    for _ in range(links):
        a = chance.randrange(notes)
        b = chance.randrange(30) if chance.random() < 0.1 else (a + 1 + int(chance.expovariate(1 / 40))) % notes
        pairs.append([a, b if a != b else (b + 1) % notes])
    kinds = [*["cites"] * 6, "supports", "supports", "restates", "qualifies", "contradicts"]
    quote = "A nap of an hour raises the recall of words in adults by about a fifth, and that of pictures by less. " * 2
    return {
        "title": "made up",
        "told": [],
        "notes": [
            {"id": f"n{at}", "title": f"Does a nap {at} improve recall?", "kind": "note", "path": f"notes/{at % 40}/{at}.md"}
            for at in range(notes)
        ],
        "claims": [{"quote": f"{quote}{at}", "note": at % notes, "place": f"notes/{at}.md:3"} for at in range(2 * links)],
        "links": [
            {"kind": kinds[at % len(kinds)], "who": "author", "notes": pair, "why": "as its author says", "claims": [pair[0], pair[1]]}
            for at, pair in enumerate(pairs)
        ],
        "tensions": [
            {"id": f"t{at}", "kind": "scope", "link": "qualifies", "who": "author", "by": "stated by an author", "claims": pairs[at],
             "notes": pairs[at], "why": "as its author says", "settle": ""}
            for at in range(tensions)
        ],
    }  # fmt: skip


def main() -> None:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, most in (("notes", 5_000), ("links", 20_000), ("tensions", 1_000)):
        wanted.add_argument(f"--{name}", type=int, default=most)
    asked = wanted.parse_args()
    with tempfile.TemporaryDirectory() as folder, Browser() as browser:
        page = Path(folder) / "page.html"
        kb(ROOT / "examples/vault", "graph", "-o", str(page))
        text = page.read_text(encoding="utf-8")
        start = text.index('id="data">') + len('id="data">')
        data = json.dumps(made(asked.notes, asked.links, asked.tensions))
        page.write_text(text[:start] + data + text[text.index("</script>", start) :], encoding="utf-8")
        print(f"page            {page.stat().st_size / 1e6:.1f} MB")
        began = time.perf_counter()
        print(f"cards and map   {browser.open(page.as_uri()):.2f} s")
        browser.until("document.documentElement.dataset.settled === 'yes'", 300)
        print(f"map at rest     {time.perf_counter() - began:.2f} s")
        print(f"frame           {browser.ask(FRAMES):.0f} ms")
        browser.click_on("[data-kind=cites]")
        print(f"with citations  {browser.ask(FRAMES):.0f} ms")
        print(
            f"search          {browser.ask('(() => { const t = performance.now(); search.value = `nap 4321`; search.dispatchEvent(new Event(`input`)); return performance.now() - t; })()'):.0f} ms"
        )
        print(f"complaints      {browser.complaints or 'none'}")


if __name__ == "__main__":
    main()
