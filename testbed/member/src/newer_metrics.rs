// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Metrics as placement-center v0.1 shows them: its engine is openraft 0.10, whose leaders say when they heard from whom.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use openraft::ServerState;
use serde_json::{Map, Value, json};

use crate::reach::Reach;
use crate::types::Metrics;

/// The engine's metrics with the two times of the newer engine in their places.
pub fn newer_metrics(metrics: &Metrics, reach: &Reach) -> Result<Value, serde_json::Error> {
    let mut shown = Map::new();
    let Value::Object(known) = serde_json::to_value(metrics)? else { return Ok(Value::Null) };
    for (name, value) in known {
        match name.as_str() {
            "millis_since_quorum_ack" => {
                let acknowledged = value.as_u64().map(|millis| nanos_ago(Duration::from_millis(millis)));
                shown.insert(name, value);
                shown.insert("last_quorum_acked".into(), json!(acknowledged));
            }
            "replication" => {
                shown.insert("heartbeat".into(), json!(heartbeat(metrics, reach)));
                shown.insert(name, value);
            }
            _ => {
                shown.insert(name, value);
            }
        }
    }
    Ok(Value::Object(shown))
}

/// When a leader last heard from each member.
fn heartbeat(metrics: &Metrics, reach: &Reach) -> Option<BTreeMap<u64, Option<u64>>> {
    if metrics.state != ServerState::Leader {
        return None;
    }
    let heard = |id: u64| if id == metrics.id { Some(Duration::ZERO) } else { reach.since(id) };
    let nodes = metrics.membership_config.membership().nodes();
    Some(nodes.map(|(id, _)| (*id, heard(*id).map(nanos_ago))).collect())
}

/// Nanoseconds since 1970 of a moment in the past.
fn nanos_ago(ago: Duration) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.saturating_sub(ago).as_nanos()).unwrap_or(u64::MAX)
}
