// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Shape `v0_1` against answers of the real placement-center v0.1.28.

use std::time::Duration;

use serde_json::{Value, json};

use crate::common::{Cluster, call, differences, ends_as, post, recorded, until};

const SHAPE: [(&str, &str); 2] = [("REFERENCE_SHAPE", "v0_1"), ("REFERENCE_VERSION", "0.1.28")];
const RAFT: &str = "/placement.center.openraft.OpenRaftService";

fn group(cluster: &Cluster, id: u16) -> Value {
    cluster.group(id, "metadata_0").unwrap_or_default()
}

fn agrees(cluster: &Cluster, id: u16, state: &str) {
    let real = recorded("v0.1.28-status.json")[state].clone();
    let found = differences(&group(cluster, id), &real);
    assert!(found.is_empty(), "{state}: {found:?}");
}

/// AddLearner's message: the id, a node of address and id, and not to wait.
fn add_learner(id: u16, address: &str) -> Vec<u8> {
    let mut node = vec![0x0a, address.len() as u8];
    node.extend(address.as_bytes());
    node.extend([0x10, id as u8]);
    let mut message = vec![0x08, id as u8, 0x12, node.len() as u8];
    message.extend(node);
    message
}

/// ChangeMembership's: every voter, and that the others stay as learners or not.
fn voters(ids: &[u8], retain: bool) -> Vec<u8> {
    let mut message: Vec<u8> = ids.iter().flat_map(|id| [0x08, *id]).collect();
    message.extend([0x10, retain.into()]);
    message
}

#[test]
fn nobody_begins_alone() {
    let cluster = Cluster::new(&SHAPE);
    cluster.start(1);
    let seen = until(Duration::from_secs(10), || (group(&cluster, 1)["current_term"].as_u64()? > 2).then_some(()));
    assert!(seen.is_some(), "{}", group(&cluster, 1));
    agrees(&cluster, 1, "alone");
    let term = group(&cluster, 1)["current_term"].as_u64();
    assert!(
        until(Duration::from_secs(10), || (group(&cluster, 1)["current_term"].as_u64() > term).then_some(())).is_some()
    );
    let refused = cluster.set(1, "key", "value").unwrap();
    assert_eq!(refused.header("grpc-status"), Some("13"));
    assert_eq!(refused.header("grpc-message"), Some("has%20to%20forward%20request%20to:%20None,%20None"));
}

#[test]
fn all_at_once_found_one_cluster() {
    let cluster = Cluster::new(&SHAPE);
    (1..=3).for_each(|id| cluster.start(id));
    (1..=3).for_each(|id| cluster.until_member(id));
    let leader = cluster.until_leader("metadata_0", None);
    agrees(&cluster, leader, "leader");
    agrees(&cluster, 1 + leader % 3, "follower");
    assert!(cluster.set_anywhere("key", "value"));
    (1..=3).for_each(|id| cluster.until_value(id, "key", "value"));
}

#[test]
fn an_emptied_voter_follows_with_nothing_until_the_next_write() {
    let cluster = Cluster::whole(&SHAPE);
    assert!(cluster.set_anywhere("before", "value"));
    let leader = cluster.until_leader("metadata_0", None);
    let emptied = 1 + leader % 3;
    cluster.kill(emptied);
    std::fs::remove_dir_all(cluster.data(emptied)).unwrap();
    cluster.start(emptied);
    let follows = until(Duration::from_secs(10), || (group(&cluster, emptied)["state"] == "Follower").then_some(()));
    assert!(follows.is_some(), "{}", group(&cluster, emptied));
    std::thread::sleep(Duration::from_secs(1));
    agrees(&cluster, emptied, "emptied_voter");
    agrees(&cluster, leader, "leader_of_the_emptied");
    assert_eq!(
        (&group(&cluster, emptied)["last_log_index"], &group(&cluster, emptied)["last_applied"]),
        (&json!(0), &json!(null))
    );
    assert_eq!(cluster.get(emptied, "before").unwrap(), "");
    assert!(cluster.set_anywhere("after", "value"));
    cluster.until_value(emptied, "after", "value");
    cluster.until_value(emptied, "before", "value");
}

#[test]
fn a_new_member_is_brought_in_by_two_calls() {
    let cluster = Cluster::whole(&SHAPE);
    assert!(cluster.set_anywhere("before", "value"));
    let leader = cluster.until_leader("metadata_0", None);
    let new = 1 + leader % 3;
    let others: Vec<u8> = (1..=3).filter(|id| *id != new as u8).collect();
    let change = format!("{RAFT}/ChangeMembership");
    assert!(post(cluster.grpc(leader), &change, &voters(&others, false)).unwrap().ok());
    cluster.kill(new);
    std::fs::remove_dir_all(cluster.data(new)).unwrap();
    cluster.start(new);
    let outside = until(Duration::from_secs(10), || (group(&cluster, new)["state"] == "Candidate").then_some(()));
    assert!(outside.is_some(), "{}", group(&cluster, new));
    agrees(&cluster, new, "outside");
    let refused = post(cluster.grpc(leader), &change, &voters(&[1, 2, 3], true)).unwrap();
    assert!(refused.header("grpc-message").unwrap().contains(&format!("Learner%20{new}%20not%20found")), "{refused:?}");
    let message = add_learner(new, &cluster.address(new));
    assert!(post(cluster.grpc(leader), &format!("{RAFT}/AddLearner"), &message).unwrap().ok());
    cluster.until_value(new, "before", "value");
    let leader = cluster.until_leader("metadata_0", None);
    assert!(post(cluster.grpc(leader), &change, &voters(&[1, 2, 3], true)).unwrap().ok());
    cluster.until_member(new);
    let follows = until(Duration::from_secs(10), || (group(&cluster, new)["state"] == "Follower").then_some(()));
    assert!(follows.is_some(), "{}", group(&cluster, new));
}

#[test]
fn empty_words_are_refused_in_its_words() {
    let cluster = Cluster::whole(&SHAPE);
    let leader = cluster.until_leader("metadata_0", None);
    for row in recorded("v0.1.28-refusals.json").as_array().unwrap() {
        let word = |key: &str| row[key].as_str().unwrap();
        let fields: Vec<&str> = row["fields"].as_array().unwrap().iter().map(|field| field.as_str().unwrap()).collect();
        let refused = call(cluster.grpc(leader), word("service"), word("method"), &fields).unwrap();
        assert_eq!(refused.header("grpc-status"), Some(word("status")));
        assert_eq!(refused.header("grpc-message"), Some(word("says")));
    }
}

#[test]
fn it_ends_as_the_real_one_where_it_cannot_start() {
    for row in recorded("v0.1.28-exits.json").as_array().unwrap() {
        let when = row["when"].as_str().unwrap();
        let cluster = Cluster::new(&SHAPE);
        let mut command = cluster.command(1);
        let conf = cluster.folder().join("conf-1.toml");
        let text = std::fs::read_to_string(&conf).unwrap();
        let logs = text.find("[log]").unwrap();
        match when {
            "no_log_table" => std::fs::write(&conf, &text[..logs]).unwrap(),
            "logger_missing" => std::fs::remove_file(cluster.folder().join("config/logger.toml")).unwrap(),
            "logger_unreadable" => cluster.write_logger("appenders:\n"),
            "log_config_unnamed" => {
                std::fs::write(&conf, format!("{}[log]\nlog_path = \"./logs\"\n", &text[..logs])).unwrap()
            }
            "logs_not_writable" => command = cluster.command_of_a_stranger(1),
            "configuration_missing" => std::fs::remove_file(&conf).unwrap(),
            other => panic!("{other}"),
        }
        ends_as(&mut command, row);
    }
}
