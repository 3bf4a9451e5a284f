// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What tells the shapes apart.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Cluster, get, post, until};

const CENTER_STATUS: &str = "/placement.center.inner.PlacementCenterService/ClusterStatus";
const META_STATUS: &str = "/meta.service.common.MetaServiceService/ClusterStatus";

fn status(cluster: &Cluster, path: &str) -> Result<Value, String> {
    let answer = until(Duration::from_secs(10), || post(cluster.grpc(1), path, &[])).expect("an answer");
    match answer.header("grpc-status") {
        Some(code) => Err(code.into()),
        None => Ok(serde_json::from_str(&answer.text()).unwrap()),
    }
}

#[test]
fn the_contract_serves_both_eras() {
    let cluster = Cluster::new(&[]);
    cluster.start(1);
    cluster.until_member(1);
    let all = status(&cluster, META_STATUS).unwrap();
    assert_eq!(all["metadata_0"]["id"], 1);
    assert_eq!(status(&cluster, CENTER_STATUS).unwrap()["id"], 1);
}

#[test]
fn v0_1_has_one_group_no_http_no_word_and_no_ear_for_sigterm() {
    let cluster = Cluster::new(&[("REFERENCE_SHAPE", "v0_1")]);
    cluster.start(1);
    assert_eq!(status(&cluster, CENTER_STATUS).unwrap()["id"], 1);
    assert_eq!(status(&cluster, META_STATUS), Err("12".into()));
    assert!(get(cluster.http(1), "/health/ready").is_none());
    cluster.signal(1, "TERM");
    assert_eq!(cluster.exit_code(1, Duration::from_secs(2)), None);
    cluster.signal(1, "INT");
    assert_eq!(cluster.exit_code(1, Duration::from_secs(5)), Some(0));
    assert_eq!(cluster.log(1), "");
}

#[test]
fn v0_4_has_three_groups_and_a_health_that_says_yes() {
    let cluster = Cluster::new(&[("REFERENCE_SHAPE", "v0_4"), ("REFERENCE_VERSION", "0.4.11")]);
    cluster.start(1);
    cluster.until_member(1);
    let all = status(&cluster, META_STATUS).unwrap();
    assert_eq!(all.as_object().unwrap().len(), 3);
    assert_eq!(status(&cluster, CENTER_STATUS), Err("12".into()));
    let (code, body) = get(cluster.http(1), "/api/health/ready").unwrap();
    let data = json!({"status": "ok", "check_type": "ready", "message": "all configured ports are ready"});
    assert_eq!((code, body), (200, json!({"code": 0, "data": data, "error": null})));
    assert_eq!(get(cluster.http(1), "/health/ready").unwrap().0, 404);
    assert!(cluster.data(1).join("_rocksdb/raft/metadata").is_file());
}

#[test]
fn v0_4_first_starts_at_the_same_moment_all_exit() {
    let cluster = Cluster::new(&[("REFERENCE_SHAPE", "v0_4")]);
    (1..=3).for_each(|id| cluster.start(id));
    for id in 1..=3 {
        assert_eq!(cluster.exit_code(id, Duration::from_secs(10)), Some(1), "{}", cluster.log(id));
    }
}
