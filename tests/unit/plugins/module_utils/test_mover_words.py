# SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What restic 0.18.1 and rclone 1.76.0 have really said, in states that were made on purpose."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible_collections.robustmq.placement_center.plugins.module_utils import _hints, _mover_words
from ansible_collections.robustmq.placement_center.plugins.module_utils._mover_words import File, Pace
from hypothesis import given
from hypothesis import strategies as st

MISSING = "/repository/data/2c/2c27abe3116b897e142a94b562bf818b55953402d2746e312a62df518d40872b: no such file or directory"
FULL = "write /repository/data/4b/4b35306a48-tmp-1007746439: no space left on device"


def ended(code: int, words: str) -> str:
    return json.dumps({"message_type": "exit_error", "code": code, "message": words})


def erred(words: str, during: str = "restore") -> str:
    return json.dumps({"message_type": "error", "error": {"message": words}, "during": during, "item": "/raft/logs/000001.log"})


SUMMARY = '{"message_type":"summary","total_files":7,"files_restored":6,"total_bytes":30000006,"bytes_restored":28226327}'
FLIPPED = "\n".join(
    [erred("decrypting blob <data/f3233d8b> from 2c27abe3 failed: ciphertext verification failed"), SUMMARY, ended(1, "Fatal: There were 1 errors\n")]
)
LOST = "\n".join(
    [
        f"Load(<data/2c27abe311>, 1586453, 0) failed: open {MISSING}",
        erred(f"ReadFull(<data/2c27abe311>): open {MISSING}"),
        SUMMARY,
        ended(1, "Fatal: There were 9 errors\n"),
    ]
)
UNREADABLE = "\n".join(
    [
        erred("open /data/raft/b: permission denied", "archival"),
        '{"message_type":"summary","files_new":1,"total_files_processed":1,"snapshot_id":"4d206a3f"}',
        ended(3, "Warning: at least one source file could not be read"),
    ]
)
LOCKED = "unable to create lock in backend: repository is already locked exclusively by PID 18750 on vm by root (UID 0, GID 0)\nlock was created at 2026-11-25"
STOPPED = "\x1b[2Ksignal terminated received, cleaning up\n" + ended(1, "Fatal: unable to save snapshot: no result")
WHERE = "\nIs there a repository at the following location?\ns3:https://s3.example.com/b"
SEEK = 'Stat(<config/>) returned error, retrying after 1.17s: Stat: Get "http://s3:9000/b/?location=": dial tcp 10.0.0.1:9000: connect: connection refused'
GONE = "Fatal: failed to find snapshot: failed to load snapshot 3dd8abc9: open /repository/snapshots/3dd8abc99f: no such file or directory"

FAILURES: list[tuple[str, int, str, str, str]] = [
    ("some files could not be read", 3, UNREADABLE, "backup_incomplete", "open /data/raft/b: permission denied"),
    ("no repository", 10, ended(10, "Fatal: repository does not exist: unable to open config file: stat repo/config"), "repository_missing", "does not exist"),
    ("another program has it", 11, ended(11, LOCKED), "repository_locked", "PID 18750 on vm by root (UID 0, GID 0) lock was created"),
    ("wrong password", 12, ended(12, "Fatal: wrong password or no key found"), "repository_password", "wrong password"),
    ("a byte of a pack differs", 1, FLIPPED, "data_damaged", "ciphertext verification failed"),
    ("a pack is gone", 1, LOST, "data_damaged", "ReadFull"),
    ("the pack of a folder is gone", 1, ended(1, f"path tmp: ReadFull(<data/d74056da33>): open {MISSING}"), "data_damaged", "ReadFull"),
    ("an object of a bucket is gone", 1, erred("ReadFull(<data/2c27>): The specified key does not exist."), "data_damaged", "specified key"),
    ("the index is gone", 1, ended(1, "path tmp: id 6718ea061dd7 not found in repository"), "data_damaged", "6718ea061dd7"),
    ("a byte of the index differs", 1, ended(1, "LoadRaw(<index/71637fd27e>): invalid data returned"), "data_damaged", "invalid data"),
    ("the file that was written differs", 1, erred("Unexpected content in /data/x, starting at offset 4096"), "data_damaged", "offset 4096"),
    ("the snapshot's file is gone", 1, ended(1, GONE), "snapshot_gone", "3dd8abc9"),
    ("no snapshot of that id", 1, ended(1, 'Fatal: failed to find snapshot: no matching ID found for prefix "0000"'), "snapshot_gone", "0000"),
    ("the repository is full", 1, ended(1, f"Fatal: unable to save snapshot: {FULL}"), "repository_full", "no space left"),
    ("the volume that is filled is full", 1, erred("write /data/raft/logs/1: no space left on device"), "mover_failed", "no space left"),
    ("keys are refused", 1, ended(1, "Fatal: unable to open config file: Stat: Access Denied." + WHERE), "repository_forbidden", "Access Denied."),
    ("a clock is off", 1, ended(1, "Stat: The difference between the request time and the server's time is too large."), "repository_forbidden", "time"),
    ("nobody listens", 1, SEEK, "repository_unreachable", "connection refused"),
    (
        "a snapshot cannot be looked up",
        1,
        ended(1, "Fatal: failed to find snapshot: dial tcp: lookup s3: no such host"),
        "repository_unreachable",
        "no such host",
    ),
    ("the server is ill", 1, "unexpected HTTP response (500): 500 Internal Server Error", "repository_unreachable", "(500)"),
    ("S3 is ill", 1, "Stat(<config/>) returned error, retrying after 2s: Stat: We encountered an internal error.", "repository_unreachable", "internal"),
    ("no bucket's name", 1, "Stat(<config/>) returned error, retrying after 8s: Bucket name cannot be shorter", "repository_unreachable", "Bucket name"),
    ("no bucket", 1, ended(1, "Fatal: unable to open config file: Stat: The specified bucket does not exist"), "repository_missing", "bucket"),
    ("it was told to stop", 1, STOPPED, "mover_killed", "signal terminated received"),
    ("nothing to back up", 1, "/data does not exist, skipping\n" + ended(1, "Fatal: all source directories/files do not exist"), "mover_failed", "all source"),
    ("no password at all", 1, ended(1, "Fatal: an empty password is not allowed by default."), "mover_failed", "empty password"),
    ("a host whose name has a pack in it", 1, ended(1, "Fatal: something at s3.backpack.example"), "mover_failed", "backpack"),
    ("nothing was said", 1, "", "mover_failed", "it said nothing"),
]


@pytest.mark.parametrize("exit_code, log, code, words", [c[1:] for c in FAILURES], ids=[c[0] for c in FAILURES])
def test_a_failure_of_restic_has_a_code_and_the_words_that_tell_the_cause(exit_code: int, log: str, code: str, words: str) -> None:
    found = _mover_words.failure("restic", exit_code, log)
    assert found.code == code and words in found.words
    assert "\x1b" not in found.words and "\n" not in found.words


def test_a_pod_that_was_taken_has_no_exit_code() -> None:
    assert _mover_words.failure("restic", None, "").code == "mover_killed"
    assert _mover_words.failure("rclone", None, FLIPPED).code == "mover_killed"


@pytest.mark.parametrize("exit_code", [1, 3, 10, 12])
def test_restics_codes_and_words_mean_nothing_of_rclone(exit_code: int) -> None:
    found = _mover_words.failure("rclone", exit_code, "[\n2026/11/25 07:21:22 ERROR : error listing: directory not found")
    assert found == ("mover_failed", f"rclone ended with {exit_code}: 2026/11/25 07:21:22 ERROR : error listing: directory not found")


def test_only_what_another_pod_would_find_otherwise_is_repeated() -> None:
    repeated = {name for name, code, log, *_more in FAILURES if not _mover_words.final(_mover_words.failure("restic", code, log))}
    assert repeated == {
        "another program has it",
        "it was told to stop",
        "nothing to back up",
        "no password at all",
        "the volume that is filled is full",
        "a host whose name has a pack in it",
        "nothing was said",
    }


def test_every_code_of_a_failure_has_a_way_out() -> None:
    codes = {*_mover_words.CODES.values(), *(code for code, _mark in _mover_words.MEANINGS), "mover_failed"}
    assert codes - _hints.NEXT.keys() == set()


@given(st.text(max_size=400), st.one_of(st.none(), st.integers(0, 255)))
def test_any_log_ends_in_a_failure(log: str, code: int | None) -> None:
    assert _mover_words.failure("restic", code, log).words
    _mover_words.files(log), _mover_words.pace(log), _mover_words.moving(log), _mover_words.array(log)


# Progress

BACKUP = '{"message_type":"status","seconds_elapsed":%d,"seconds_remaining":3,"percent_done":0.37,"total_files":1,"total_bytes":400000000,"bytes_done":%d}'
RESTORE = '{"message_type":"status","seconds_elapsed":2,"percent_done":0.58,"total_files":1,"total_bytes":400000000,"bytes_restored":232638882}'
RESTORED = '{"message_type":"status","total_files":9,"files_restored":4,"total_bytes":400,"bytes_restored":232}'
FIRST = '{"message_type":"status","percent_done":0}'


@pytest.mark.parametrize(
    "log, pace",
    [
        (BACKUP % (2, 151375872), Pace(151375872, 400000000, 0, 3)),
        (BACKUP % (1, 5) + "\n" + BACKUP % (2, 7), Pace(7, 400000000, 0, 3)),
        (RESTORE, Pace(232638882, 400000000, 0, None)),
        (RESTORED, Pace(232, 400, 4, None)),
        (FIRST, Pace(0, 0, 0, None)),
        (RESTORE + "\n" + RESTORE[:40], Pace(232638882, 400000000, 0, None)),
        ("", None),
        (SUMMARY, None),
    ],
    ids=["a backup", "the newest counts", "a restore", "a restore with files", "nothing known yet", "the last line is cut", "silence", "no status"],
)
def test_the_pace(log: str, pace: Pace | None) -> None:
    assert _mover_words.pace(log) == pace


def test_time_that_passes_and_attempts_that_are_repeated_are_no_progress() -> None:
    still = [_mover_words.moving(BACKUP % (second, 7) + "\n" + SEEK.replace("1.17s", f"{second}s")) for second in range(3)]
    assert len(set(still)) == 1
    assert _mover_words.moving(BACKUP % (9, 8)) != still[0]
    assert _mover_words.moving("[0:00] 100.00%  27 / 27 packs processed") != _mover_words.moving("collecting packs")


def test_the_summary_of_a_backup_is_found() -> None:
    log = BACKUP % (1, 5) + '\n{"message_type":"summary","files_new":4,"total_files_processed":4,"data_added":30004950,"snapshot_id":"3dd8abc9"}'
    assert _mover_words.lines_of(log, "summary")[-1]["snapshot_id"] == "3dd8abc9"


def test_snapshots_are_one_array_beside_whatever_else_is_said() -> None:
    assert _mover_words.array('[{"id":"3dd8","tags":["a","b"]}]') == [{"id": "3dd8", "tags": ["a", "b"]}]
    assert _mover_words.array('created new cache\n[{"id":"3dd8"}]\n') == [{"id": "3dd8"}]
    assert _mover_words.array("[]") == _mover_words.array("[half") == _mover_words.array("") == []


# Files

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
LISTED = """[
{"Path":"sp ace.txt","Name":"sp ace.txt","Size":3,"MimeType":"text/plain; charset=utf-8","ModTime":"2026-11-25T07:21:16.088191553Z","IsDir":false,\
"Hashes":{"sha256":"599c7c0c70071ddf9568a4b07213a61a06ddb301f494a3477c69aaf04c1ad1cd"},"Metadata":{"gid":"0","mode":"100644","uid":"0"}},
{"Path":"raft/metadata","Name":"metadata","Size":0,"MimeType":"application/octet-stream","ModTime":"2026-11-25T07:21:16Z","IsDir":false,\
"Hashes":{"sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},"Metadata":{"gid":"0","mode":"100600","uid":"0"}}
]
"""


def test_files_are_listed_by_path() -> None:
    assert _mover_words.files(LISTED) == (
        File("raft/metadata", 0, "0600", EMPTY),
        File("sp ace.txt", 3, "0644", "599c7c0c70071ddf9568a4b07213a61a06ddb301f494a3477c69aaf04c1ad1cd"),
    )
    assert _mover_words.files("[\n]\n") == ()


CUT = {
    "nothing": "",
    "the end": LISTED.removesuffix("]\n"),
    "the beginning": LISTED.removeprefix("[\n"),
    "a line in the middle": LISTED.replace('"mode":"100644","uid":"0"}},', ""),
    "a hash": LISTED.replace('"sha256":"599c', '"sha1":"599c'),
    "an error between the lines": LISTED.replace("},\n{", "},\n2026/11/25 07:21:22 ERROR : x: permission denied\n{"),
}


@pytest.mark.parametrize("log", CUT.values(), ids=CUT.keys())
def test_a_list_that_is_not_whole_is_none(log: str) -> None:
    assert _mover_words.files(log) is None


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=5, unique=True), st.data())
def test_a_list_that_lost_its_beginning_or_its_end_is_never_taken(names: list[str], data: st.DataObject) -> None:
    rows: list[dict[str, t.Any]] = [{"Path": name, "Size": 1, "Hashes": {"sha256": EMPTY}} for name in names]
    whole = "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"
    assert [f.path for f in _mover_words.files(whole) or ()] == sorted(names)
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(whole)), st.integers(0, len(whole)))))
    if (start, end) != (0, len(whole)):
        assert _mover_words.files(whole[start:end]) is None
