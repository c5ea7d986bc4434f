# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Structured logs, request ids and metrics. Nothing of a body, header or query ever goes into either."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ewbi_endpoint.times import format_rfc3339, now


class JsonFormatter(logging.Formatter):
    """One JSON object a line; `extra={"fields": {...}}` adds to it."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": format_rfc3339(now()),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info:
            # The frames tell where; the exception's text is left out, it may repeat what a caller sent.
            line["exception"] = _frames(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _frames(exc_info: Any) -> list[str]:
    kind, trace = exc_info[0], exc_info[2]
    frames = []
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{Path(code.co_filename).name}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return [*frames, kind.__name__ if kind else "unknown"]


def configure_logging(audit_log: Path | None) -> None:
    """Log to standard error, the audit trail also to a file of its own where one is configured."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    # Alembic and uvicorn tell of every step; what matters to an operator is logged by the endpoint itself.
    for noisy in ("alembic", "uvicorn", "uvicorn.error", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if audit_log is not None:
        file_handler = logging.FileHandler(audit_log, encoding="utf-8", delay=False)
        audit_log.chmod(0o600)
        file_handler.setFormatter(JsonFormatter())
        logging.getLogger("ewbi.audit").addHandler(file_handler)


class Metrics:
    """Prometheus metrics of one endpoint, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter("ewbi_requests_total", "Requests answered", ["path", "status"], registry=self.registry)
        self.seconds = Histogram(
            "ewbi_request_seconds", "Time to answer a request, long polls left out", ["path"], registry=self.registry
        )
        self.decisions = Counter(
            "ewbi_reservation_decisions_total", "Decisions of the ledger", ["state"], registry=self.registry
        )
        self.reveals = Counter("ewbi_access_reveals_total", "Calls of show/access", ["outcome"], registry=self.registry)
        self.waiting = Gauge("ewbi_waiting_writes", "Changes that wait for their turn", registry=self.registry)
