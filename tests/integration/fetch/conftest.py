"""The local site, and a fetcher shared by the tests of a module."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.integration.fetch.web import Web
from tests.site import TestSite


@pytest.fixture(scope="module")
def whole_site() -> Iterator[TestSite]:
    with TestSite() as site:
        yield site


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_web(whole_site: TestSite) -> AsyncIterator[Web]:
    async with Web(whole_site) as web:
        yield web


@pytest.fixture
def site(whole_site: TestSite) -> TestSite:
    """With nothing recorded yet, and the default pages."""
    whole_site.reset()
    return whole_site


@pytest.fixture
def web(shared_web: Web, site: TestSite) -> Web:
    """One browser for the tests of a module."""
    shared_web.admitted.clear()
    shared_web.refuse.clear()
    return shared_web
