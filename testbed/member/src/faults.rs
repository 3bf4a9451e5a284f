// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Faults that can be switched on from outside, each with an optional value and an optional end.

use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::task::Waker;
use std::time::{Duration, Instant};

use serde::Serialize;

/// Everything that can be made to go wrong; README.md says what each does.
pub const KINDS: [&str; 12] = [
    "deadlock",
    "peers_lost",
    "disk_full",
    "read_only",
    "slow_start",
    "never_ready",
    "no_leader",
    "slow_catch_up",
    "exit_at_start",
    "unresponsive",
    "threads_dead",
    "crash",
];

/// An active fault as the admin port shows it.
#[derive(Clone, Debug, Serialize)]
pub struct Active {
    pub value: Option<u64>,
    #[serde(skip)]
    until: Option<Instant>,
}

/// The faults of this process.
#[derive(Default)]
pub struct Faults {
    active: Mutex<BTreeMap<String, Active>>,
    frozen: Mutex<Vec<Waker>>,
}

impl Faults {
    /// Reads `kind[=value],...`, the form of `REFERENCE_FAULT`.
    pub fn parse(list: &str) -> Result<Self, String> {
        let faults = Self::default();
        for item in list.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let (kind, value) = match item.split_once('=') {
                Some((kind, text)) => {
                    let value = text.parse().map_err(|_| format!("fault {kind}: {text} is no number"))?;
                    (kind, Some(value))
                }
                None => (item, None),
            };
            faults.set(kind, value, None)?;
        }
        Ok(faults)
    }

    /// Switches a fault on, for good or for some time.
    pub fn set(&self, kind: &str, value: Option<u64>, lasting: Option<Duration>) -> Result<(), String> {
        if !KINDS.contains(&kind) {
            return Err(format!("no such fault: {kind}; there are {}", KINDS.join(", ")));
        }
        let until = lasting.map(|time| Instant::now() + time);
        self.active.lock().unwrap().insert(kind.into(), Active { value, until });
        Ok(())
    }

    /// Switches one fault off, or `all`.
    pub fn clear(&self, kind: &str) {
        let mut active = self.active.lock().unwrap();
        match kind {
            "all" => active.clear(),
            _ => drop(active.remove(kind)),
        }
    }

    /// The faults that are on now.
    pub fn list(&self) -> BTreeMap<String, Active> {
        let mut active = self.active.lock().unwrap();
        let now = Instant::now();
        active.retain(|_, fault| fault.until.is_none_or(|end| now < end));
        active.clone()
    }

    /// Whether a fault is on.
    pub fn on(&self, kind: &str) -> bool {
        self.list().contains_key(kind)
    }

    /// The value of a fault that is on.
    pub fn value(&self, kind: &str, default: u64) -> Option<u64> {
        self.list().get(kind).map(|fault| fault.value.unwrap_or(default))
    }

    /// What writing to the disk meets now, with the kernel's own error numbers.
    pub fn disk(&self) -> io::Result<()> {
        const ENOSPC: i32 = 28;
        const EROFS: i32 = 30;
        if self.on("disk_full") {
            return Err(io::Error::from_raw_os_error(ENOSPC));
        }
        if self.on("read_only") {
            return Err(io::Error::from_raw_os_error(EROFS));
        }
        Ok(())
    }

    /// For a connection: true while it has to stand still; it is woken when that may be over.
    pub fn freezes(&self, waker: &Waker) -> bool {
        let frozen = self.on("deadlock");
        if frozen {
            self.frozen.lock().unwrap().push(waker.clone());
        }
        frozen
    }

    /// Lets every connection that stands still look again.
    pub fn wake(&self) {
        for waker in self.frozen.lock().unwrap().drain(..) {
            waker.wake();
        }
    }
}
