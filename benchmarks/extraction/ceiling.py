"""The best score that any choice of a page's own blocks could have: who knew the annotation would
keep these.

    python -m benchmarks.extraction.ceiling [DATA] [--preds FILE] [--worst N]

What the page's text lacks, or the annotation has otherwise, no choice can mend; what a page is
below its ceiling was chosen wrongly.  With the answers of `crossval --save` both stand side by
side, and the pages that fall shortest are listed.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lxml.html import HtmlElement

from benchmarks.extraction import labels, scorer
from benchmarks.extraction.crossval import f1
from benchmarks.extraction.sets import Case, read
from scraper.extraction.blocks import blocks, paragraphs_of, text_of
from scraper.extraction.generic.head import read_head
from scraper.extraction.generic.segments import Segments, cut
from scraper.extraction.generic.selection import assemble
from scraper.extraction.generic.unseen import described_body, hidden_roots, scripted_body
from scraper.extraction.page import Body, Page
from scraper.extraction.parse import parse_text
from scraper.snapshot import Snapshot

LEAST = (0.02, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
"""A block is kept from so large a share of its words in the reference on.  For a sum of blocks the
best F1 is reached by one such bound; snippets are tried as a reference and each by itself."""

MEASURES = ("n", "F1", "P", "R", "pageF1", "segF1", "para", "empty")

Fields = dict[str, Any]


def ceiling(page: Page, case: Case, score: Any) -> Fields:
    """The answer that scores best: of the body where one is annotated, else of the snippets."""
    best: Fields = {}
    most = -1.0
    for fields in _answers(page, case, score):
        value = worth(scorer.judge(score, case, fields))
        if value > most:
            best, most = fields, value
    return best


def worth(judged: dict[str, Any]) -> float:
    """One page's F1: of its body, else of its snippets."""
    if "body" in judged:
        return f1(judged["body"])
    hit, wanted, wrong = judged["seg"]
    return 2 * hit / (hit + wrong + wanted) if wanted else float(not wrong)


def _answers(page: Page, case: Case, score: Any) -> Iterator[Fields]:
    for root in _roots(page):
        segments = cut(root)
        for kept in _choices(segments, case, score):
            body = assemble(segments, kept, [False] * len(segments.pictures), "ceiling", {})
            yield _answer(body, page)


def _roots(page: Page) -> Iterator[HtmlElement]:
    """The visible page, and what the extractor reads when that is empty."""
    yield page.tree
    yield from hidden_roots(cut(page.tree), page.tree)
    for root in (described_body(read_head(page.tree).body_text), scripted_body(page.tree)):
        if root is not None:
            yield root


def _choices(segments: Segments, case: Case, score: Any) -> Iterator[Sequence[bool]]:
    found = segments.segments
    reference = case.get("text") or "\n".join(case["must"])
    if "text" not in case:
        known = labels.snippets(found, case)
        yield [share == 1.0 for share in known]
        yield [share != 0.0 for share in known]
    cjk = not case.get("words") and score.is_cjk(reference)
    words = (score.CHAR if cjk else score.WORD).findall
    shares = [share for share, _ in labels.shares(found, reference, words)]
    for least in LEAST:
        yield [share >= least for share in shares]


def _answer(body: Body | None, page: Page) -> Fields:
    if body is None:
        return {"text": "", "paragraphs": []}
    content = blocks(body, page)
    return {"text": text_of(content.blocks), "paragraphs": paragraphs_of(content.blocks)}


def read_page(data: Path, case: Case) -> Page:
    url = case["url"]
    snapshot = Snapshot(url, url, 0, (), None, None, None, "file")
    return parse_text(scorer.html(data, case), snapshot)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("data", type=Path, nargs="?")
    parser.add_argument("--preds", type=Path, help="answers that `crossval --save` wrote")
    parser.add_argument("--worst", type=int, default=0, help="so many pages of each set")
    options = parser.parse_args()
    data = scorer.folder(options.data)
    score = scorer.load(data)
    cases = [case for case in read(data) if "text" in case or "must" in case]
    best = {case["id"]: ceiling(read_page(data, case), case, score) for case in cases}
    given: dict[str, Fields] = {}
    if options.preds:
        with options.preds.open(encoding="utf-8") as lines:
            given = {one["id"]: one for one in map(json.loads, lines)}
    sets = defaultdict(list)
    for case in cases:
        sets[case["dataset"]].append(case)
    rows = {}
    for name, members in sorted(sets.items()):
        for title, answers in (("", given), (" ceiling", best)):
            if answers:
                found = [answers.get(case["id"], {}) for case in members]
                judged = [
                    scorer.judge(score, case, fields)
                    for case, fields in zip(members, found, strict=True)
                ]
                row = score.summarise(judged, found)
                rows[name + title] = {key: row.get(key) for key in MEASURES}
    score.show(rows)
    for name, members in sorted(sets.items()):
        for line in _worst(score, members, given, best)[: options.worst]:
            print(f"{name} {line}")


def _worst(
    score: Any, cases: list[Case], given: dict[str, Fields], best: dict[str, Fields]
) -> list[str]:
    """`F1 ceiling id`, the lowest first."""
    found = []
    for case in cases:
        own = worth(scorer.judge(score, case, given.get(case["id"], {})))
        top = worth(scorer.judge(score, case, best[case["id"]]))
        found.append((own, top, case["id"]))
    return [f"{own:.3f} {top:.3f} {name}" for own, top, name in sorted(found)]


if __name__ == "__main__":
    main()
