"""The product against a hostile web: whole crawls, with and without a browser.

`table.py` is the table of cases, `internet.py` the small internet that they happen in, `crawl.py`
one crawl and what must hold after any, `routes.py` and `spellings.py` the ways to forbidden
addresses, `switches.py` the defences and how each is taken away.  The pages stand in
`tests/site/hostile_*.py`; docs/faults.md lists the faults.
"""
