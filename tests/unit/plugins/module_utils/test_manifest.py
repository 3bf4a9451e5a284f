# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A manifest: any changed byte is noticed, what is packed comes back, and what a backup makes has names that Kubernetes takes."""

from __future__ import annotations

import base64
import gzip
import json
import re
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _manifest
from ansible_collections.robustmq.placement_center.plugins.module_utils._manifest import Seal
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File
from hypothesis import assume, given
from hypothesis import strategies as st

KEY, OTHER = b"sixteen bytes...", b"another sixteen."
ID = "20261125-070501-4f3a"
PAPER: dict[str, t.Any] = {"schema": 1, "id": ID, "level": 2, "cluster": {"name": "placement-center"}, "fence": {"metadata_0": 812}, "note": "ü"}
SEAL = _manifest.sealed(PAPER, KEY)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=12,
)
PAPERS = st.dictionaries(st.text(max_size=6), JSON, max_size=5).map(lambda more: {**more, "schema": 1, "id": ID})

# The seal


@given(PAPERS)
def test_a_paper_is_whole_under_its_own_key_alone(paper: dict[str, t.Any]) -> None:
    seal = _manifest.sealed(paper, KEY)
    assert [_manifest.broken(paper, seal, key) for key in (KEY, OTHER, None)] == ["", "signature_bad", "signature_unknown"]


@given(st.data())
def test_any_changed_byte_of_the_text_is_noticed(data: st.DataObject) -> None:
    text = _manifest.canonical(PAPER)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.characters(codec="ascii"))
    assume(other != text[at])
    texts = {**_manifest.data(PAPER, SEAL), "manifest.json": text[:at] + other + text[at + 1 :]}
    try:
        paper, seal = _manifest.read(texts)
    except ValueError:
        return  # it is no paper any more: noticed
    assert paper == PAPER or _manifest.broken(paper, seal, KEY) == "manifest_damaged"


@given(PAPERS, PAPERS)
def test_a_seal_fits_one_paper(one: dict[str, t.Any], two: dict[str, t.Any]) -> None:
    assume(_manifest.canonical(one) != _manifest.canonical(two))
    assert _manifest.broken(two, _manifest.sealed(one, KEY), KEY) == "manifest_damaged"


def test_who_changes_the_paper_and_its_hash_still_lacks_the_key() -> None:
    better = {**PAPER, "level": 3}
    assert _manifest.broken(better, Seal(_manifest.sealed(better, OTHER).sha256, SEAL.hmac), KEY) == "signature_bad"
    assert _manifest.broken(better, _manifest.sealed(better, OTHER), KEY) == "signature_bad"


def test_a_paper_of_a_newer_schema_is_not_guessed_at() -> None:
    newer = {**PAPER, "schema": 2}
    assert _manifest.broken(newer, _manifest.sealed(newer, KEY), KEY) == "manifest_unknown_schema"
    older = {k: v for k, v in PAPER.items() if k != "schema"}
    assert _manifest.broken(older, _manifest.sealed(older, KEY), KEY) == "manifest_unknown_schema"


def test_the_order_of_keys_makes_no_difference() -> None:
    assert _manifest.sealed(dict(reversed(PAPER.items())), KEY) == SEAL


# The proof of a restore

AT = "2026-11-25T07:05:01Z"


def test_a_proof_is_the_key_owners_for_one_backup_and_one_moment() -> None:
    words = _manifest.proof(ID, AT, KEY)
    assert _manifest.proven(words, ID, KEY) == AT
    assert [_manifest.proven(words, other, KEY) for other in ("20261125-070501-4f3b", "")] == ["", ""]
    assert [_manifest.proven(words, ID, key) for key in (OTHER, b"", None)] == ["", "", ""]
    assert _manifest.proven(words.replace("2026", "2027"), ID, KEY) == ""


@given(st.one_of(st.text(max_size=60), JSON.map(json.dumps)))
def test_other_words_prove_nothing(text: str) -> None:
    assert _manifest.proven(text, ID, KEY) == ""


# There and back


@given(PAPERS)
def test_what_is_written_is_read_back(paper: dict[str, t.Any]) -> None:
    seal = _manifest.sealed(paper, KEY)
    assert _manifest.read(_manifest.data(paper, seal)) == (paper, seal)
    assert _manifest.unpacked(_manifest.packed(_manifest.data(paper, seal))) == _manifest.data(paper, seal)


@pytest.mark.parametrize(
    "texts",
    [
        {},
        {"manifest.json": "", "seal.json": ""},
        {"manifest.json": "{}", "seal.json": "{}"},
        {"manifest.json": "[]", "seal.json": "{}"},
        {"manifest.json": '{"id": "latest"}', "seal.json": '{"sha256": "", "hmac": ""}'},
        {"manifest.json": json.dumps({"id": f"{ID}\n"}), "seal.json": '{"sha256": "", "hmac": ""}'},
    ],
    ids=["nothing", "empty", "no id", "a list", "another name", "a name with a tail"],
)
def test_what_is_no_paper_is_told_from_one(texts: dict[str, str]) -> None:
    with pytest.raises(ValueError):
        _manifest.read(texts)


def test_a_seal_that_lacks_a_part_is_none() -> None:
    with pytest.raises(KeyError):
        _manifest.read({"manifest.json": json.dumps(PAPER), "seal.json": "{}"})


PACKED = _manifest.packed(_manifest.data(PAPER, SEAL))
BROKEN = {
    "no base64": "?",
    "not packed": base64.b64encode(b"{}").decode(),
    "cut": PACKED[: len(PACKED) // 2 // 4 * 4],
    "no JSON": base64.b64encode(gzip.compress(b"x")).decode(),
    "a list": base64.b64encode(gzip.compress(b"[1]")).decode(),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_what_cannot_be_unpacked_is_told_so(text: str) -> None:
    with pytest.raises(ValueError):
        _manifest.unpacked(text)


@given(st.binary(max_size=100))
def test_any_bytes_are_unpacked_or_told_so(blob: bytes) -> None:
    for text in (base64.b64encode(blob).decode(), base64.b64encode(gzip.compress(blob)).decode()):
        try:
            _manifest.unpacked(text)
        except ValueError:
            continue


@given(st.integers(0, len(base64.b64decode(PACKED)) - 1), st.integers(1, 255))
def test_a_changed_byte_makes_no_other_paper_of_a_packed_one(at: int, by: int) -> None:
    blob = bytearray(base64.b64decode(PACKED))
    blob[at] ^= by
    try:
        found = _manifest.unpacked(base64.b64encode(blob).decode())
    except ValueError:
        return
    assert found == _manifest.data(PAPER, SEAL)  # a byte of gzip's head that says nothing


def test_a_thousand_files_fit_beside_a_snapshot() -> None:
    paper = {**PAPER, "files": _manifest.rows([File(f"storage/kv/{n:06}.sst", 1 << 26, "0644", f"{n * 2**240 // 7:064x}"[-64:]) for n in range(1000)])}
    texts = _manifest.data(paper, _manifest.sealed(paper, KEY))
    assert len(_manifest.packed(texts)) < _manifest.LARGEST_BESIDE and sum(map(len, texts.values())) < _manifest.LARGEST


# Files

HASHES = st.sampled_from(["a" * 64, "b" * 64, "c" * 64])
FILES = st.lists(st.builds(File, st.text(min_size=1, max_size=6), st.integers(0, 9), st.just("0644"), HASHES), max_size=6, unique_by=lambda f: f.path)
A, B = File("a", 1, "0644", "a" * 64), File("b", 2, "0600", "b" * 64)
DIFFERENCES = [
    ("nothing", [A, B], []),
    ("another order", [B, A], []),
    ("the mode alone, which a restore may not be allowed to set", [A, File("b", 2, "0644", "b" * 64)], []),
    ("one is missing", [A], ["b is missing"]),
    ("one more", [A, B, File("c", 0, "", "c" * 64)], ["c is not in the manifest"]),
    ("another content", [A, File("b", 2, "0600", "c" * 64)], ["b differs"]),
    ("another size", [A, File("b", 3, "0600", "b" * 64)], ["b differs"]),
    ("another name", [A, File("B", 2, "0600", "b" * 64)], ["b is missing", "B is not in the manifest"]),
    ("none at all", [], ["a is missing", "b is missing"]),
]


@pytest.mark.parametrize("found, wanted", [c[1:] for c in DIFFERENCES], ids=[c[0] for c in DIFFERENCES])
def test_what_differs(found: list[File], wanted: list[str]) -> None:
    assert _manifest.differences({"files": _manifest.rows([A, B])}, found) == wanted


@given(FILES, FILES)
def test_trees_agree_where_nothing_differs(one: list[File], two: list[File]) -> None:
    assert (_manifest.tree(one) == _manifest.tree(two)) == (_manifest.differences({"files": _manifest.rows(one)}, two) == [])


# Names

LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
NAMES = st.from_regex(r"[a-z]([-a-z0-9]{0,50}[a-z0-9])?", fullmatch=True)
IDS = st.from_regex(_manifest.ID, fullmatch=True)
PARTS = ("", "s1", "source", "proof", "hash", "store", "fill", "rehash", "open", "papers", "repo2", "unlock", "forget")


@given(NAMES, IDS, st.sampled_from(PARTS))
def test_a_name_is_one_that_kubernetes_takes_even_as_a_label(name: str, backup: str, part: str) -> None:
    found = _manifest.object_name(name, backup, part)
    assert len(found) <= 63 and LABEL.fullmatch(found), found


@given(NAMES, st.lists(st.tuples(IDS, st.sampled_from(PARTS)), unique=True, max_size=6))
def test_names_of_one_cluster_differ_by_id_and_part(name: str, things: list[tuple[str, str]]) -> None:
    assert len({_manifest.object_name(name, *thing) for thing in things}) == len(things)


def test_labels_select_no_member() -> None:
    assert all(key.startswith(f"{_manifest.PREFIX}/") for key in _manifest.labels("placement-center", ID))
