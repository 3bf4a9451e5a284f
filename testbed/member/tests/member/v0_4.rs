// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Shape `v0_4` against answers of the real broker-server v0.4.11: how it ends, who is let in, what it counts.

use std::net::UdpSocket;
use std::time::Duration;

use serde_json::Value;

use crate::common::{Cluster, ends_as, plain, recorded, until};

const SHAPE: [(&str, &str); 2] = [("REFERENCE_SHAPE", "v0_4"), ("REFERENCE_VERSION", "0.4.11")];
const JSON: &str = "Content-Type: application/json\r\n";

/// An address of this machine that is not its loopback; nothing is sent to learn it.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

fn alone(env: &[(&str, &str)]) -> Cluster {
    let cluster = Cluster::new(&[&SHAPE[..], env].concat());
    cluster.start(1);
    cluster.until_member(1);
    cluster
}

fn log_in(cluster: &Cluster, host: &str, password: &str) -> Option<String> {
    let body = format!("{{\"username\":\"admin\",\"password\":\"{password}\"}}");
    let (_, _, answer) = plain(host, cluster.http(1), "POST", "/api/v1/login", JSON, &body)?;
    let answer: Value = serde_json::from_str(&answer).ok()?;
    Some(answer["data"]["token"].as_str()?.into())
}

#[test]
fn it_ends_as_the_real_one_where_it_cannot_start() {
    for row in recorded("v0.4.11-exits.json").as_array().unwrap() {
        let cluster = Cluster::new(&SHAPE);
        let mut command = cluster.command(1);
        let conf = cluster.folder().join("conf-1.toml");
        let text = std::fs::read_to_string(&conf).unwrap();
        match row["when"].as_str().unwrap() {
            "logger_missing" => std::fs::remove_file(cluster.folder().join("config/logger.toml")).unwrap(),
            "logger_unreadable" => cluster.write_logger("x = ["),
            "logger_of_no_kind" => cluster.write_logger("[a]\nlevel = \"info\"\n"),
            "logger_of_unknown_kind" => cluster.write_logger("[a]\nkind = \"nothing\"\n"),
            "logs_not_writable" => command = cluster.command_of_a_stranger(1),
            "configuration_missing" => std::fs::remove_file(&conf).unwrap(),
            "configuration_unreadable" => std::fs::write(&conf, "x = [").unwrap(),
            "meta_alone_at_first" => std::fs::write(&conf, text.replace(", \"engine\"", "")).unwrap(),
            other => panic!("{other}"),
        }
        ends_as(&mut command, row);
    }
}

#[test]
fn the_folder_of_logs_is_made_and_the_console_has_the_loggers_level() {
    let cluster = Cluster::new(&SHAPE);
    let mut command = cluster.command(1);
    cluster.write_logger("[out]\nkind = \"console\"\nlevel = \"error\"\n[file]\nkind = \"rolling_file\"\nrotation = \"daily\"\ndirectory = \"./far\"\n");
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let made = until(Duration::from_secs(5), || {
        (cluster.folder().join("logs").is_dir() && cluster.folder().join("far").is_dir()).then_some(())
    });
    let ready = until(Duration::from_secs(10), || cluster.status(1));
    child.kill().unwrap();
    let written = child.wait_with_output().unwrap().stdout;
    assert!(made.is_some() && ready.is_some());
    assert_eq!(String::from_utf8_lossy(&written), "");
}

#[test]
fn login_and_token_answer_as_recorded() {
    let cluster = alone(&[]);
    let Some(host) = own_address() else {
        eprintln!("left out: this machine has no address but its loopback");
        return;
    };
    let token = log_in(&cluster, &host, "admin").expect("a token");
    for row in recorded("v0.4.11-login.json").as_array().unwrap() {
        let word = |key: &str| row[key].as_str().unwrap();
        let mut headers = String::new();
        if !word("content_type").is_empty() {
            headers += &format!("Content-Type: {}\r\n", word("content_type"));
        }
        if !word("authorization").is_empty() {
            headers += &format!("Authorization: {}\r\n", word("authorization").replace("...", &token));
        }
        let (status, kind, body) =
            plain(&host, cluster.http(1), word("method"), word("path"), &headers, word("body")).unwrap();
        assert_eq!(
            (u64::from(status), kind.as_str()),
            (row["status"].as_u64().unwrap(), word("answers")),
            "{}",
            word("name")
        );
        if let Some(answer) = row["answer"].as_str() {
            let known = serde_json::from_str(&body)
                .ok()
                .and_then(|told: Value| Some(told["data"]["token"].as_str()?.to_string()));
            assert_eq!(known.map_or(body.clone(), |token| body.replace(&token, "...")), answer, "{}", word("name"));
        }
    }
    let (status, _, _) = plain("127.0.0.1", cluster.http(1), "GET", "/api/health/ready", "", "").unwrap();
    assert_eq!(status, 200, "the loopback needs no token");
}

#[test]
fn the_environment_replaces_the_files_password_only_where_that_stands() {
    let variable = [("ROBUST_MQ_SERVER_ADMIN_PASSWORD", "\"from the environment\"")];
    let unnamed = alone(&variable);
    assert!(log_in(&unnamed, "127.0.0.1", "admin").is_some(), "no line, no override");
    let cluster = Cluster::new(&[&SHAPE[..], &variable[..]].concat());
    drop(cluster.command(1));
    let conf = cluster.folder().join("conf-1.toml");
    let text = std::fs::read_to_string(&conf).unwrap();
    std::fs::write(&conf, format!("{text}[admin]\npassword = \"of the file\"\n")).unwrap();
    cluster.start_as_configured(1);
    cluster.until_member(1);
    assert!(log_in(&cluster, "127.0.0.1", "from the environment").is_some());
    assert!(log_in(&cluster, "127.0.0.1", "of the file").is_none());
    assert!(log_in(&cluster, "127.0.0.1", "admin").is_none());
}

#[test]
fn metrics_have_the_recorded_names_labels_and_buckets() {
    let cluster = alone(&[]);
    for number in 0..3 {
        assert!(cluster.set(1, &format!("key-{number}"), "value").unwrap().ok());
    }
    let (status, kind, text) = plain("127.0.0.1", cluster.http(1), "GET", "/metrics", "", "").unwrap();
    assert_eq!((status, kind.as_str()), (200, "text/plain; charset=utf-8"));
    let lines: Vec<&str> = text.lines().collect();
    let has = |start: &str| assert!(lines.iter().any(|line| line.starts_with(start)), "{start} in\n{text}");
    for (name, known) in recorded("v0.4.11-metrics.json").as_object().unwrap() {
        has(&format!("# TYPE {name} {}", known["type"].as_str().unwrap()));
        for (series, labels) in known["series"].as_object().unwrap() {
            let machines = labels["machine"].as_array().unwrap().iter().map(|machine| machine.as_str().unwrap());
            for machine in machines {
                match labels["le"].as_array() {
                    None => has(&format!("{series}{{machine=\"{machine}\"}} ")),
                    Some(bounds) => bounds.iter().map(|bound| bound.as_str().unwrap()).for_each(|bound| {
                        has(&format!("{series}{{le=\"{bound}\",machine=\"{machine}\"}} "));
                    }),
                }
            }
        }
    }
    // The default tenant and three keys.
    for line in
        ["raft_write_success_total{machine=\"metadata_0\"} 4", "raft_write_failures_total{machine=\"metadata_0\"} 0"]
    {
        assert!(lines.contains(&line), "{line} in\n{text}");
    }
    assert_eq!(lines.last(), Some(&"# EOF"));
}

#[test]
fn health_is_at_the_root_from_the_release_that_has_it() {
    let Some(host) = own_address() else {
        eprintln!("left out: this machine has no address but its loopback");
        return;
    };
    for (version, wanted) in [("0.4.11", 404), ("0.4.12", 200)] {
        let cluster = alone(&[("REFERENCE_VERSION", version)]);
        let ask = |path: &str| plain(&host, cluster.http(1), "GET", path, "", "").unwrap();
        let (status, _, body) = ask("/health/ready");
        assert_eq!(status, wanted, "{version}");
        if wanted == 200 {
            assert!(body.starts_with("{\"code\":0,\"data\":{\"status\":\"ok\",\"check_type\":\"ready\""), "{body}");
        }
        assert_eq!(ask("/api/health/ready").0, 401, "{version}");
    }
}

#[test]
fn a_leader_that_is_deaf_for_too_long_loses_some_groups() {
    let groups = ["metadata_0", "offset_0", "data_0"];
    let cluster = Cluster::whole(&SHAPE);
    let apart = until(Duration::from_secs(180), || {
        let deaf = cluster.until_leader(groups[0], None);
        cluster.signal(deaf, "STOP");
        // As soon as one group has another leader, it hears again.
        let others: Vec<u16> = (1..=3).filter(|id| *id != deaf).collect();
        until(Duration::from_secs(10), || {
            let moved = |group: &&str| others.iter().any(|id| cluster.leads(*id, group));
            groups.iter().any(moved).then_some(())
        });
        cluster.signal(deaf, "CONT");
        let led = groups.map(|group| cluster.until_leader(group, None));
        led.iter().any(|leader| *leader != led[0]).then_some(led)
    });
    assert!(apart.is_some(), "one member led all groups after every pause");
}
