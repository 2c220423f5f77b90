"""An answer whose server names its version, and does not send it to who has it."""

from __future__ import annotations

import zlib
from dataclasses import replace

from tests.site.wire import Answer, Seen


class Versioned:
    """`answer` may be another one later; `sent` are the statuses so far."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.sent = answer, list[int]()

    def __call__(self, seen: Seen) -> Answer:
        body = self.answer.body
        etag = f'"{zlib.crc32(body if isinstance(body, bytes) else body.encode())}"'
        known = seen.headers.get("if-none-match") == etag
        same = Answer(status=304, headers=(("ETag", etag),), type=None)
        answer = same if known else replace(self.answer, headers=(("ETag", etag),))
        self.sent.append(answer.status)
        return answer
