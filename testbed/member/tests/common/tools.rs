// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Waiting, and ports of one's own.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

/// Below the range from which the kernel takes ports of its own accord.
static NEXT_PORT: AtomicU16 = AtomicU16::new(0);

/// Repeats a question until it has an answer.
pub fn until<T>(within: Duration, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = ask() {
            return Some(found);
        }
        if begun.elapsed() > within {
            return None;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// The first of a block of ports that nobody listens on.
pub fn free_ports() -> u16 {
    let offset = (std::process::id() % 100) as u16 * 100;
    loop {
        let base = 15_000 + offset + NEXT_PORT.fetch_add(50, Ordering::Relaxed);
        if (base..base + 50).all(|port| TcpListener::bind(("127.0.0.1", port)).is_ok()) {
            return base;
        }
    }
}
