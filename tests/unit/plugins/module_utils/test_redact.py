# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret is found by its name and by its form, wherever it stands; what is none stays readable."""

from __future__ import annotations

import json
import time

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils._redact import MARK, Redactor
from ansible_collections.robustmq.placement_center.plugins.module_utils._secret_names import secret
from hypothesis import given
from hypothesis import strategies as st

NAMES = [
    *("MQ_PASSWORD", "mqPassword", "MQPASSWD", "db.password", "API_KEY", "apiKey", "encryption-key", "AWS_SECRET_ACCESS_KEY", "aws_access_key_id"),
    *("AUTH_TOKEN", "tokens", "client_secret", "GIT_CREDENTIALS", "DATABASE_DSN", "--auth-token", "x-authorization", "2fa_token"),
]
PLAIN = ["RUST_LOG", "cluster_name", "monkey", "keyspace", "heartbeat_timeout_ms", "author", "grpc_port", "compass", "topology"]


@pytest.mark.parametrize("name", NAMES)
def test_a_secrets_name(name: str) -> None:
    assert secret(name)


@pytest.mark.parametrize("name", PLAIN)
def test_a_plain_name(name: str) -> None:
    assert not secret(name)


LINES = [
    ("GET / Authorization: Bearer abcdef123456 200", "GET / Authorization: <redacted> 200"),
    ('{"authorization":"Basic dXNlcjpwYXNz","path":"/"}', '{"authorization":"<redacted>","path":"/"}'),
    ("sent bearer abcdef123456.", "sent bearer <redacted>"),
    ("jwt eyJhbGciOiJI.eyJzdWIi.c2ln seen", "jwt <redacted> seen"),
    ("url postgres://mq:hunter2@db:5432/mq", "url postgres://mq:<redacted>@db:5432/mq"),
    ("?user=a&token=abc&page=2", "?user=a&token=<redacted>&page=2"),
    ("password=a,b user=c", "password=<redacted> user=c"),
    ("password=ab, user=c", "password=<redacted>, user=c"),
    ("user=c,password=x,port=1", "user=c,password=<redacted>,port=1"),
    ('Config { password: Some("a b"), port: 1 }', "Config { password: <redacted>), port: 1 }"),
    ('msg="{\\"password\\":\\"a b\\",\\"port\\":1}"', 'msg="{\\"password\\":\\"<redacted>\\",\\"port\\":1}"'),
    ("server --password hunter2 --port 1", "server --password <redacted> --port 1"),
    ("server --password=hunter2 --port 1", "server --password=<redacted> --port 1"),
    (
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nok",
        "-----BEGIN RSA PRIVATE KEY-----<redacted>-----END RSA PRIVATE KEY-----\nok",
    ),
    ("set key=foo in 3 ms, keys: 12", "set key=foo in 3 ms, keys: 12"),
    ("robustmq/placement-center:0.3.0 at http://10.0.0.1:1227/health/ready", "robustmq/placement-center:0.3.0 at http://10.0.0.1:1227/health/ready"),
]


@pytest.mark.parametrize("text, told", LINES)
def test_free_text(text: str, told: str) -> None:
    assert Redactor().line(text) == told


CONFIGS = [
    ("toml", 'cluster_name = "a"\npassword = "x y" # old\nport = 1', f'cluster_name = "a"\npassword = {MARK}\nport = 1'),
    ("a section", '[credentials]\nuser = "a"\n\n[network]\nport = 1', f"[credentials]\nuser = {MARK}\n\n[network]\nport = 1"),
    ("many lines", 'token = """\nab\ncd"""\nport = 1', f"token = {MARK}\n{MARK}\n{MARK}\nport = 1"),
    ("a list", 'api_keys = [\n  "ab",\n]\nport = 1', f"api_keys = {MARK}\n{MARK}\n{MARK}\nport = 1"),
    ("an inline table", 'db = { user = "a", password = "b" }', f'db = {{ user = "a", password = "{MARK}" }}'),
    ("yaml", "a: 1\nsecret:\n  id: x\n\n  pin: y\nb: 2", f"a: 1\nsecret: {MARK}\n{MARK}\n\n{MARK}\nb: 2"),
    ("a yaml block", "key: |\n  ab\nb: 2", f"key: {MARK}\n{MARK}\nb: 2"),
    ("variables in yaml", "- name: MQ_TOKEN\n  value: ab\n- name: LOG\n  value: cd", f"- name: MQ_TOKEN\n  value: {MARK}\n- name: LOG\n  value: cd"),
    ("json", '{"a": 1, "db": {"password": "x"}}', f'{{"a": 1, "db": {{"password": "{MARK}"}}}}'),
    ("properties", "db.password=a b c\nport=1", f"db.password= {MARK}\nport=1"),
]


@pytest.mark.parametrize("text, told", [c[1:] for c in CONFIGS], ids=[c[0] for c in CONFIGS])
def test_configuration(text: str, told: str) -> None:
    assert Redactor().config(text) == told


def test_an_object_keeps_what_is_kubernetes_own() -> None:
    env = [{"name": "MQ_PASSWORD", "value": "swordfish"}, {"name": "A_TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]
    spec = {
        "containers": [{"name": "pc", "env": env, "args": ["--token", "abcdefg", "--port", "1"]}],
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "topologySpreadConstraints": [{"topologyKey": "kubernetes.io/hostname"}],
        "automountServiceAccountToken": False,
        "imagePullSecrets": [{"name": "pull"}],
    }
    found = Redactor().tree({"kind": "Pod", "spec": spec})["spec"]
    assert found == {
        **spec,
        "containers": [{"name": "pc", "env": [{"name": "MQ_PASSWORD", "value": MARK}, env[1]], "args": ["--token", MARK, "--port", "1"]}],
    }


def test_a_tuple_is_searched_like_a_list() -> None:
    assert Redactor().tree({"reasons": ("password=swordfish", {"why": ("token: abcdefg",)})}) == {
        "reasons": [f"password={MARK}", {"why": [f"token: {MARK}"]}],
    }


def test_what_somebody_named_is_searched_by_name() -> None:
    applied = json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": {"env": [{"name": "PW", "value": "swordfish"}], "tolerations": [{"key": "a"}]}})
    seen = {
        "metadata": {"annotations": {"last-applied": applied, "example.com/token": "swordfish"}},
        "data": {"server.toml": 'password = "swordfish"\nport = 1', "API_KEY": "swordfish"},
        "binaryData": {"keystore": "c3dvcmRmaXNo"},
    }
    found = Redactor().tree(seen)
    assert "swordfish" not in str(found) and "c3dv" not in str(found)
    assert json.loads(found["metadata"]["annotations"]["last-applied"])["spec"]["tolerations"] == [{"key": "a"}]
    assert found["data"]["server.toml"].endswith("port = 1")


def test_a_revisions_data_is_an_object() -> None:
    revision = {"data": {"spec": {"template": {"spec": {"tolerations": [{"key": "a"}], "env": [{"name": "PASSWORD", "value": "swordfish"}]}}}}}
    assert Redactor().tree(revision)["data"]["spec"]["template"]["spec"] == {"tolerations": [{"key": "a"}], "env": [{"name": "PASSWORD", "value": MARK}]}


def test_a_value_found_once_is_hidden_everywhere() -> None:
    redactor = Redactor(known=["the-connections-token"], kept=["robustmq"])
    redactor.tree({"name": "MQ_PASSWORD", "value": 'sword"fish'})
    redactor.tree({"parameters": {"secret-namespace": "shared", "secret-key": "robustmq"}})
    text = json.dumps({"log": 'said sword"fish to robustmq, shared the-connections-token'})
    assert json.loads(redactor.everywhere(text)) == {"log": f"said {MARK} to robustmq, shared {MARK}"}


def test_a_long_line_takes_no_long_time() -> None:
    start = time.process_time()
    for text in ("a" * 300_000, "-" * 300_000, "a=" * 150_000, '"a' * 150_000, "password=" + "x" * 300_000, "a://" * 70_000, "a " * 150_000):
        Redactor().line(text)
    assert time.process_time() - start < 10


# A secret that no rule can mistake for the words around it.
values = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_characters="\"'\\\x7f\x85\xa0"), min_size=8, max_size=40).map(
    lambda s: f"q7{s}7q"
)
names = st.sampled_from(NAMES[:10])


@given(names, values)
def test_no_secret_of_an_object_is_left_anywhere(name: str, value: str) -> None:
    redactor = Redactor()
    seen = {
        "spec": {"containers": [{"env": [{"name": name, "value": value}], "command": ["sh", "-c", f"run --x {value}"]}]},
        "data": {"a.toml": f'{name} = "{value}"\n', "b.yaml": f"a:\n  {name}: {value}\n", "c.json": json.dumps({"x": [{name: value}]})},
        "metadata": {"annotations": {"a": json.dumps({"kind": "K", "apiVersion": "v1", "env": [{"name": name, "value": value}]})}},
    }
    found = redactor.everywhere(json.dumps(redactor.tree(seen), ensure_ascii=False))
    assert value not in found and json.dumps(value)[1:-1] not in found
    assert value not in redactor.everywhere(redactor.line(f"now {value} and {name}={value}"))


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_anything_can_be_redacted_and_stays_json(value: object) -> None:
    redactor = Redactor()
    found = redactor.tree({"spec": value, "data": value})
    assert json.loads(json.dumps(found)) == found


@given(st.text())
def test_any_text_can_be_redacted(text: str) -> None:
    redactor = Redactor()
    assert len(redactor.config(text)) >= 0 and redactor.everywhere(redactor.line(text)) is not None
