"""Two revisions of an article as one page that needs nothing else."""

from __future__ import annotations

from html import escape

from scraper.changes import Changes, Passage
from scraper.record import Article

_TAGS = {"same": "{}", "gone": "<del>{}</del>", "new": "<ins>{}</ins>"}
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --gone: #ffd7d5; --new: #cdf5d4; --faint: #667; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --gone: #6b2424; --new: #1f5a2d; --faint: #99a; }} }}
body {{ font: 1.05rem/1.65 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto;
  padding: 0 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.3rem; line-height: 1.3; }}
h2 {{ font-size: .85rem; color: var(--faint); margin: 1.4rem 0 0; font-weight: 600; }}
header p {{ color: var(--faint); }}
p {{ margin: .5rem 0; }}
del {{ background: var(--gone); }}
ins {{ background: var(--new); text-decoration: none; }}
.same {{ color: var(--faint); }}
</style></head><body>
<header><h1>{title}</h1><p>{about}</p></header>
{body}
</body></html>
"""


def difference_page(before: Article, after: Article, found: Changes) -> str:
    """HTML; whatever comes from the records is text in it."""
    parts = [
        f"<h2>{escape(change.field)}</h2><p>{_passage(change.pieces)}</p>"
        for change in found.fields
    ]
    parts.append("<h2>text</h2>")
    for passage in found.body:
        same = all(piece.kind == "same" for piece in passage)
        parts.append(f"<p{' class=same' if same else ''}>{_passage(passage)}</p>")
    if found.pictures:
        parts.append("<h2>pictures</h2>")
        parts += [f"<p>{_passage((piece,))}</p>" for piece in found.pictures]
    when = [
        one.fetched_at.strftime("%Y-%m-%d %H:%M") if one.fetched_at else "?"
        for one in (before, after)
    ]
    about = (
        f"{escape(after.id)} · revision {before.revision} ({when[0]}) → "
        f"{after.revision} ({when[1]})"
    )
    return _PAGE.format(
        language=escape(after.language or "und"),
        title=escape(after.title or after.id),
        about=about,
        body="\n".join(parts),
    )


def _passage(passage: Passage) -> str:
    return "".join(_TAGS[piece.kind].format(escape(piece.text)) for piece in passage)
