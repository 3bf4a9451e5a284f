// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The admin port on loopback, where faults are switched, and the client for it that is part of the program.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use openraft::ServerState;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::app::App;

/// What a shell reports of a process that aborted.
const ABORTED: i32 = 134;

/// Serves until the process ends.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> Result<(), String> {
    tokio::spawn(thaw(app.clone()));
    let routes = Router::new().route("/", get(show)).route("/faults/{kind}", put(set).delete(clear)).with_state(app);
    axum::serve(listener, routes).await.map_err(|e| format!("admin server: {e}"))
}

/// Lets frozen connections notice that the deadlock is over, however it ended.
async fn thaw(app: Arc<App>) {
    loop {
        tokio::time::sleep(Duration::from_millis(200)).await;
        if !app.faults.on("deadlock") {
            app.faults.wake();
        }
    }
}

async fn show(State(app): State<Arc<App>>) -> Json<Value> {
    let settings = &app.settings;
    let shape = format!("{:?}", settings.shape).to_lowercase();
    Json(json!({"version": settings.version, "shape": shape, "id": settings.id, "faults": app.faults.list()}))
}

#[derive(Deserialize)]
struct How {
    value: Option<u64>,
    seconds: Option<u64>,
}

type Answer = (StatusCode, Json<Value>);

async fn set(State(app): State<Arc<App>>, Path(kind): Path<String>, Query(how): Query<How>) -> Answer {
    if let Err(error) = app.faults.set(&kind, how.value, how.seconds.map(Duration::from_secs)) {
        return (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    }
    match kind.as_str() {
        "crash" => std::process::exit(ABORTED),
        "no_leader" => depose(&app).await,
        _ => {}
    }
    (StatusCode::OK, show(State(app)).await)
}

/// A leader keeps its office until it stands for the next one, which it cannot win without its peers.
async fn depose(app: &App) {
    for group in &app.groups {
        if group.raft.metrics().borrow().state == ServerState::Leader {
            let _ = group.raft.trigger().elect().await;
        }
    }
}

async fn clear(State(app): State<Arc<App>>, Path(kind): Path<String>) -> Answer {
    app.faults.clear(&kind);
    (StatusCode::OK, show(State(app)).await)
}

/// `fault list | clear KIND | KIND [--value N] [--seconds N]`: asks the member that runs beside this process.
pub fn client(args: &[String], port: u16) -> Result<String, String> {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => request(port, "GET", "/"),
        ["clear", kind] => request(port, "DELETE", &format!("/faults/{kind}")),
        [kind, options @ ..] if !kind.starts_with('-') => {
            request(port, "PUT", &format!("/faults/{kind}?{}", query(options)?))
        }
        _ => Err("usage: fault list | fault clear KIND|all | fault KIND [--value N] [--seconds N]".into()),
    }
}

fn query(options: &[&str]) -> Result<String, String> {
    let pairs = options.chunks(2).map(|pair| match pair {
        ["--value", number] => Ok(format!("value={number}")),
        ["--seconds", number] => Ok(format!("seconds={number}")),
        _ => Err(format!("not understood: {}", pair.join(" "))),
    });
    Ok(pairs.collect::<Result<Vec<_>, _>>()?.join("&"))
}

fn request(port: u16, method: &str, path: &str) -> Result<String, String> {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    let answer = ask().map_err(|e| format!("admin port {port}: {e}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    // A crash answers nothing, as it should.
    if head.starts_with("HTTP/1.1 200") || answer.is_empty() { Ok(body.into()) } else { Err(answer) }
}
