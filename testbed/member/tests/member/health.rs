// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Every reason that the two endpoints can give, and the faults that give them.

use std::time::Duration;

use crate::common::{Cluster, get, until};

const READY: (u16, &str) = (200, "");

#[test]
fn the_bodies_are_the_contracts() {
    let cluster = Cluster::new(&[]);
    cluster.start(1);
    cluster.until_health(1, "ready", READY);
    let (_, ready) = get(cluster.http(1), "/health/ready").unwrap();
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["checks"], serde_json::json!(["raft_ok", "cluster_ok", "storage_ok"]));
    assert!(ready["timestamp"].as_str().unwrap().ends_with('Z'));
    let (status, alive) = get(cluster.http(1), "/health/alive").unwrap();
    assert_eq!((status, &alive["status"]), (200, &"alive".into()));
    assert!(alive["uptime"].is_u64() && alive["timestamp"].is_string());
}

#[test]
fn faults_give_every_reason_and_end() {
    let cluster = Cluster::whole(&[]);
    for (fault, which, status, reason) in [
        ("never_ready", "ready", 503, "raft_not_ready"),
        ("no_leader", "ready", 503, "raft_not_ready"),
        ("peers_lost", "ready", 503, "cluster_disconnected"),
        ("disk_full", "ready", 503, "storage_error"),
        ("read_only", "ready", 503, "storage_error"),
        ("unresponsive", "alive", 500, "process_unresponsive"),
        ("threads_dead", "alive", 500, "critical_threads_dead"),
    ] {
        cluster.until_health(3, "ready", READY);
        assert!(cluster.fault(3, &[fault]).status.success(), "{fault}");
        cluster.until_health(3, which, (status, reason));
        assert!(cluster.fault(3, &["clear", fault]).status.success(), "{fault}");
        cluster.until_health(3, which, READY);
    }
    assert!(!cluster.fault(3, &["unheard_of"]).status.success());
}

#[test]
fn a_member_whose_peers_are_dead_is_disconnected() {
    let cluster = Cluster::whole(&[]);
    cluster.until_health(1, "ready", READY);
    cluster.kill(2);
    cluster.until_health(1, "ready", READY);
    cluster.kill(3);
    cluster.until_health(1, "ready", (503, "cluster_disconnected"));
}

#[test]
fn a_full_disk_stops_writes_but_not_the_process() {
    let cluster = Cluster::whole(&[]);
    assert!(cluster.fault(1, &["disk_full", "--seconds", "6"]).status.success());
    cluster.until_health(1, "ready", (503, "storage_error"));
    let refused = cluster.set(1, "key", "value").unwrap();
    assert_eq!(refused.header("grpc-status"), Some("13"));
    assert_eq!(cluster.health(1, "alive"), (200, String::new()));
    cluster.until_health(1, "ready", READY);
    assert!(until(Duration::from_secs(15), || cluster.set_anywhere("key", "value").then_some(())).is_some());
    cluster.until_value(1, "key", "value");
}

#[test]
fn a_deadlock_leaves_the_ports_open_and_silent() {
    let cluster = Cluster::whole(&[]);
    cluster.fault(3, &["deadlock"]);
    assert!(std::net::TcpStream::connect(("127.0.0.1", cluster.grpc(3))).is_ok());
    assert!(get(cluster.http(3), "/health/alive").is_none());
    assert!(cluster.status(3).is_none());
    assert!(cluster.set(1, "others", "go on").unwrap().ok());
    cluster.fault(3, &["clear", "all"]);
    cluster.until_value(3, "others", "go on");
}

#[test]
fn a_leader_can_be_taken_away() {
    let cluster = Cluster::whole(&[]);
    cluster.fault(1, &["no_leader"]);
    cluster.until_health(1, "ready", (503, "raft_not_ready"));
    let deposed = until(Duration::from_secs(5), || {
        let group = cluster.group(1, "metadata_0")?;
        (group["current_leader"].is_null() && group["state"] == "Candidate").then_some(())
    });
    assert!(deposed.is_some(), "{:?}", cluster.group(1, "metadata_0"));
    assert_ne!(cluster.until_leader("metadata_0", None), 1);
}

#[test]
fn faults_from_the_start_delay_or_prevent_it() {
    let cluster = Cluster::new(&[]);
    cluster.start_with(1, &[("REFERENCE_FAULT", "exit_at_start")]);
    assert_eq!(cluster.exit_code(1, Duration::from_secs(5)), Some(1));
    cluster.start_with(1, &[("REFERENCE_FAULT", "slow_start=3")]);
    std::thread::sleep(Duration::from_secs(2));
    assert!(get(cluster.http(1), "/health/alive").is_none());
    cluster.until_health(1, "ready", READY);
    cluster.fault(1, &["crash"]);
    assert_eq!(cluster.exit_code(1, Duration::from_secs(5)), Some(134));
}

#[test]
fn a_slow_member_stays_a_learner_that_is_behind() {
    let cluster = Cluster::new(&[]);
    cluster.start(1);
    cluster.until_member(1);
    for number in 0..30 {
        assert!(cluster.set(1, &format!("key-{number}"), "value").unwrap().ok());
    }
    cluster.start_with(2, &[("REFERENCE_FAULT", "slow_catch_up=300")]);
    let learner = until(Duration::from_secs(20), || {
        let group = cluster.group(2, "metadata_0")?;
        (group["state"] == "Learner" && group["last_log_index"].as_u64()? > 5).then_some(group)
    });
    assert!(learner.expect("a learner")["last_log_index"].as_u64() < Some(30));
    cluster.fault(2, &["clear", "slow_catch_up"]);
    cluster.until_member(2);
    cluster.until_value(2, "key-29", "value");
}
