# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the routes work with: configuration, keys, database, clients, limits."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from ewbi_endpoint.config import Config, ConfigError
from ewbi_endpoint.model import Amounts, Caller
from ewbi_endpoint.observability import Metrics
from ewbi_endpoint.problems import Problem
from ewbi_endpoint.rates import RateLimiter
from ewbi_endpoint.security.sealing import Sealer, new_sealing_key
from ewbi_endpoint.security.tokens import TokenError, TokenIssuer, new_signing_key
from ewbi_endpoint.store import clients
from ewbi_endpoint.store.database import Database
from ewbi_endpoint.times import SECOND, Clock, Instant, now

# A client that was removed, or given another secret, by the command line loses its tokens after this long at most.
_CLIENTS_FRESH: Instant = 2 * SECOND
_UNAUTHENTICATED = {"WWW-Authenticate": 'Bearer realm="ewbi"'}


class ClientDirectory:
    """The clients, remembered for a moment so that a call does not cost a query."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._clients: dict[str, clients.Client] = {}
        self._read_at: Instant | None = None
        self._lock = asyncio.Lock()

    async def find(self, client_id: str, generation: int) -> clients.Client | None:
        """The client that a token of this generation was issued to, as of two seconds ago at most."""
        async with self._lock:
            now = self._clock()
            known = self._clients.get(client_id)
            # A token that is newer than what is remembered was issued to a client that has just been let in.
            behind = known is None or known.generation < generation
            if behind or self._read_at is None or not 0 <= now - self._read_at < _CLIENTS_FRESH:
                found = await self._database.read(clients.all_clients)
                self._clients = {client.client_id: client for client in found}
                self._read_at = now
                known = self._clients.get(client_id)
        return known if known is not None and known.generation == generation else None


class ChangeSignal:
    """Wakes long polls after a commit of this process."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def notify(self) -> None:
        """Wake everybody who waits."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def wait(self, seconds: float) -> None:
        """Return at the next commit, or after `seconds`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            await asyncio.wait_for(future, seconds)
        except TimeoutError:
            pass  # nothing happened in time, which is an answer too
        finally:
            self._waiting.discard(future)


@dataclass(slots=True)
class Service:
    """One running endpoint."""

    config: Config
    database: Database
    issuer: TokenIssuer
    sealer: Sealer
    metrics: Metrics
    clock: Clock = now
    site_capacities: dict[str, Amounts] = field(default_factory=dict)
    changes: ChangeSignal = field(default_factory=ChangeSignal)
    clients: ClientDirectory = field(init=False)
    rates: RateLimiter = field(init=False)
    failed_tokens: RateLimiter = field(init=False)
    audit_log: logging.Logger = field(default_factory=lambda: logging.getLogger("ewbi.audit"))

    def __post_init__(self) -> None:
        self.clients = ClientDirectory(self.database, self.clock)
        limits = self.config.limits
        self.rates = RateLimiter(limits.requests_per_second, limits.burst, self.clock)
        # Guesses of a secret: ten at once, then one in six seconds, per client id and address.
        self.failed_tokens = RateLimiter(1 / 6, 10, self.clock)
        self.database.on_commit(self.changes.notify)

    @property
    def organization(self) -> str:
        """The operator whose endpoint this is."""
        return self.config.organization

    async def authenticate(self, authorization: str | None) -> Caller:
        """Who calls; 401 says what is wrong with the token, 429 when to come back."""
        scheme, token = [*(authorization or "").split(" ", 1), ""][:2]
        if scheme.lower() != "bearer" or not token:
            detail = "This call needs `Authorization: Bearer TOKEN`: get one from /api/v1/oauth2/token"
            raise Problem(401, "UNAUTHENTICATED", detail, headers=_UNAUTHENTICATED)
        try:
            claims = self.issuer.verify(token.strip(), self.clock())
        except TokenError as error:
            headers = {"WWW-Authenticate": 'Bearer realm="ewbi", error="invalid_token"'}
            raise Problem(401, "INVALID_TOKEN", _sentence(str(error)), headers=headers) from None
        client = await self.clients.find(claims.client_id, claims.generation)
        if client is None:
            headers = {"WWW-Authenticate": 'Bearer realm="ewbi", error="invalid_token"'}
            detail = "The client of this token was removed or has a new secret: get a new token"
            raise Problem(401, "INVALID_TOKEN", detail, headers=headers)
        self.rates.spend(client.client_id)
        return Caller(client.client_id, client.organization, client.role)


def open_service(config: Config, clock: Clock = now) -> Service:
    """A service from its configuration; ConfigError names the file that cannot be used."""
    try:
        signing_key = config.token.signing_key.read_bytes()
        sealing_key = config.sealing_key.read_text(encoding="ascii")
    except OSError as error:
        raise ConfigError(
            f"{error.filename}: cannot be read: {error.strerror}; `ewbi-endpoint init` makes it"
        ) from None
    try:
        issuer = TokenIssuer(signing_key, config.organization, config.token.lifetime_seconds)
    except ValueError as error:
        raise ConfigError(f"{config.token.signing_key}: {error}") from None
    try:
        sealer = Sealer(sealing_key)
    except ValueError as error:
        raise ConfigError(f"{config.sealing_key}: {error}") from None
    return Service(
        config=config,
        database=Database(config.database.url),
        issuer=issuer,
        sealer=sealer,
        metrics=Metrics(),
        clock=clock,
        site_capacities=dict(config.site_capacities()),
    )


def detached_service() -> Service:
    """A service that serves nobody: fresh keys and a database that is never opened, to describe the interface."""
    return Service(
        config=Config(organization="nobody"),
        database=Database("sqlite:///never-opened.sqlite"),
        issuer=TokenIssuer(new_signing_key(), "nobody", 1),
        sealer=Sealer(new_sealing_key()),
        metrics=Metrics(),
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
