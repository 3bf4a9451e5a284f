// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Refusals, and what stays half done when the three groups have different leaders.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Cluster, post_json, until};

const GROUPS: [&str; 3] = ["metadata_0", "offset_0", "data_0"];
const SHAPE: [(&str, &str); 2] = [("REFERENCE_SHAPE", "v0_4"), ("REFERENCE_VERSION", "0.4.11")];

fn voters(cluster: &Cluster, id: u16, group: &str) -> Value {
    cluster
        .group(id, group)
        .map(|metrics| metrics["membership_config"]["membership"]["configs"].clone())
        .unwrap_or_default()
}

/// Deposes leaders until a later group is led by another member than the first: both members, and that group.
fn split_leaders(cluster: &Cluster) -> (u16, u16, &'static str) {
    let split = until(Duration::from_secs(240), || {
        let led = GROUPS.map(|group| cluster.until_leader(group, None));
        if let Some(at) = led.iter().position(|leader| *leader != led[0]) {
            return Some((led[0], led[at], GROUPS[at]));
        }
        cluster.kill(led[0]);
        for group in GROUPS {
            cluster.until_leader(group, Some(led[0]));
        }
        cluster.start(led[0]);
        cluster.until_member(led[0]);
        None
    });
    split.expect("leaders of the groups differ")
}

#[test]
fn a_follower_refuses_a_write_in_its_headers() {
    let cluster = Cluster::whole(&[]);
    for (method, fields) in [("Set", &["key", "value"][..]), ("Delete", &["key"][..])] {
        let answer = crate::common::meta(cluster.grpc(2), method, fields).unwrap();
        assert!(answer.head.starts_with("HTTP/1.1 200"), "{}", answer.head);
        assert_eq!(answer.header("grpc-status"), Some("13"));
        let text = format!(
            "has%20to%20forward%20request%20to:%20Some(1),%20Some(Node%20%7B%20node_id:%201,%20rpc_addr:%20%22{}%22%20%7D)",
            cluster.address(1)
        );
        assert_eq!(answer.header("grpc-message"), Some(text.as_str()));
        assert!(answer.body.is_empty());
    }
}

#[test]
fn leaving_stays_half_done_when_another_member_leads_the_next_group() {
    let cluster = Cluster::whole(&SHAPE);
    let (first, second, untouched) = split_leaders(&cluster);
    let third = 6 - first - second;
    let body = json!({"node_id": third, "force": true}).to_string();
    let (status, answer) = post_json(cluster.http(first), "/api/cluster/node/leave", &body).unwrap();
    assert_eq!((status, &answer["code"]), (200, &json!(100)));
    assert!(answer["error"].as_str().unwrap().contains("has to forward request to: Some("), "{answer}");
    let pair = json!([[first.min(second), first.max(second)]]);
    assert!(until(Duration::from_secs(5), || (voters(&cluster, first, "metadata_0") == pair).then_some(())).is_some());
    assert_eq!(voters(&cluster, first, untouched), json!([[1, 2, 3]]));
}

#[test]
fn a_member_without_its_volume_cannot_come_back_while_leaders_are_split() {
    let cluster = Cluster::whole(&SHAPE);
    let (first, second, _) = split_leaders(&cluster);
    let third = 6 - first - second;
    cluster.kill(third);
    std::fs::remove_dir_all(cluster.data(third)).unwrap();
    cluster.start(third);
    // Either refused by the second group, or taken up by the first before it asks.
    let half = until(Duration::from_secs(30), || {
        let exited = cluster.exit_code(third, Duration::ZERO).is_some();
        let refused = cluster.log(third).contains("has to forward request to: Some(");
        (exited && refused).then_some(())
    });
    assert!(half.is_some(), "log: {}", cluster.log(third));
    cluster.start(third);
    let (status, _) =
        until(Duration::from_secs(10), || crate::common::get(cluster.http(third), "/api/health/ready")).unwrap();
    assert_eq!(status, 200);
}

#[test]
fn leaving_is_refused_for_the_living_and_the_last_two() {
    // Long enough that one member leads all groups throughout.
    let calm = [("REFERENCE_ELECTION_MIN_MS", "8000"), ("REFERENCE_ELECTION_MAX_MS", "9000")];
    let cluster = Cluster::whole(&[&SHAPE[..], &calm[..]].concat());
    let leave = |id: u16, force: bool| {
        let body = json!({"node_id": id, "force": force}).to_string();
        post_json(cluster.http(1), "/api/cluster/node/leave", &body).unwrap().1
    };
    let alive = leave(3, false);
    assert_eq!(alive["code"], 100);
    assert!(alive["error"].as_str().unwrap().contains("still registered (alive)"));
    cluster.kill(3);
    assert_eq!(leave(3, true)["code"], 0);
    for group in GROUPS {
        assert!(
            until(Duration::from_secs(5), || (voters(&cluster, 2, group) == json!([[1, 2]])).then_some(())).is_some()
        );
    }
    assert_eq!(leave(2, true)["code"], 100);
}
