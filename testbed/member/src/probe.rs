// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! A thread that really writes, syncs and reads back a file in the data directory.

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::faults::Faults;
use crate::store::write_durably;

const INTERVAL: Duration = Duration::from_secs(2);
/// A write that hangs is as bad as one that fails.
const STALE: Duration = Duration::from_secs(10);

/// The last result of the probe.
pub struct Probe {
    last: Arc<Mutex<(Instant, Result<(), String>)>>,
    thread: JoinHandle<()>,
}

impl Probe {
    /// Starts probing; the first result is there when this returns.
    pub fn start(data: PathBuf, faults: Arc<Faults>) -> Self {
        let last = Arc::new(Mutex::new((Instant::now(), once(&data, &faults))));
        let result = last.clone();
        let thread = std::thread::spawn(move || {
            loop {
                std::thread::sleep(INTERVAL);
                let outcome = once(&data, &faults);
                *result.lock().unwrap() = (Instant::now(), outcome);
            }
        });
        Self { last, thread }
    }

    /// Why the storage cannot be written, if it cannot.
    pub fn check(&self) -> Result<(), String> {
        let (when, outcome) = self.last.lock().unwrap().clone();
        if when.elapsed() > STALE {
            return Err("the storage probe hangs".into());
        }
        outcome
    }

    /// Whether the thread has ended.
    pub fn dead(&self) -> bool {
        self.thread.is_finished()
    }
}

fn once(data: &std::path::Path, faults: &Faults) -> Result<(), String> {
    let path = data.join("storage").join("probe");
    let content = humantime::format_rfc3339_nanos(std::time::SystemTime::now()).to_string();
    let attempt = || -> io::Result<bool> {
        write_durably(&path, content.as_bytes(), faults)?;
        Ok(std::fs::read(&path)? == content.as_bytes())
    };
    match attempt() {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("{} does not hold what was written", path.display())),
        Err(error) => Err(error.to_string()),
    }
}
