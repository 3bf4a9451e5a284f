// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! One thing at a time, with a pause between.

use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Remembers when the last one was let through.
#[derive(Default)]
pub struct Pace {
    last: Mutex<Option<Instant>>,
}

impl Pace {
    /// Whether the pause is over; if so, a new one begins.
    pub fn take_one(&self, pause: Duration) -> bool {
        let mut last = self.last.lock().unwrap();
        let due = last.is_none_or(|at| at.elapsed() >= pause);
        if due {
            *last = Some(Instant::now());
        }
        due
    }
}
