// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! RobustMQ's logging: a folder that must be writable, and a second file that must be there.

use std::fs;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

/// `[log]` of the configuration file.
#[derive(Clone, Debug, Deserialize)]
pub struct Logs {
    #[serde(default = "default_config")]
    pub log_config: String,
    #[serde(default = "default_path")]
    pub log_path: String,
}

impl Default for Logs {
    fn default() -> Self {
        Self { log_config: default_config(), log_path: default_path() }
    }
}

fn default_config() -> String {
    "./config/logger.toml".into()
}

fn default_path() -> String {
    "./logs".into()
}

impl Logs {
    /// Makes the folder and reads the file: the level of the console, or none if nothing goes there.
    pub fn console_level(&self) -> Result<Option<String>, String> {
        make_folder(&self.log_path)?;
        if !Path::new(&self.log_config).exists() {
            return Err(format!("Logging configuration file {:?} does not exist", self.log_config));
        }
        let text = fs::read_to_string(&self.log_config).map_err(|e| e.to_string())?;
        console_level(&text)
    }
}

/// A folder that the server makes at its start, and ends where it may not.
pub fn make_folder(path: &str) -> Result<(), String> {
    fs::create_dir_all(path).map_err(|e| e.to_string())
}

/// Every table of the file is an appender; this member writes to the console only, but makes the folders of the others.
fn console_level(text: &str) -> Result<Option<String>, String> {
    let tables: Table = text.parse().map_err(|e| format!("{e}"))?;
    let mut level = None;
    for (name, table) in &tables {
        let word = |key: &str| {
            table.get(key).and_then(Value::as_str).ok_or_else(|| format!("[{name}]: missing field `{key}`"))
        };
        match word("kind")? {
            "console" => level = Some(everywhere(table)),
            "rolling_file" => {
                word("rotation")?;
                make_folder(word("directory")?)?;
            }
            "tokio_console" => {}
            other => return Err(format!("[{name}]: unknown variant `{other}`")),
        }
    }
    Ok(level)
}

/// The level of an appender for what no longer path names.
fn everywhere(appender: &Value) -> String {
    let single = appender.get("target").into_iter();
    let several = appender.get("targets").and_then(Value::as_array).into_iter().flatten();
    let whole = single.chain(several).find(|target| target.get("path").and_then(Value::as_str) == Some(""));
    let level = whole.unwrap_or(appender).get("level").and_then(Value::as_str);
    level.unwrap_or("info").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_console_has_the_level_of_its_empty_path() {
        let text = "[stdout]\nkind = \"console\"\ntargets = [{ path = \"openraft\", level = \"warn\" }, { path = \"\", level = \"debug\" }]\n";
        assert_eq!(console_level(text), Ok(Some("debug".into())));
        assert_eq!(console_level("[stdout]\nkind = \"console\"\nlevel = \"error\"\n"), Ok(Some("error".into())));
        assert_eq!(console_level(""), Ok(None));
    }

    #[test]
    fn what_the_server_does_not_understand_is_refused() {
        for text in ["x = [", "[a]\nlevel = \"info\"\n", "[a]\nkind = \"file\"\n", "[a]\nkind = \"rolling_file\"\n"] {
            assert!(console_level(text).is_err(), "{text}");
        }
    }
}
