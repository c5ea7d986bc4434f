# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own errors: what was attempted, what was found, what to do."""

from __future__ import annotations

from pathlib import Path


class LabError(Exception):
    """The command cannot go on; the text says why and what to do."""


class ServiceError(LabError):
    """A service did not come up or ended; its own log says why.

    :param log: the log file whose last lines the command line shows
    """

    def __init__(self, message: str, log: Path) -> None:
        super().__init__(message)
        self.log = log

    def log_tail(self, lines: int = 25) -> str:
        """The last lines of the service's log."""
        try:
            text = self.log.read_text(errors="replace")
        except OSError as error:
            return f"({self.log} cannot be read: {error.strerror})"
        return "\n".join(text.splitlines()[-lines:]) or "(the log is empty)"
