# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve keystone or placement on loopback: ``python serve_wsgi.py MODULE PORT``, one process with threads.

gunicorn cannot: these WSGI modules parse ``sys.argv`` themselves.
"""

from __future__ import annotations

import importlib
import sys

import waitress


def main() -> None:
    """Import ``MODULE.application`` with an empty command line and serve it."""
    module, port = sys.argv[1], int(sys.argv[2])
    sys.argv = [module]
    application = importlib.import_module(module).application
    waitress.serve(
        application,
        host="127.0.0.1",
        port=port,
        threads=8,
        ident=None,
        channel_timeout=300,
        # HAProxy, the only one that sets this header; waitress drops it otherwise
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers={"x-forwarded-proto"},
    )


if __name__ == "__main__":
    main()
