"""The runs of a collection: rows of the database, and `runs/<id>.json` for people."""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.job import Job
from scraper.protocols import Captured, Run, Tally
from scraper.store.disk import make_directory, refusals, replace, sweep_temporary

_RUN = "SELECT id, job, identity, started_at FROM runs"


class Runs:
    """Called inside the collection's transactions."""

    def __init__(
        self,
        db: sqlite3.Connection,
        collection: Path,
        versions: Mapping[str, str],
        on_step: Callable[[str], None],
    ) -> None:
        self._db, self._folder = db, collection / "runs"
        self._versions, self._on_step = dict(versions), on_step

    def new(self, job: Job, identity: str, now: datetime) -> Run:
        """Its id tells the second it began."""
        known = True
        while known:
            id = f"{now:%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
            known = bool(self._db.execute("SELECT 1 FROM runs WHERE id = ?", (id,)).fetchone())
        self._db.execute(
            "INSERT INTO runs (id, job, identity, started_at) VALUES (?, ?, ?, ?)",
            (id, job.model_dump_json(by_alias=True), identity, now.isoformat()),
        )
        return Run(id, job, identity, now)

    def unfinished(self) -> Run | None:
        """The one that has work left."""
        return self._one(f"{_RUN} WHERE complete = 0 ORDER BY no DESC LIMIT 1")

    def serve(self, id: str, occasion: str) -> None:
        """The run is the one that this occasion asked for."""
        self._db.execute(
            "INSERT OR REPLACE INTO occasions SELECT ?, no FROM runs WHERE id = ?", (occasion, id)
        )

    def served(self, occasion: str) -> Run | None:
        """The one that this occasion asked for, once it has no work left."""
        wanted = "SELECT run FROM occasions WHERE name = ?"
        return self._one(f"{_RUN} WHERE complete = 1 AND no = ({wanted})", occasion)

    def latest(self) -> Run | None:
        """The last one that was begun."""
        return self._one(f"{_RUN} ORDER BY no DESC LIMIT 1")

    def end(
        self, id: str, outcome: str, now: datetime, facts: Mapping[str, Any], *, complete: bool
    ) -> None:
        """Its invocation ended; with `complete`, for good."""
        self._db.execute(
            "UPDATE runs SET ended_at = ?, outcome = ?, facts = ?, complete = ? WHERE id = ?",
            (now.isoformat(), outcome, json.dumps(facts, default=str), complete, id),
        )

    def write_report(
        self, id: str, tally: Tally, captured: Captured, versions: Mapping[str, str] | None = None
    ) -> None:
        """runs/<id>.json: what was asked, and what came of it; the `versions` of the programs that
        did it are those of today by default."""
        asked = "job, identity, started_at, ended_at, outcome, facts, complete"
        row = self._db.execute(f"SELECT {asked} FROM runs WHERE id = ?", (id,)).fetchone()  # noqa: S608 - constant columns
        job, identity, started_at, ended_at, outcome, facts, complete = row
        report = {
            "run": id,
            "outcome": outcome,
            "complete": bool(complete),
            "started_at": started_at,
            "ended_at": ended_at,
            "counts": {
                "record": tally.record,
                "unchanged": tally.unchanged,
                "duplicate": tally.duplicate,
                "failed": tally.failed,
                "listing": tally.listing,
            },
            "failures": tally.failures,
            "answers": captured.facts(),
            "facts": json.loads(facts),
            "versions": versions or self._versions,
            "identity": identity,
            "job": json.loads(job),
        }
        path = self._path(id)
        data = json.dumps(report, ensure_ascii=False, indent=2).encode("utf-8", "replace")
        with refusals(path):
            make_directory(self._folder)
            replace(path, data + b"\n", lambda step: self._on_step(f"run.{step}"))

    def renew_report(
        self, id: str, tally: Callable[[str], Tally], captured: Callable[[str], Captured]
    ) -> None:
        """After something was removed; of a run that is unknown, or did not end yet, there is
        none."""
        query = "SELECT 1 FROM runs WHERE id = ? AND facts IS NOT NULL"
        if self._db.execute(query, (id,)).fetchone():
            self.write_report(id, tally(id), captured(id), self._reported_versions(id))
        else:
            with refusals(self._path(id)):
                self._path(id).unlink(missing_ok=True)

    def restore_reports(
        self, tally: Callable[[str], Tally], captured: Callable[[str], Captured]
    ) -> None:
        """Sweep half-written ones, write those that are missing."""
        with refusals(self._folder):
            sweep_temporary(self._folder)
        ended = self._db.execute("SELECT id FROM runs WHERE facts IS NOT NULL").fetchall()
        for (id,) in ended:
            if not self._path(id).exists():
                self.write_report(id, tally(id), captured(id))

    def _reported_versions(self, id: str) -> dict[str, str] | None:
        try:
            report = json.loads(self._path(id).read_bytes())
        except (OSError, ValueError):
            return None
        versions = report.get("versions") if isinstance(report, dict) else None
        return versions if isinstance(versions, dict) else None

    def _path(self, id: str) -> Path:
        return self._folder / f"{id}.json"

    def _one(self, query: str, *values: str) -> Run | None:
        row = self._db.execute(query, values).fetchone()
        if row is None:
            return None
        id, job, identity, started_at = row
        started = datetime.fromisoformat(started_at)
        return Run(id, Job.model_validate_json(job), identity, started, resumed=True)
