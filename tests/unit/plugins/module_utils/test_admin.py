# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The administrator's login: what a Secret may hold, what the members' variables hold of it, and what the server then reads."""

from __future__ import annotations

import base64
import json
import re
import tomllib
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _admin, _admin_restore, _deploy, _manifests, _plan, _settings
from ansible_collections.robustmq.placement_center.plugins.module_utils._admin_deploy import objects, teller
from ansible_collections.robustmq.placement_center.plugins.module_utils._errors import BadInput, Conflict, PcError, Refused
from ansible_collections.robustmq.placement_center.plugins.module_utils._profiles import PROFILES
from hypothesis import given
from hypothesis import strategies as st

from .test_manifests import DEFAULTS, cluster

JWT = "an0therSecretOfTheTokens-0123456789"
GOOD = {"username": "ops", "password": "correct horse", "jwt_secret": JWT}
V0_4 = PROFILES["v0_4"]
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40).filter(
    lambda text: not re.search(r"[\x00-\x1f\x7f]", text) and text != "admin"
)
CONFIG = _settings.config_data(cluster("v0_4"), {}, "", None)


def secret(name: str = "placement-center-admin", **texts: str | bytes) -> dict[str, t.Any]:
    raw = {key: text if isinstance(text, bytes) else text.encode() for key, text in texts.items()}
    return {"kind": "Secret", "metadata": {"name": name}, "data": {key: base64.b64encode(value).decode() for key, value in raw.items()}}


def overridden(text: str, environment: t.Mapping[str, str]) -> str:
    """A file after the server's own replacement: a variable PREFIX_TABLE_KEY stands for what is behind ``=`` on that key's line.

    Lines end at a line feed alone. Variables are looked for before any is put in, and the last line of a name is the one that counts.
    """
    lines = text.removesuffix("\n").split("\n")
    table, places = "", {}
    for number, line in enumerate(lines):
        bare = line.strip().replace(" ", "")
        if bare.startswith("["):
            table = bare[1:].removesuffix("]")
        elif bare and not bare.startswith("#") and "=" in bare:
            words = [*([table] if table else []), bare.partition("=")[0]]
            places["_".join(["ROBUST_MQ_SERVER", *words]).upper().replace(".", "_")] = number
    for name, number in places.items():
        if name in environment:
            lines[number] = f"{lines[number].partition('=')[0]}={environment[name]}"
    return "\n".join(lines)


def variables(copy: dict[str, t.Any]) -> dict[str, str]:
    """What the kubelet makes of the template's variables and the copy."""
    found = {}
    for each in _admin.env(V0_4, copy["metadata"]["name"]):
        reference = each["valueFrom"]["secretKeyRef"]
        assert reference["name"] == copy["metadata"]["name"] and "optional" not in reference, "a member without its login does not start"
        found[each["name"]] = base64.b64decode(copy["data"][reference["key"]]).decode()
    return found


@given(username=TEXTS, password=TEXTS, more=TEXTS)
def test_the_server_reads_what_the_secret_holds_whatever_is_in_it(username: str, password: str, more: str) -> None:
    login = _admin.read(secret(username=username, password=password, jwt_secret=JWT + more))
    text = overridden(CONFIG["server.toml"], {**variables(_admin.copy_of(cluster("v0_4"), login)), "ROBUST_MQ_SERVER_BROKER_ID": "3"})
    read = tomllib.loads(text)
    assert read["admin"] == {"username": username, "password": password, "jwt_secret": JWT + more}
    assert read["broker_id"] == 3
    before = tomllib.loads(CONFIG["server.toml"])
    assert {k: v for k, v in read.items() if k not in ("admin", "broker_id")} == {k: v for k, v in before.items() if k not in ("admin", "broker_id")}


HARD = ['"', "\\", '\\"', "'''", '"""', "a = b", "# no comment", "[admin]", "${HOME} $(HOME)", "\u2028", "\x85", "ü漢😀", " ", "a,b]}", "\\u0041", "\\n"]


@pytest.mark.parametrize("text", HARD)
def test_quotes_signs_and_far_letters_come_through(text: str) -> None:
    login = _admin.read(secret(**{**GOOD, "password": text}))
    assert tomllib.loads(overridden(CONFIG["server.toml"], variables(_admin.copy_of(cluster("v0_4"), login))))["admin"]["password"] == text


def test_the_files_own_values_are_no_text_so_that_a_server_without_the_variables_does_not_start() -> None:
    assert tomllib.loads(CONFIG["server.toml"])["admin"] == {"username": False, "password": False, "jwt_secret": False}


BAD = [
    ("no username", {**GOOD, "username": None}, "admin_secret_incomplete", "username"),
    ("no key at all", {}, "admin_secret_incomplete", "username, password, jwt_secret"),
    ("echo's line end", {**GOOD, "password": "correct\n"}, "secret_line_end", "password"),
    ("a line end of Windows", {**GOOD, "username": "ops\r\n"}, "secret_line_end", "username"),
    ("a line end within", {**GOOD, "password": "two\nlines"}, "admin_secret_invalid", "password"),
    ("NUL", {**GOOD, "password": "a\0b"}, "admin_secret_invalid", "password"),
    ("a tab", {**GOOD, "password": "a\tb"}, "admin_secret_invalid", "password"),
    ("no UTF-8", {**GOOD, "password": b"\xff\xfe"}, "admin_secret_invalid", "password"),
    ("nothing", {**GOOD, "username": ""}, "admin_secret_invalid", "username"),
    ("too long", {**GOOD, "password": "x" * 5000}, "admin_secret_invalid", "password"),
    ("the template's password", {**GOOD, "password": "admin"}, "admin_published", "password"),
    ("the template's secret of tokens", {**GOOD, "jwt_secret": "robustmq-change-me-in-production"}, "admin_published", "jwt_secret"),
    ("a short secret of tokens", {**GOOD, "jwt_secret": "short-but-various"}, "jwt_secret_weak", "jwt_secret"),
    ("a long one of one letter", {**GOOD, "jwt_secret": "a" * 64}, "jwt_secret_weak", "jwt_secret"),
]


@pytest.mark.parametrize("texts, reason, key", [c[1:] for c in BAD], ids=[c[0] for c in BAD])
def test_what_cannot_be_a_login_is_refused_by_its_key_and_never_by_its_value(texts: dict[str, t.Any], reason: str, key: str) -> None:
    given = {k: v for k, v in texts.items() if v is not None}
    with pytest.raises(Refused) as told:
        _admin.read(secret(**given))
    assert told.value.reason == reason and key in str(told.value) and told.value.hint
    told_values = [v for v in given.values() if isinstance(v, str) and len(v) > 5]
    assert not any(value in told.value.words for value in told_values)


@given(password=TEXTS)
def test_the_name_of_a_copy_tells_nothing_without_the_secret_of_the_tokens(password: str) -> None:
    one, two = (_admin.Login("ops", password, JWT + more) for more in ("", "."))
    names = [_admin.copy_name(cluster("v0_4"), login) for login in (one, two)]
    assert names[0] != names[1] and all(_admin.is_copy(name, "placement-center") for name in names)
    assert _admin.copy_name(cluster("v0_4"), one) == names[0]
    assert len(password) < 4 or password not in repr(one)


def facts(source: dict[str, t.Any] | None, new: bool = False) -> _plan.Facts:
    return _plan.Facts(None, None, None, None, admin=_admin.Source(source, new) if source else None)


def params(**statefulset: t.Any) -> dict[str, t.Any]:
    config = {"values": {}, "log_level": "", "versioned": True, "admin_secret": ""}
    return {"storage": None, "config": config, "statefulset": {**DEFAULTS, **statefulset}, "create_namespace": False}


def test_a_new_cluster_gets_the_copy_and_a_template_that_names_it() -> None:
    made = _deploy.wanted(cluster("v0_4"), params(), facts(secret(**GOOD)))
    (copy,) = (o for o in made if o["kind"] == "Secret")
    assert copy["immutable"] is True and _admin.is_copy(copy["metadata"]["name"], "placement-center")
    (members,) = (o for o in made if o["kind"] == "StatefulSet")
    assert _admin.named(V0_4, members["spec"]["template"]) == copy["metadata"]["name"]
    assert made.index(copy) < made.index(members)
    assert "correct horse" not in json.dumps([o for o in made if o["kind"] != "Secret"])


def test_another_password_is_another_template() -> None:
    sets = [_deploy.wanted(cluster("v0_4"), params(), facts(secret(**{**GOOD, "password": word})))[-1] for word in ("one", "two")]
    assert sets[0]["spec"]["template"] != sets[1]["spec"]["template"]


def test_a_set_whose_configuration_is_of_an_older_release_keeps_its_template() -> None:
    older = _settings.config_data(cluster("v0_4"), {}, "", None, _settings.FIRST)
    there = _plan.Facts(None, {"spec": {"updateStrategy": {}}}, None, {"data": older}, admin=_admin.Source(secret(**GOOD)))
    made = _deploy.wanted(cluster("v0_4"), params(), there)
    assert not [o for o in made if o["kind"] == "Secret"] and not _admin.named(V0_4, made[-1]["spec"]["template"])
    assert "everybody knows" in _deploy.open_to_all(cluster("v0_4"), params(), there)[0]
    assert not _deploy.open_to_all(cluster("v0_4"), params(), facts(secret(**GOOD)))


@pytest.mark.parametrize("change", [{"values": {"admin": {"token_ttl_hours": 4}}}, {"admin_secret": "mine"}], ids=["another key", "a named Secret"])
def test_it_gets_the_login_with_the_next_change_that_is_asked_for(change: dict[str, t.Any]) -> None:
    older = _settings.config_data(cluster("v0_4"), {}, "", None, _settings.FIRST)
    there = _plan.Facts(None, {"spec": {"updateStrategy": {}}}, None, {"data": older}, admin=_admin.Source(secret(**GOOD)))
    wish = params()
    wish["config"] |= change
    made = _deploy.wanted(cluster("v0_4"), wish, there)
    assert _admin.named(V0_4, made[-1]["spec"]["template"])


@pytest.mark.parametrize("profile", ["contract", "v0_1"])
def test_other_servers_have_no_administrator(profile: str) -> None:
    data = _settings.config_data(cluster(profile), {}, "", None)
    assert not objects(cluster(profile), facts(None), data)
    assert _manifests.stateful_set(cluster(profile), DEFAULTS, "c", data) == _manifests.stateful_set(cluster(profile), DEFAULTS, "c", data, admin="")
    with pytest.raises(BadInput) as told:
        _admin.check(cluster(profile), "mine")
    assert told.value.reason == "admin_unknown"


@pytest.mark.parametrize("name, reason", [("placement-center-admin-0123456789", "admin_unknown"), ("Mine", "name_invalid"), ("-", "name_invalid")])
def test_a_name_that_cannot_be_the_secrets_is_refused(name: str, reason: str) -> None:
    with pytest.raises(BadInput) as told:
        _admin.check(cluster("v0_4"), name)
    assert told.value.reason == reason


@pytest.mark.parametrize("key", ["username", "password", "jwt_secret"])
def test_no_configuration_and_no_environment_of_the_operator_has_a_login(key: str) -> None:
    for refused in (
        lambda: _settings.config_data(cluster("v0_4"), {"admin": {key: "hunter22"}}, "", None),
        lambda: _admin.own_env(V0_4, {f"ROBUST_MQ_SERVER_ADMIN_{key.upper()}": "hunter22"}),
    ):
        with pytest.raises(BadInput) as told:
            refused()
        assert told.value.reason == "admin_secret_in_config" and "hunter22" not in told.value.words
    _settings.config_data(cluster("v0_4"), {"admin": {"token_ttl_hours": 1}}, "", None)


BROKERS = [
    ("no broker", {}, False),
    ("nothing said", {"roles": ["meta", "broker"]}, True),
    ("the template's", {"roles": ["meta", "broker"], "mqtt_runtime": {"auth": {"default_user": "u", "default_password": "robustmq"}}}, True),
    ("another user alone", {"roles": ["meta", "broker"], "mqtt_runtime": {"auth": {"default_user": "u"}}}, True),
    ("another password", {"roles": ["meta", "broker"], "mqtt_runtime": {"auth": {"default_password": "mine-alone"}}}, False),
    ("as before v0.4.10", {"roles": ["meta", "broker"], "mqtt_runtime": {"default_password": "mine-alone"}}, False),
    ("the template's before v0.4.10", {"roles": ["meta", "broker"], "mqtt_runtime": {"default_password": "robustmq"}}, True),
]


@pytest.mark.parametrize("values, refused", [c[1:] for c in BROKERS], ids=[c[0] for c in BROKERS])
def test_a_broker_whose_first_user_has_everybodys_password_is_refused(values: dict[str, t.Any], refused: bool) -> None:
    try:
        _settings.config_data(cluster("v0_4"), values, "", None)
        reason = ""
    except PcError as exc:
        reason = exc.reason
    assert reason == ("mqtt_published" if refused else "")


def test_a_diff_shows_of_a_secret_its_keys_alone() -> None:
    copy = _admin.copy_of(cluster("v0_4"), _admin.read(secret(**GOOD)))
    copy["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(copy["data"])}
    shown = json.dumps(_plan.shown(copy))
    assert all(key in shown for key in GOOD) and not any(value in shown for value in copy["data"].values())


def test_a_plan_does_not_tell_a_name_that_is_random() -> None:
    new = facts(secret(**GOOD), new=True)
    name = _admin.copy_name(cluster("v0_4"), _admin.read(secret(**GOOD)))
    assert teller(cluster("v0_4"), new, True)(f"Secret {name}") == "Secret placement-center-admin-<hash>"
    assert teller(cluster("v0_4"), new, False)(name) == teller(cluster("v0_4"), facts(secret(**GOOD)), True)(name) == name


class Shelf:
    """The Secrets of a namespace, by name, as far as a restore asks for them."""

    def __init__(self, *there: dict[str, t.Any]) -> None:
        self.there = {o["metadata"]["name"]: o for o in there}

    def get(self, kind: str, name: str, namespace: str = "") -> dict[str, t.Any] | None:
        return self.there.get(name)

    def create(self, obj: dict[str, t.Any], dry_run: bool = False) -> dict[str, t.Any]:
        assert dry_run, "looking makes nothing"
        if obj["metadata"]["name"] in self.there:
            raise Conflict("it exists")
        return obj


OLD = _admin.copy_of(cluster("v0_4"), _admin.read(secret(**GOOD)))
SET = _deploy.wanted(cluster("v0_4"), params(), facts(secret(**GOOD)))[-1]
PAPER = {"objects": [SET]}
OTHER = secret(**{**GOOD, "password": "another one"})
# what is there, whether the set is there, the Secrets that are made, whether the set that is made again names another copy
RESTORES: list[tuple[str, list[dict[str, t.Any]], bool, int | None, bool]] = [
    ("all is there", [secret(**GOOD), OLD], True, 0, False),
    ("the copy alone is gone", [secret(**GOOD)], True, 1, False),
    ("the set as well", [secret(**GOOD)], False, 1, False),
    ("the Secret has changed, and the set is gone", [OTHER], False, 1, True),
    ("the Secret has changed, and the set names the old copy", [OTHER], True, None, False),
    ("all is gone", [], False, 2, True),
    ("both Secrets are gone, and the set names the copy", [], True, None, False),
]


@pytest.mark.parametrize("there, live, made, renamed", [c[1:] for c in RESTORES], ids=[c[0] for c in RESTORES])
def test_what_a_restore_makes_of_the_login(there: list[dict[str, t.Any]], live: bool, made: int | None, renamed: bool) -> None:
    kept = json.dumps(PAPER)
    try:
        found = _admin_restore.completed(t.cast(t.Any, Shelf(*there)), cluster("v0_4"), PAPER, SET if live else None, "")
    except Refused as exc:
        assert made is None and exc.reason == "named_missing"
        return
    assert json.dumps(PAPER) == kept, "the paper that was signed stays as it is: it is written back"
    fresh = [o for o in found["objects"] if o["kind"] == "Secret"]
    assert len(fresh) == made
    again = next(o for o in found["objects"] if o["kind"] == "StatefulSet")
    name = _admin.named(V0_4, again["spec"]["template"])
    assert (name != OLD["metadata"]["name"]) == renamed
    assert not fresh or name in {o["metadata"]["name"] for o in fresh}


def test_a_drills_copies_get_a_login_that_nobody_is_told() -> None:
    (one,), (two,) = (_admin_restore.stand_in(cluster("v0_4"), SET) for _time in range(2))
    assert one["metadata"]["name"] == two["metadata"]["name"] == OLD["metadata"]["name"]
    assert one["data"]["password"] != two["data"]["password"] and one["data"].keys() == OLD["data"].keys()
    bare = _deploy.wanted(cluster("contract"), params(), facts(None))[-1]
    assert not _admin_restore.stand_in(cluster("contract"), bare)
