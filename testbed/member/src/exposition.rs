// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What `/metrics` says of the raft groups, in RobustMQ's names and buckets. No leader and no term.

use std::fmt::Write;
use std::sync::Mutex;
use std::time::Duration;

use crate::app::{App, Group};

/// Bounds of the buckets: 1, 2, 4 ms and on to 524288.
const BUCKETS: u32 = 20;

/// Writes of clients that one group was asked for here.
#[derive(Default)]
pub struct Writes {
    counted: Mutex<Counted>,
}

#[derive(Clone, Default)]
struct Counted {
    succeeded: u64,
    failed: u64,
    milliseconds: f64,
    /// Durations of up to 2^n milliseconds, each in its own bucket only.
    buckets: [u64; BUCKETS as usize],
}

impl Writes {
    /// Counts a write that has ended.
    pub fn count(&self, took: Duration, succeeded: bool) {
        let mut counted = self.counted.lock().unwrap();
        let milliseconds = took.as_secs_f64() * 1000.0;
        counted.milliseconds += milliseconds;
        *if succeeded { &mut counted.succeeded } else { &mut counted.failed } += 1;
        if let Some(bucket) = (0..BUCKETS).find(|bucket| milliseconds <= bound(*bucket)) {
            counted.buckets[bucket as usize] += 1;
        }
    }
}

fn bound(bucket: u32) -> f64 {
    f64::from(1u32 << bucket)
}

/// The text of `/metrics`.
pub fn exposition(app: &App) -> String {
    let mut text = String::new();
    let log = |group: &Group| group.raft.metrics().borrow().last_log_index.unwrap_or(0);
    let applied = |group: &Group| group.raft.metrics().borrow().last_applied.map_or(0, |at| at.index);
    one_each(&mut text, app, "raft_apply_lag", "gauge", |group| log(group).saturating_sub(applied(group)));
    one_each(&mut text, app, "raft_last_log_index", "gauge", log);
    one_each(&mut text, app, "raft_last_applied", "gauge", applied);
    let counted = |group: &Group| group.writes.counted.lock().unwrap().clone();
    one_each(&mut text, app, "raft_write_requests", "counter", |group| {
        counted(group).succeeded + counted(group).failed
    });
    one_each(&mut text, app, "raft_write_success", "counter", |group| counted(group).succeeded);
    one_each(&mut text, app, "raft_write_failures", "counter", |group| counted(group).failed);
    header(&mut text, "raft_write_duration_ms", "histogram");
    for group in &app.groups {
        histogram(&mut text, "raft_write_duration_ms", &group.name, &counted(group));
    }
    text.push_str("# EOF\n");
    text
}

fn header(text: &mut String, name: &str, kind: &str) {
    let _ = writeln!(text, "# TYPE {name} {kind}");
}

fn one_each(text: &mut String, app: &App, name: &str, kind: &str, value: impl Fn(&Group) -> u64) {
    header(text, name, kind);
    let total = if kind == "counter" { "_total" } else { "" };
    for group in &app.groups {
        let _ = writeln!(text, "{name}{total}{{machine=\"{}\"}} {}", group.name, value(group));
    }
}

fn histogram(text: &mut String, name: &str, machine: &str, counted: &Counted) {
    let all = counted.succeeded + counted.failed;
    let _ = writeln!(text, "{name}_sum{{machine=\"{machine}\"}} {:?}", counted.milliseconds);
    let _ = writeln!(text, "{name}_count{{machine=\"{machine}\"}} {all}");
    let mut below = 0;
    for bucket in 0..BUCKETS {
        below += counted.buckets[bucket as usize];
        let _ = writeln!(text, "{name}_bucket{{le=\"{:?}\",machine=\"{machine}\"}} {below}", bound(bucket));
    }
    let _ = writeln!(text, "{name}_bucket{{le=\"+Inf\",machine=\"{machine}\"}} {all}");
}
