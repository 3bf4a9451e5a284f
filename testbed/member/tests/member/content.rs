// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a member holds after a snapshot: each generation's own, and nothing in raft's metrics tells.

use std::time::Duration;

use crate::common::{Cluster, until};

/// Snapshots after few entries, and little of the log kept.
const SOON: [(&str, &str); 2] = [("REFERENCE_SNAPSHOT_EVERY", "20"), ("REFERENCE_LOG_KEPT", "20")];
const V0_4: [(&str, &str); 2] = [("REFERENCE_SHAPE", "v0_4"), ("REFERENCE_VERSION", "0.4.11")];
/// Long enough that nobody else becomes leader meanwhile.
const CALM: [(&str, &str); 2] = [("REFERENCE_ELECTION_MIN_MS", "8000"), ("REFERENCE_ELECTION_MAX_MS", "9000")];

fn write(cluster: &Cluster, from: u32, to: u32) {
    for number in from..to {
        assert!(cluster.set_anywhere(&format!("key/{number:03}"), &format!("value-{number:03}")), "{number}");
    }
}

/// Waits until a member has applied what the leader has, which is all that metrics can say.
fn until_level(cluster: &Cluster, id: u16) {
    let applied = |id: u16| cluster.group(id, "metadata_0")?["last_applied"]["index"].as_u64();
    let leader = cluster.until_leader("metadata_0", None);
    let level = until(Duration::from_secs(20), || (applied(id)? == applied(leader)?).then_some(()));
    assert!(level.is_some(), "member {id}: {:?}", cluster.group(id, "metadata_0"));
}

fn values(cluster: &Cluster, id: u16) -> Vec<String> {
    cluster.kv(id, "GetPrefix", &["key/"]).expect("an answer").texts()
}

fn away_while_a_hundred_are_written(cluster: &Cluster, id: u16) {
    cluster.kill(id);
    write(cluster, 5, 105);
    cluster.start(id);
    until_level(cluster, id);
}

#[test]
fn a_prefix_has_the_values_in_the_order_of_their_keys() {
    let cluster = Cluster::new(&[]);
    cluster.start(1);
    cluster.until_member(1);
    for (key, value) in [("k/b", "second"), ("k/a", "first"), ("l", "other"), ("k", "other"), ("k/10", "before")] {
        assert!(cluster.set(1, key, value).unwrap().ok());
    }
    assert_eq!(cluster.kv(1, "GetPrefix", &["k/"]).unwrap().texts(), ["before", "first", "second"]);
    assert!(cluster.kv(1, "GetPrefix", &["m"]).unwrap().texts().is_empty());
    assert_eq!(cluster.kv(1, "GetPrefix", &[""]).unwrap().header("grpc-status"), Some("3"));
    assert_eq!(cluster.set(1, "key", "").unwrap().header("grpc-status"), Some("3"));
}

#[test]
fn v0_4_recovers_nothing_from_a_snapshot() {
    let cluster = Cluster::whole(&[&V0_4[..], &SOON[..], &CALM[..]].concat());
    write(&cluster, 0, 5);
    cluster.until_value(3, "key/004", "value-004");
    away_while_a_hundred_are_written(&cluster, 3);
    let group = cluster.group(3, "metadata_0").unwrap();
    assert_eq!(group["state"], "Follower");
    assert_eq!((values(&cluster, 1).len(), values(&cluster, 2).len()), (105, 105));
    let held = values(&cluster, 3);
    assert!(held.len() >= 5 && held.len() < 60, "{} values", held.len());
    assert_eq!(held[..5], ["value-000", "value-001", "value-002", "value-003", "value-004"]);
    assert!(cluster.log(3).contains("Successfully recovered 0 entries from snapshot"));
    // It goes on with what comes, and lacks the rest for good.
    write(&cluster, 105, 110);
    until_level(&cluster, 3);
    assert_eq!(values(&cluster, 3).len(), held.len() + 5);
}

#[test]
fn v0_4_can_be_told_to_recover_everything() {
    let cluster = Cluster::whole(&[&V0_4[..], &SOON[..], &CALM[..], &[("REFERENCE_SNAPSHOTS", "complete")]].concat());
    write(&cluster, 0, 5);
    away_while_a_hundred_are_written(&cluster, 3);
    assert_eq!(values(&cluster, 3).len(), 105);
}

/// Starts a member anew on an empty volume, when the others have a leader.
fn emptied(cluster: &Cluster, id: u16) {
    cluster.kill(id);
    cluster.until_leader("metadata_0", Some(id));
    std::fs::remove_dir_all(cluster.data(id)).unwrap();
    cluster.start(id);
}

#[test]
fn an_emptied_member_of_v0_4_that_asks_another_one_starts() {
    let cluster = Cluster::whole(&[&V0_4[..], &SOON[..], &CALM[..]].concat());
    write(&cluster, 0, 105);
    emptied(&cluster, 3);
    cluster.until_member(3);
    until_level(&cluster, 3);
    assert!(values(&cluster, 3).len() < 60);
}

#[test]
fn the_first_of_v0_4_asks_itself_and_does_not_start_without_its_tenant() {
    let cluster = Cluster::whole(&[&V0_4[..], &SOON[..], &CALM[..]].concat());
    write(&cluster, 0, 105);
    emptied(&cluster, 1);
    let code = cluster.exit_code(1, Duration::from_secs(60));
    assert_eq!(code, Some(1), "{}", cluster.log(1));
}

#[test]
fn v0_1_deletes_nothing_by_a_snapshot() {
    let cluster = Cluster::whole(&[&SOON[..], &[("REFERENCE_SHAPE", "v0_1")]].concat());
    write(&cluster, 0, 5);
    let follower = 1 + cluster.until_leader("metadata_0", None) % 3;
    // What it has in its log only would come too late: after the snapshot.
    cluster.until_value(follower, "key/004", "value-004");
    cluster.kill(follower);
    for number in 0..5 {
        let key = format!("key/{number:03}");
        assert!((1..=3).any(|id| cluster.kv(id, "Delete", &[&key]).is_some_and(|answer| answer.ok())));
    }
    write(&cluster, 5, 105);
    cluster.start(follower);
    until_level(&cluster, follower);
    let leader = cluster.until_leader("metadata_0", None);
    let (whole, more) = (values(&cluster, leader), values(&cluster, follower));
    assert_eq!(whole.len(), 100);
    assert!(whole.iter().all(|value| more.contains(value)), "{more:?}");
    // How many of the five it still has depends on which it had applied when it was killed: metrics may lag behind what was acknowledged.
    assert!(more.len() > 100, "{:?} {:?}", cluster.group(follower, "metadata_0"), more);
}
