# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floor of the benchmark: requests and nothing else, doing the calls that the module does.

python bare_client.py URL CA CLIENT_ID SECRET_FILE FILE create|compare
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import requests


def main(url: str, ca: str, client_id: str, secret_file: str, source: str, what: str) -> None:
    session = requests.Session()
    session.verify = ca
    session.trust_env = False
    session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=16))
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": Path(secret_file).read_text().strip(),
    }
    token = session.post(f"{url}/api/v1/oauth2/token", data=form, timeout=30).json()["access_token"]
    session.headers["Authorization"] = f"Bearer {token}"

    def post(path: str, body: Any) -> Any:
        answer = session.post(f"{url}/api/v1/auth/{path}", json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    wanted = json.loads(Path(source).read_text())
    there: dict[str, Any] = {}
    cursor = None
    while True:
        page = post("show/cloudlet", {"limit": 1000} | ({"cursor": cursor} if cursor else {}))
        there.update({item["cloudlet_key"]["name"]: item for item in page["items"]})
        cursor = page["next_cursor"]
        if cursor is None:
            break
    missing = [body for body in wanted if body["cloudlet_key"]["name"] not in there]
    differing = [
        body
        for body in wanted
        if any(
            there.get(body["cloudlet_key"]["name"], {}).get(name) != value
            for name, value in body.items()
            if name != "Access_vars"
        )
    ]
    if what == "compare":
        assert not differing, differing[:1]
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda body: post("create/cloudlet", body), missing))


if __name__ == "__main__":
    main(*sys.argv[1:])
