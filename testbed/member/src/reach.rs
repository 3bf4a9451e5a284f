// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Which members answer. Followers do not talk to each other in raft, so everyone asks everyone.
//!
//! A member whose name has no address is absent, not lost: its pod does not exist. In an ordered start after a stop of all, the
//! first member waits for nobody; if it did, the others would never be started.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::app::App;
use crate::peer::Peer;
use crate::resolve::has_no_address;
use crate::wire::Empty;

pub const PING: &str = "/reference.member.Peer/Ping";

/// When each other member last answered.
#[derive(Default)]
pub struct Reach {
    seen: Mutex<HashMap<u64, Instant>>,
    absent: Mutex<HashSet<u64>>,
}

impl Reach {
    /// Whether a member answered within that time.
    pub fn within(&self, id: u64, time: Duration) -> bool {
        self.seen.lock().unwrap().get(&id).is_some_and(|at| at.elapsed() < time)
    }

    /// How long ago a member answered.
    pub fn since(&self, id: u64) -> Option<Duration> {
        self.seen.lock().unwrap().get(&id).map(Instant::elapsed)
    }

    /// Whether a member's name had no address when it was last looked up.
    pub fn absent(&self, id: u64) -> bool {
        self.absent.lock().unwrap().contains(&id)
    }

    /// Notes an answer, of whatever kind.
    pub fn answered(&self, id: u64) {
        self.seen.lock().unwrap().insert(id, Instant::now());
        self.absent.lock().unwrap().remove(&id);
    }

    fn unanswered(&self, id: u64, absent: bool) {
        let mut known = self.absent.lock().unwrap();
        if absent {
            known.insert(id)
        } else {
            known.remove(&id)
        };
    }
}

/// Starts and replaces one task for every member that any group knows.
pub async fn watch(app: Arc<App>) {
    let mut asked: BTreeMap<(u64, String), tokio::task::JoinHandle<()>> = BTreeMap::new();
    loop {
        let known = members(&app);
        asked.retain(|member, task| {
            let keep = known.contains_key(&member.0) && known[&member.0] == member.1;
            if !keep {
                task.abort();
            }
            keep
        });
        for (id, address) in known {
            let app = app.clone();
            asked
                .entry((id, address.clone()))
                .or_insert_with(|| tokio::spawn(async move { ping(app, id, &address).await }));
        }
        tokio::time::sleep(Duration::from_millis(app.settings.raft.heartbeat)).await;
    }
}

fn members(app: &App) -> BTreeMap<u64, String> {
    let mut members = BTreeMap::new();
    for metrics in app.metrics().values() {
        for (id, node) in metrics.membership_config.membership().nodes() {
            if *id != app.settings.id {
                members.insert(*id, node.rpc_addr.clone());
            }
        }
    }
    members
}

async fn ping(app: Arc<App>, id: u64, address: &str) {
    let interval = Duration::from_millis(app.settings.raft.heartbeat);
    let mut peer = Peer::new(address);
    loop {
        let cut = app.faults.on("peers_lost");
        if !cut && peer.call_within::<_, Empty>(interval.max(Duration::from_millis(250)), PING, Empty {}).await.is_ok()
        {
            app.reach.answered(id);
        } else {
            app.reach.unanswered(id, !cut && has_no_address(address).await);
        }
        tokio::time::sleep(interval).await;
    }
}
