// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Ordered start, and who leads afterwards.

use std::time::Duration;

use reference_member::peer::Peer;
use reference_member::wire::{Empty, GetReply, KeyRequest, SetRequest};
use serde_json::json;

use crate::common::{Cluster, until};

#[test]
fn an_ordered_start_gives_one_leader_and_three_voters() {
    let cluster = Cluster::whole(&[]);
    assert_eq!(cluster.leaders("metadata_0"), [1]);
    for id in 1..=3 {
        let group = until(Duration::from_secs(5), || {
            let group = cluster.group(id, "metadata_0")?;
            (group["membership_config"]["membership"]["configs"] == json!([[1, 2, 3]])).then_some(group)
        });
        assert_eq!(group.expect("three voters")["current_leader"], 1);
    }
}

#[test]
fn key_values_work_over_grpc_and_grpc_web() {
    let cluster = Cluster::whole(&[]);
    assert!(cluster.set(1, "web", "one").unwrap().ok());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut peer = Peer::new(&cluster.address(1));
        let request = SetRequest { key: "h2".into(), value: "two".into() };
        let _: Empty = peer.call("/meta.service.common.MetaServiceService/Set", request).await.unwrap();
        let request = KeyRequest { key: "web".into() };
        let read: GetReply = peer.call("/placement.center.kv.KvService/Get", request).await.unwrap();
        assert_eq!(read.value, "one");
    });
    for id in 1..=3 {
        cluster.until_value(id, "web", "one");
        cluster.until_value(id, "h2", "two");
        assert_eq!(cluster.get(id, "missing").unwrap(), "");
    }
}

#[test]
fn a_leader_back_in_time_leads_on_in_its_term() {
    let cluster = Cluster::whole(&[("REFERENCE_ELECTION_MIN_MS", "4000"), ("REFERENCE_ELECTION_MAX_MS", "6000")]);
    cluster.kill(1);
    std::thread::sleep(Duration::from_millis(500));
    cluster.start(1);
    assert!(until(Duration::from_secs(3), || cluster.set(1, "back", "yes")?.ok().then_some(())).is_some());
    for id in 1..=3 {
        let group = cluster.group(id, "metadata_0").unwrap();
        assert_eq!((group["current_term"].as_u64(), group["current_leader"].as_u64()), (Some(1), Some(1)));
    }
}

#[test]
fn a_leader_away_for_longer_is_replaced_and_returns_as_a_follower() {
    let cluster = Cluster::whole(&[]);
    cluster.signal(1, "TERM");
    assert_eq!(cluster.exit_code(1, Duration::from_secs(5)), Some(0));
    let next = cluster.until_leader("metadata_0", Some(1));
    cluster.start(1);
    let followed = until(Duration::from_secs(10), || {
        let group = cluster.group(1, "metadata_0")?;
        (group["state"] == "Follower" && group["current_leader"] == next).then_some(group)
    });
    assert!(followed.expect("member 1 follows")["current_term"].as_u64() > Some(1));
}

#[test]
fn members_started_all_at_once_all_lead() {
    let cluster = Cluster::new(&[]);
    (1..=3).for_each(|id| cluster.start(id));
    let split = until(Duration::from_secs(15), || (cluster.leaders("metadata_0") == [1, 2, 3]).then_some(()));
    assert!(split.is_some(), "leaders: {:?}", cluster.leaders("metadata_0"));
    assert!(cluster.set(2, "only-here", "lost").unwrap().ok());
    assert_eq!(cluster.get(1, "only-here").unwrap(), "");
}

#[test]
fn an_empty_member_alone_starts_a_cluster_of_its_own() {
    let cluster = Cluster::whole(&[]);
    (1..=3).for_each(|id| cluster.kill(id));
    std::fs::remove_dir_all(cluster.data(1)).unwrap();
    cluster.start(1);
    cluster.until_member(1);
    assert!(cluster.set(1, "acknowledged", "and lost").unwrap().ok());
    cluster.start(2);
    cluster.start(3);
    let others =
        until(Duration::from_secs(15), || cluster.leaders("metadata_0").into_iter().find(|leader| *leader != 1));
    assert!(others.is_some(), "leaders: {:?}", cluster.leaders("metadata_0"));
    for id in [2, 3] {
        assert_eq!(cluster.get(id, "acknowledged").unwrap(), "");
    }
}
