# Copyright (c) 2026, operator_platform.federation contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration, initialisation and the command line, without a server."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from ewbi_endpoint.app import published_document
from ewbi_endpoint.cli import main
from ewbi_endpoint.config import ConfigError, load_config


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_paths_start_at_the_configurations_directory(tmp_path: Path) -> None:
    config = load_config(write(tmp_path / "config.yml", "organization: telco-north\n"))
    assert config.sealing_key == tmp_path / "keys/sealing.key"
    assert config.database.url == f"sqlite:///{tmp_path}/ewbi.sqlite"


def test_every_wrong_field_of_a_configuration_is_named(tmp_path: Path) -> None:
    text = "organization: '-'\nlisten: {port: 0}\nunknown: 1\nsites: {a: {capacity: {vcpus: -1}}}\n"
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path / "config.yml", text))
    for name in ("organization", "listen.port", "unknown", "sites.a.capacity.vcpus"):
        assert name in str(caught.value)


@pytest.mark.parametrize("url", ["nonsense", "mysql://user:geheim@h/d", "sqlite://"])
def test_an_unusable_database_is_refused_without_repeating_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config(write(tmp_path / "config.yml", f"organization: a\ndatabase: {{url: '{url}'}}\n"))
    assert "database.url" in str(caught.value)
    assert "geheim" not in str(caught.value)


def test_the_environment_names_another_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EWBI_ENDPOINT_DATABASE_URL", "postgresql://u:p@h/d")
    config = load_config(write(tmp_path / "config.yml", "organization: a\n"))
    assert config.database.url == "postgresql+psycopg://u:p@h/d"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, object], str]:
    code = main(arguments)
    captured = capsys.readouterr()
    return code, json.loads(captured.out) if captured.out else {}, captured.err


@pytest.fixture
def endpoint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    code, result, _err = run(capsys, "init", "--directory", str(tmp_path), "--organization", "telco-north")
    assert (code, result["changed"]) == (0, True)
    return tmp_path


def test_init_again_changes_nothing(endpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in endpoint.rglob("*") if path.suffix in (".key", ".pem", ".yml")}
    code, result, _err = run(capsys, "init", "--directory", str(endpoint), "--organization", "telco-north")
    assert (code, result["changed"]) == (0, False)
    assert before == {path: path.read_bytes() for path in before}


def test_only_the_owner_may_read_keys_and_database(endpoint: Path) -> None:
    for name in ("keys/token.pem", "keys/sealing.key", "tls/server.key", "tls/ca.key", "config.yml", "ewbi.sqlite"):
        assert stat.S_IMODE((endpoint / name).stat().st_mode) == 0o600, name


def test_the_server_certificate_is_renewed_only_when_asked_and_keeps_its_hosts(
    endpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority, server = (endpoint / "tls/ca.pem").read_bytes(), (endpoint / "tls/server.pem").read_bytes()
    arguments = ["init", "--directory", str(endpoint), "--organization", "telco-north", "--renew-server-certificate"]
    assert run(capsys, *arguments)[1]["made"] == ["tls/server.pem"]
    assert (endpoint / "tls/server.pem").read_bytes() != server
    assert (endpoint / "tls/ca.pem").read_bytes() == authority


def test_a_client_is_added_once_and_its_secret_file_is_private(
    endpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    secret = endpoint / "south.secret"
    arguments = ["client", "add", "--config", str(endpoint / "config.yml"), "--organization", "telco-south"]
    arguments += ["--client-id", "south", "--role", "partner", "--secret-out", str(secret)]
    code, result, _err = run(capsys, *arguments)
    assert (code, result) == (0, {"changed": True, "client_id": "south"})
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert run(capsys, *arguments)[1]["changed"] is False
    assert secret.read_text().encode() not in (endpoint / "ewbi.sqlite").read_bytes()


def test_a_secret_from_a_file_replaces_another_one(endpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = write(endpoint / "south.secret", "a-long-enough-secret\n")
    arguments = ["client", "add", "--config", str(endpoint / "config.yml"), "--organization", "telco-south"]
    arguments += ["--client-id", "south", "--role", "partner", "--secret-file", str(secret)]
    assert run(capsys, *arguments)[1]["changed"] is True
    assert run(capsys, *arguments)[1]["changed"] is False
    write(secret, "another-long-enough-secret\n")
    assert run(capsys, *arguments)[1]["changed"] is True


def test_several_clients_are_let_in_at_once_each_with_a_secret_file(
    endpoint: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clients = write(
        endpoint / "clients.yml",
        "[{client_id: north, organization: telco-north, role: operator},"
        " {client_id: south, organization: telco-south, role: partner}]",
    )
    write(endpoint / "south", "a-long-enough-secret")
    arguments = ["client", "apply", "--config", str(endpoint / "config.yml"), "--clients", str(clients)]
    arguments += ["--secret-directory", str(endpoint)]
    assert run(capsys, *arguments)[:2] == (0, {"changed": True, "clients": ["north", "south"]})
    assert stat.S_IMODE((endpoint / "north").stat().st_mode) == 0o600
    assert run(capsys, *arguments)[:2] == (0, {"changed": False, "clients": []})
    write(endpoint / "south", "another-long-enough-secret")
    assert run(capsys, *arguments)[:2] == (0, {"changed": True, "clients": ["south"]})
    (endpoint / "north").unlink()
    assert "rotate-secret" in run(capsys, *arguments)[2]


def test_a_wrong_list_of_clients_names_every_wrong_field(endpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clients = write(endpoint / "clients.yml", "[{client_id: a, organization: b, role: king}, {client_id: c}]")
    arguments = ["client", "apply", "--config", str(endpoint / "config.yml"), "--clients", str(clients)]
    code, _result, err = run(capsys, *arguments, "--secret-directory", str(endpoint))
    assert code == 1
    for field in ("0.role", "1.organization", "1.role"):
        assert field in err


@pytest.mark.parametrize(
    ("organization", "role", "said"),
    [
        ("telco-south", "operator", "role operator is for telco-north"),
        ("telco-north", "partner", "role operator is for telco-north"),
        ("-", "partner", "must match"),
    ],
)
def test_a_client_of_the_wrong_role_or_name_is_refused(
    endpoint: Path, capsys: pytest.CaptureFixture[str], organization: str, role: str, said: str
) -> None:
    arguments = ["client", "add", "--config", str(endpoint / "config.yml"), f"--organization={organization}"]
    code, _result, err = run(capsys, *arguments, "--client-id", "c", "--role", role)
    assert code == 1
    assert said in err


def test_a_short_secret_is_refused(endpoint: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = write(endpoint / "short", "short")
    arguments = ["client", "add", "--config", str(endpoint / "config.yml"), "--organization", "telco-south"]
    code, _result, err = run(capsys, *arguments, "--client-id", "c", "--role", "partner", "--secret-file", str(secret))
    assert code == 1
    assert "16 characters" in err


def test_a_missing_configuration_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _result, err = run(capsys, "client", "list", "--config", str(tmp_path / "none.yml"))
    assert code == 1
    assert err.count("\n") == 1
    assert "none.yml" in err


def test_serving_without_keys_says_how_to_make_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = write(tmp_path / "config.yml", "organization: telco-north\n")
    code, _result, err = run(capsys, "serve", "--config", str(config))
    assert code == 1
    assert "ewbi-endpoint init" in err


def test_a_new_sealing_key_never_overwrites_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "sealing.key"
    assert run(capsys, "key", "new", "--output", str(key))[0] == 0
    assert run(capsys, "key", "new", "--output", str(key))[0] == 1


def test_the_committed_openapi_document_is_the_published_one(checkout: Path) -> None:
    committed = json.loads((checkout / "endpoint/openapi.json").read_text())
    # Renew it with: ewbi-endpoint openapi --output endpoint/openapi.json
    assert committed == json.loads(json.dumps(published_document()))
