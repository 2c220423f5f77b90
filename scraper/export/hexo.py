"""Posts for Hexo: front matter and the article's HTML, below `source/` of a blog.

<https://hexo.io/docs/front-matter>.  A profile holds front matter for every post, over what the
record says; its key `root` is the blog's own, where it is not `/`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from scraper.errors import UsageError
from scraper.record import Article, Image
from scraper.view.exporter import Source, Wish
from scraper.view.folder import View
from scraper.view.front_matter import front_matter
from scraper.view.markup import body_html
from scraper.view.names import file_name

POSTS: Final = "source/_posts"
PICTURES: Final = "source/pictures"
AUTHORS: Final = "source/_data/author.yml"

# Themes print these addresses as they are between quotes of either kind.
_SAFE_IN_ADDRESS: Final = "%/:?#[]@!$&()*+,;=~-._"


def export(source: Source, view: View, wish: Wish) -> None:
    """Raises UsageError for --fields and for a profile that is none."""
    wish.refuse_fields("hexo")
    profile = dict(wish.profile)
    root = profile.pop("root", "/")
    if not isinstance(root, str) or not root.startswith("/") or not root.endswith("/"):
        raise UsageError("profile: root is the blog's path, such as / or /blog/")
    authors: set[str] = set()
    for article in source.articles():
        post = _Post(article, source, wish, f"{root}pictures/")
        author = profile.get("author", post.author)
        if isinstance(author, str):
            authors.add(author)
        for picture, path in post.pictures.items():
            stamp = picture.encode()
            if not view.has(f"picture {picture}", stamp):
                view.put(f"picture {picture}", stamp, {f"{PICTURES}/{picture}": path})
        # Which pictures are there is the one thing that may change under a revision.
        key, stamp = f"post {post.name}", wish.stamp_of(article, sorted(post.pictures))
        if not view.has(key, stamp):
            text = front_matter(post.front() | profile) + f"\n<div>{post.html()}</div>\n"
            view.put(key, stamp, {f"{POSTS}/{post.name}.md": text.encode()})
    if authors and not view.is_foreign(AUTHORS):
        # Themes know an author only by this file, and show their own default for others.  A blog
        # that has one of its own keeps it.
        data = "".join(
            front_matter({name: {"name": name}})[4:-4] for name in sorted(authors)
        ).encode()
        if not view.has("authors", data):
            view.put("authors", data, {AUTHORS: data})


class _Post:
    """`pictures` are the files of this post: name below the pictures' folder, and source."""

    def __init__(self, article: Article, source: Source, wish: Wish, folder: str) -> None:
        self._article, self._wish, self._folder = article, wish, folder
        self.name = file_name(article, every_revision=wish.every_revision)
        self.author = ", ".join(article.authors) or article.source
        self.pictures = {}
        if wish.pictures == "local":
            lead = [article.lead_image] if article.lead_image else []
            for image in (*article.images, *lead):
                if image.media and (path := source.picture(image.media)):
                    self.pictures[_picture_name(image)] = path

    def front(self) -> dict[str, Any]:
        """What the record says, in Hexo's words; nothing that nobody said."""
        article = self._article
        values: dict[str, Any] = {
            "title": article.title or article.canonical_url,
            "date": _date(article),
            "updated": _updated(article),
            "categories": list(article.categories),  # a flat list is a path
            "tags": list(article.tags),
            "author": self.author,
            "description": article.description,
            "lang": article.language,
            "permalink": f"{self.name}/",
            "disableNunjucks": True,
            "copyright": {
                "type": "ref",
                "author": article.source or article.site,
                "ref": {"title": article.title or "", "url": article.canonical_url},
            },
        }
        if picture := self._first_picture():
            values["headimg"] = values["thumbnail"] = picture
        values["record"] = self._record()
        return {key: value for key, value in values.items() if value not in (None, [], "")}

    def html(self) -> str:
        return body_html(self._article, self._address)

    def _record(self) -> dict[str, Any]:
        """What a post does not say of itself, to be read back."""
        article = self._article
        pictures = {
            self._folder + _picture_name(image): image.url
            for image in article.images
            if image.media and _picture_name(image) in self.pictures
        }
        facts = {
            "id": article.id,
            "site": article.site,
            "url": article.url,
            "source": article.source,
            "authors": list(article.authors),
            "editors": list(article.editors),
            "published": article.published.isoformat() if article.published else None,
            "fetched": article.fetched_at.isoformat() if article.fetched_at else None,
            "revision": article.revision,
            "content_hash": article.content_hash,
            "pictures": pictures,
        }
        return {key: value for key, value in facts.items() if value not in (None, [], {})}

    def _address(self, image: Image) -> str | None:
        if self._wish.pictures == "none":
            return ""
        name = _picture_name(image)
        return self._folder + name if name in self.pictures else None

    def _first_picture(self) -> str | None:
        """One that is known to be a picture; none is made up."""
        article = self._article
        lead = [article.lead_image] if article.lead_image else []
        if self._wish.pictures == "remote":
            first = next((image.url for image in (*lead, *article.images)), None)
            return quote(first, safe=_SAFE_IN_ADDRESS) if first else None
        names = (_picture_name(image) for image in (*lead, *article.images))
        return next((self._folder + name for name in names if name in self.pictures), None)


def _picture_name(image: Image) -> str:
    """`ab/<sha256>.png`, as in the collection; empty for a picture without bytes."""
    return image.media.path.removeprefix("media/") if image.media else ""


def _date(article: Article) -> datetime | None:
    """Without one Hexo takes the file's own time, which differs with every export."""
    return article.published or article.fetched_at


def _updated(article: Article) -> datetime | None:
    """Without one Hexo takes the file's own time."""
    later = article.fetched_at if article.revision > 1 else None
    return article.modified or later or _date(article)
