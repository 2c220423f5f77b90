"""The processes of a browser end, whatever becomes of them and of us."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

_TEMP_PREFIX = "scraper-browser-"
_END_SECONDS = 2.0

# Its input ends when we do.  A stopped process would never notice that by itself.
_WATCH = 'while read -r one; do all="$all $one"; done; kill -s KILL -- $all; rm -rf -- "$0"'


class Guard:
    """A shell that waits for our death, then kills what it was told of and removes `temp`, a
    folder of the browser's own.

    The folder is also the mark of what was started with it as TMPDIR: on Linux those processes are
    found by their environment, so that the pid of Playwright's driver need not be known.
    """

    def __init__(self) -> None:
        """Raises OSError when there is no room for the folder, or no process to be had."""
        self.temp = Path(tempfile.mkdtemp(prefix=_TEMP_PREFIX))
        self._shell: subprocess.Popen[bytes] | None = None
        with contextlib.suppress(FileNotFoundError):  # a system without a shell
            self._shell = subprocess.Popen(
                ["/bin/sh", "-c", _WATCH, self.temp],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # no signal of the terminal reaches it
            )
        self._group: int | None = None

    def watch_marked(self) -> list[int]:
        """Those alive now shall end with us."""
        pids = self._marked()
        for pid in pids:
            self._watch(pid)
        return pids

    def watch_group(self, pid: int) -> None:
        """This process and all that it starts shall end with us; not if it shares our group."""
        with contextlib.suppress(ProcessLookupError):
            group = os.getpgid(pid)
            if group != os.getpgrp():
                self._group = group
                self._watch(-group)

    def kill_group(self) -> None:
        """Now."""
        if self._group:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._group, signal.SIGKILL)
            self._group = None

    def end(self) -> None:
        """Kill what is left, also of a start that was broken off, and remove the folder."""
        self.kill_group()
        until = time.monotonic() + _END_SECONDS
        looks = 2  # a process that is just starting has no environment for a moment
        while looks and time.monotonic() < until:
            pids = self._marked()
            for pid in pids:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            looks = 2 if pids else looks - 1
            time.sleep(0.01)
        shutil.rmtree(self.temp, ignore_errors=True)
        if self._shell:
            self._shell.kill()
            self._shell.communicate()

    def _watch(self, target: int) -> None:
        if self._shell and self._shell.stdin:
            with contextlib.suppress(OSError):  # it was killed
                self._shell.stdin.write(b"%d\n" % target)
                self._shell.stdin.flush()

    def _marked(self) -> list[int]:
        mark = b"TMPDIR=" + os.fsencode(self.temp)
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return [pid for pid in found if pid != os.getpid()]
