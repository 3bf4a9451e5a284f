// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Notices when the process or its raft engine stops turning.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::app::App;

const INTERVAL: Duration = Duration::from_millis(500);
const LIMIT: Duration = Duration::from_secs(10);

/// When everything last turned.
pub struct Watchdog {
    ticked: Mutex<Instant>,
}

impl Default for Watchdog {
    fn default() -> Self {
        Self { ticked: Mutex::new(Instant::now()) }
    }
}

impl Watchdog {
    /// Whether nothing has turned for too long.
    pub fn stuck(&self) -> bool {
        self.ticked.lock().unwrap().elapsed() > LIMIT
    }
}

/// Ticks while the runtime runs this task and every engine answers.
pub async fn watch(app: Arc<App>) {
    loop {
        // An engine that waits for the disk is not stuck: a restart would not give it space.
        if app.probe.check().is_err() || engines_answer(&app).await {
            *app.watchdog.ticked.lock().unwrap() = Instant::now();
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn engines_answer(app: &App) -> bool {
    for group in &app.groups {
        // One that has ended is dead, which is another finding than stuck.
        if tokio::time::timeout(LIMIT, group.raft.is_initialized()).await.is_err() {
            return false;
        }
    }
    true
}
