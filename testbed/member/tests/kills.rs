// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! 200 SIGKILLs under a continuous writer: whatever was acknowledged is there at the end.

mod common;

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::{Cluster, until};

const KILLS: u32 = 200;

/// A small generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) % sides
    }
}

/// Writes numbered keys until told to stop; returns the numbers that were acknowledged.
fn write(cluster: &Cluster, stop: &AtomicBool) -> Vec<u64> {
    let mut acknowledged = Vec::new();
    for number in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        if cluster.set_anywhere(&format!("key-{number}"), &format!("value-{number}")) {
            acknowledged.push(number);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    acknowledged
}

/// One member, or all three at once; the time between is enough for some writes.
fn kill(cluster: &Cluster) {
    let mut dice = Dice(20_261_124);
    let mut kills = 0;
    while kills < KILLS {
        let victims: Vec<u16> = if dice.roll(5) == 0 { vec![1, 2, 3] } else { vec![1 + dice.roll(3) as u16] };
        victims.iter().for_each(|id| cluster.kill(*id));
        kills += victims.len() as u32;
        victims.iter().for_each(|id| cluster.start(*id));
        std::thread::sleep(Duration::from_millis(150 + dice.roll(700)));
    }
}

#[test]
fn acknowledged_writes_survive_two_hundred_kills() {
    let cluster = Cluster::whole(&[]);
    let stop = AtomicBool::new(false);
    let acknowledged = std::thread::scope(|scope| {
        let writer = scope.spawn(|| write(&cluster, &stop));
        kill(&cluster);
        stop.store(true, Ordering::Relaxed);
        writer.join().unwrap()
    });
    let ended = until(Duration::from_secs(30), || cluster.set_anywhere("end", "reached").then_some(()));
    assert!(ended.is_some(), "no writes after the last kill");
    println!("{} writes acknowledged", acknowledged.len());
    assert!(acknowledged.len() > 200, "only {} writes were acknowledged", acknowledged.len());
    for id in 1..=3 {
        cluster.until_value(id, "end", "reached");
        for number in &acknowledged {
            let value = cluster.get(id, &format!("key-{number}"));
            assert_eq!(value, Some(format!("value-{number}")), "member {id}, key {number}");
        }
    }
}
