# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The database: consistent reads from any thread, writes one after the other from one.

All writes of a process go through one thread, which takes what is waiting, runs each piece in a savepoint of one
transaction, commits once and only then answers: many small writes share one fsync, and a decision has been made
durable before anybody hears of it. Between processes, SQLite's BEGIN IMMEDIATE and on PostgreSQL an advisory lock
taken first in the transaction keep writing transactions strictly one after the other, which is serialisable by
construction and needs no retries.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from ewbi_endpoint.problems import Problem

T = TypeVar("T")
Work = Callable[[Connection], T]
_log = logging.getLogger("ewbi.database")

# One fsync for up to this many writes; larger batches gain little and make the first of them wait.
_BATCH = 64
# More waiting writes than this are refused with 503 instead of making everybody wait longer.
_WAITING = 2000
_READERS = 4
_BUSY_SECONDS = 15
# Any fixed number does; it only has to differ from other users' advisory locks in the same database.
_ADVISORY_LOCK = 0x45574249


@dataclass(slots=True)
class _Pending(Generic[T]):
    work: Work[T]
    future: asyncio.Future[T]
    loop: asyncio.AbstractEventLoop
    result: T | None = None
    error: BaseException | None = None


class Database:
    """Access to one database. `start` before asynchronous use, `close` at the end."""

    def __init__(self, url: str) -> None:
        self.is_sqlite = url.startswith("sqlite")
        connect_args: dict[str, Any] = (
            {"check_same_thread": False, "timeout": _BUSY_SECONDS} if self.is_sqlite else {"connect_timeout": 10}
        )
        self.engine = create_engine(
            url,
            connect_args=connect_args,
            poolclass=QueuePool,
            pool_size=_READERS + 1,
            max_overflow=2,
            pool_pre_ping=not self.is_sqlite,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._queue: queue.SimpleQueue[_Pending[Any] | None] = queue.SimpleQueue()
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="ewbi-read")
        self._writer: threading.Thread | None = None
        self._listeners: list[Callable[[], None]] = []

    def start(self) -> None:
        """Start the writing thread."""
        self._writer = threading.Thread(target=self._write_forever, name="ewbi-write", daemon=True)
        self._writer.start()

    def close(self) -> None:
        """Finish what is waiting, then let go of every connection."""
        if self._writer is not None:
            self._queue.put(None)
            self._writer.join()
            self._writer = None
        self._readers.shutdown()
        self.engine.dispose()

    def on_commit(self, listener: Callable[[], None]) -> None:
        """Call `listener` in the event loop's thread after every commit of this process."""
        self._listeners.append(listener)

    @property
    def waiting(self) -> int:
        """How many writes wait for their turn."""
        return self._queue.qsize()

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self.read_now, work)

    async def write(self, work: Work[T]) -> T:
        """Run `work` in its turn and return once it is durable; whatever it raises leaves nothing behind."""
        if self.waiting >= _WAITING:
            raise Problem(503, "UNAVAILABLE", "Too many changes are waiting: try again", headers={"Retry-After": "1"})
        loop = asyncio.get_running_loop()
        pending: _Pending[T] = _Pending(work, loop.create_future(), loop)
        self._queue.put(pending)
        return await pending.future

    def read_now(self, work: Work[T]) -> T:
        """`read` for synchronous callers."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            return work(connection)

    def write_now(self, work: Work[T]) -> T:
        """`write` for synchronous callers, such as the command line."""
        with self._writing() as connection:
            return work(connection)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if self.is_sqlite:
                connection = connection.execution_options(ewbi_write=True)
            with connection.begin():
                if not self.is_sqlite:
                    # READ COMMITTED on purpose: each statement after the lock sees what the previous holder wrote.
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                yield connection

    def _write_forever(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, ended = self._batch(first)
            try:
                self._write_batch(batch)
            except Exception as error:  # noqa: BLE001  # it is logged, and raised to those who wait
                # Whatever fails here must reach those who wait, and must not end the thread.
                _log.exception("a batch of %d changes was not committed", len(batch))
                failure = _unavailable(error)
                for pending in batch:
                    pending.error = failure
            self._answer(batch)
            if ended:
                return

    def _batch(self, first: _Pending[Any]) -> tuple[list[_Pending[Any]], bool]:
        batch = [first]
        while len(batch) < _BATCH:
            try:
                pending = self._queue.get_nowait()
            except queue.Empty:
                break
            if pending is None:
                return batch, True
            batch.append(pending)
        return batch, False

    def _write_batch(self, batch: list[_Pending[Any]]) -> None:
        with self._writing() as connection:
            for pending in batch:
                savepoint = connection.begin_nested()
                try:
                    pending.result = pending.work(connection)
                except DBAPIError:
                    raise
                except Exception as error:  # noqa: BLE001  # goes to the one who asked; the others go on
                    savepoint.rollback()
                    pending.error = error
                else:
                    savepoint.commit()

    def _answer(self, batch: list[_Pending[Any]]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[_Pending[Any]]] = {}
        for pending in batch:
            by_loop.setdefault(pending.loop, []).append(pending)
        for loop, several in by_loop.items():
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._resolve, several)

    def _resolve(self, batch: list[_Pending[Any]]) -> None:
        for pending in batch:
            if pending.future.cancelled():
                continue
            if pending.error is not None:
                pending.future.set_exception(pending.error)
            else:
                pending.future.set_result(pending.result)
        for listener in self._listeners:
            listener()


def _unavailable(error: Exception) -> BaseException:
    if isinstance(error, DBAPIError):
        return Problem(
            503, "UNAVAILABLE", "The database did not take the change: try again", headers={"Retry-After": "2"}
        )
    return error


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite says which kind each one is.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: an answered decision survives loss of power, not only of the process. Batching pays for the fsync.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # Deleted rows are overwritten: a withdrawn cloudlet's sealed access does not linger in free pages.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("ewbi_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
