// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! RobustMQ's environment over the file: textual, before anything is parsed.
//!
//! A variable is named after the table and the key of a line that stands in the file, and replaces what follows that line's
//! `=`, word for word: quotes and line ends are the caller's business, and a key that is not in the file is never reached.

/// The file's text with the variables laid over it.
pub fn overridden(text: &str, prefix: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut table = String::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        if let Some(header) = line.trim().strip_prefix('[') {
            table = header.strip_suffix(']').unwrap_or(header).replace(' ', "");
        }
        lines.push(replaced(line, &table, prefix, &variable).unwrap_or_else(|| line.into()));
    }
    lines.join("\n")
}

/// The line with another value, if it is a key's and that has a variable.
fn replaced(line: &str, table: &str, prefix: &str, variable: impl Fn(&str) -> Option<String>) -> Option<String> {
    if line.trim().starts_with(['#', '[']) {
        return None;
    }
    let (key, _) = line.split_once('=')?;
    let words: Vec<&str> = [prefix, table, key.trim()].into_iter().filter(|word| !word.is_empty()).collect();
    let name = words.join("_").replace(' ', "").replace('.', "_").to_uppercase();
    variable(&name).map(|value| format!("{key}={value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "broker_id = 1\n# grpc_port = 2\n[admin]\n  password = \"a=b\"\n[mqtt_runtime.auth]\nuser=\"x\"";

    fn with(name: &str, value: &str) -> String {
        overridden(TEXT, "ROBUST_MQ_SERVER", |asked| (asked == name).then(|| value.to_string()))
    }

    #[test]
    fn a_key_of_the_file_has_its_text_replaced_in_its_table() {
        assert!(with("ROBUST_MQ_SERVER_BROKER_ID", "7").starts_with("broker_id =7\n"));
        assert!(with("ROBUST_MQ_SERVER_ADMIN_PASSWORD", "\"c\"").contains("\n  password =\"c\"\n"));
        assert!(with("ROBUST_MQ_SERVER_MQTT_RUNTIME_AUTH_USER", "\"y\"").ends_with("user=\"y\""));
    }

    #[test]
    fn what_is_not_there_or_a_comment_stays() {
        for name in ["ROBUST_MQ_SERVER_GRPC_PORT", "ROBUST_MQ_SERVER_ADMIN_USERNAME", "ROBUST_MQ_SERVER_PASSWORD"] {
            assert_eq!(with(name, "9"), TEXT);
        }
    }

    #[test]
    fn nothing_is_escaped() {
        let text = with("ROBUST_MQ_SERVER_ADMIN_PASSWORD", "\"a\"\nusername = \"b\"");
        assert!(text.contains("password =\"a\"\nusername = \"b\"\n"), "{text}");
    }
}
