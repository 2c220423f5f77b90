"""Which annotated pages may be looked at: a quarter of the sites is held out, by hash.

    python -m benchmarks.extraction.sets DATA OUT [--part dev|held-out|all]

writes a folder that the scorer reads like DATA, with the cases of one part.  Everything else here
(training, cross-validation, the comparison) takes its cases from this file, so that a held-out page
is seen by nobody until the figures are reported.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from scraper import url
from scraper.errors import ScraperError

Case = dict[str, Any]
Part = Literal["dev", "held-out", "all"]

FOLDS = 5


def _digest(site: str) -> int:
    return int(hashlib.sha256(site.encode()).hexdigest(), 16)


def sites(case: Case) -> tuple[str, ...]:
    """The site the annotation names, and the site of the page's address.  They differ where the
    address is a stand-in."""
    named = str(case["site"])
    try:
        addressed = url.site(url.host(case["url"]))
    except ScraperError:
        return (named,)
    return (named,) if named == addressed else (named, addressed)


def held_out(case: Case) -> bool:
    """Whether either of the page's sites falls into the held-out quarter."""
    return any(_digest(site) % 4 == 0 for site in sites(case))


def fold(case: Case) -> int:
    """0 to 4.  Pages of one site share a fold, so that no model is tried on a site it has seen."""
    return _digest(str(case["site"])) // 4 % FOLDS


def read(data: Path, part: Part = "dev") -> Iterator[Case]:
    """Cases of DATA in file order."""
    with (data / "cases.jsonl").open(encoding="utf-8") as lines:
        for case in map(json.loads, lines):
            if part == "all" or held_out(case) == (part == "held-out"):
                yield case


def write(data: Path, out: Path, part: Part = "dev") -> int:
    """A folder with the cases of one part and a link to the pages; the number of cases."""
    out.mkdir(parents=True, exist_ok=True)
    pages = out / "html"
    if not pages.exists():
        pages.symlink_to((data / "html").resolve())
    cases = list(read(data, part))
    with (out / "cases.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)
    return len(cases)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--part", choices=["dev", "held-out", "all"], default="dev")
    options = parser.parse_args()
    count = write(options.data, options.out, options.part)
    print(f"{count} cases of part {options.part} in {options.out}")


if __name__ == "__main__":
    main()
