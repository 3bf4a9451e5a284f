// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The data directory, and the way of a member that is far behind.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Cluster, until};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

#[test]
fn the_directory_is_laid_out_as_in_the_contract() {
    let cluster = Cluster::whole(&[]);
    let data = cluster.data(2);
    for folder in ["raft/logs", "raft/snapshots", "storage/kv"] {
        assert!(data.join(folder).is_dir(), "{folder}");
    }
    let metadata: Value = serde_json::from_str(&read(&data.join("raft/metadata"))).unwrap();
    assert_eq!((&metadata["node_id"], &metadata["cluster_id"]), (&json!(2), &json!("test")));
    let vote = json!({"leader_id": {"term": 1, "node_id": 1}, "committed": true});
    assert_eq!(metadata["groups"]["metadata_0"], json!({"term": 1, "vote": vote}));
    assert!(read(&data.join("config/cluster.conf")).contains("cluster_name = \"test\""));
    assert!(read(&data.join("config/node.conf")).contains("node_id = 2"));
}

#[test]
fn another_members_data_is_refused() {
    let cluster = Cluster::new(&[]);
    cluster.start(1);
    cluster.until_member(1);
    cluster.kill(1);
    std::fs::rename(cluster.data(1), cluster.data(2)).unwrap();
    cluster.start(2);
    assert_eq!(cluster.exit_code(2, Duration::from_secs(5)), Some(1));
    assert!(cluster.log(2).contains("belongs to node 1, this is node 2"), "{}", cluster.log(2));
}

#[test]
fn a_member_far_behind_gets_a_snapshot() {
    let cluster = Cluster::whole(&[("REFERENCE_SNAPSHOT_EVERY", "20")]);
    cluster.kill(3);
    for number in 0..100 {
        assert!(cluster.set(1, &format!("key-{number}"), "value").unwrap().ok());
    }
    let purged = until(Duration::from_secs(10), || cluster.group(1, "metadata_0")?["purged"]["index"].as_u64());
    assert!(purged > Some(20), "purged up to {purged:?}");
    cluster.start(3);
    cluster.until_value(3, "key-0", "value");
    cluster.until_value(3, "key-99", "value");
    assert!(cluster.data(3).join("raft/snapshots/metadata_0.snap").is_file());
    assert!(cluster.group(3, "metadata_0").unwrap()["snapshot"]["index"].as_u64() > Some(20));
}

#[test]
fn a_follower_without_its_volume_joins_again_and_has_all_data() {
    let cluster = Cluster::whole(&[]);
    assert!(cluster.set(1, "key", "value").unwrap().ok());
    cluster.kill(3);
    std::fs::remove_dir_all(cluster.data(3)).unwrap();
    cluster.start(3);
    cluster.until_member(3);
    cluster.until_value(3, "key", "value");
}
