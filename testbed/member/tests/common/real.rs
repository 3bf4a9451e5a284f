// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What the real servers answered, and whether a member answers so.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A file of recorded answers.
pub fn recorded(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded").join(name);
    serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap()
}

/// Runs a program that is to end by itself, with the recorded code and words.
pub fn ends_as(command: &mut Command, row: &Value) {
    let ended = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code().map(i64::from), row["code"].as_i64(), "{}: {said}", row["when"]);
    assert!(said.contains(row["says"].as_str().unwrap()), "{}: {said}", row["when"]);
}

/// Where two answers differ in their keys, in the order of keys, or in the kind of a value.
pub fn differences(ours: &Value, real: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(ours, real, "", &mut found);
    found
}

fn collect(ours: &Value, real: &Value, path: &str, found: &mut Vec<String>) {
    match (ours, real) {
        (Value::Object(a), Value::Object(b)) => {
            let (mine, theirs): (Vec<&String>, Vec<&String>) = (a.keys().collect(), b.keys().collect());
            if mine != theirs {
                found.push(format!("{path}: {mine:?}, the real one {theirs:?}"));
            }
            for key in mine.iter().filter(|key| b.contains_key(**key)) {
                collect(&a[*key], &b[*key], &format!("{path}.{key}"), found);
            }
        }
        _ if kind(ours) != kind(real) => found.push(format!("{path}: {ours}, the real one {real}")),
        _ => {}
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "truth",
        Value::Number(_) => "number",
        Value::String(_) => "text",
        Value::Array(_) => "list",
        Value::Object(_) => "table",
    }
}
