from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.refusals import Refusals, serving
from tests.memory import in_memory


@pytest.fixture
def work() -> Iterator[Path]:
    with in_memory() as directory:
        yield directory


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Refusals]:
    with serving(tmp_path_factory.mktemp("refusals")) as server:
        if server is None:
            pytest.skip("making calls fail needs Linux and a C compiler (cc)")
        yield server
