// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The default tenant, which RobustMQ makes at its first start and looks for at every one.
//!
//! It asks the first address of its list, which may be its own, and the leader to make what it does not find. A member that
//! was filled by a snapshot which recovers nothing has no tenant; where it is that first address, nobody behind it starts.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tonic::Status;

use crate::app::App;
use crate::calls;
use crate::peer::Peer;
use crate::types::Command;
use crate::wire::{ExistsReply, TenantRequest};

pub const TENANT: &str = "/reference.member.Peer/Tenant";

/// In the one key space that clients see, too.
const KEY: &str = "/tenants/default";
const NAME: &str = "default";
const ASK_WITHIN: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_secs(1);
const GIVE_UP: Duration = Duration::from_secs(60);

/// What a member answers: whether its own state has the tenant; the leader makes it when told to.
pub async fn answer(app: Arc<App>, request: TenantRequest) -> Result<ExistsReply, Status> {
    let known = app.main_group().machine.get(KEY).map_err(|e| Status::internal(e.to_string()))?.is_some();
    if request.create {
        if known {
            return Err(Status::already_exists(format!("Tenant {NAME} already exists")));
        }
        calls::write(&app, Command::Set { key: KEY.into(), value: NAME.into() }).await?;
    }
    Ok(ExistsReply { flag: known || request.create })
}

/// Returns once the tenant is there, or with the reason to exit.
pub async fn ensure(app: &Arc<App>) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        match attempt(app).await {
            Ok(()) => return Ok(()),
            Err(status) if status.code() == tonic::Code::AlreadyExists || begun.elapsed() > GIVE_UP => {
                return Err(format!("Failed to initialize default tenant: {}", status.message()));
            }
            Err(_) => tokio::time::sleep(PAUSE).await,
        }
    }
}

async fn attempt(app: &Arc<App>) -> Result<(), Status> {
    if listed(app).await? {
        return Ok(());
    }
    let leader = app.main_group().raft.metrics().borrow().current_leader;
    let leader = leader.ok_or_else(|| Status::unavailable("no leader"))?;
    ask(app, leader, true).await.map(|_| ())
}

/// What the first member that answers has.
async fn listed(app: &Arc<App>) -> Result<bool, Status> {
    for id in app.settings.nodes.keys() {
        if let Ok(known) = ask(app, *id, false).await {
            return Ok(known);
        }
    }
    Err(Status::unavailable("nobody answers"))
}

async fn ask(app: &Arc<App>, id: u64, create: bool) -> Result<bool, Status> {
    let request = TenantRequest { create };
    if id == app.settings.id {
        return answer(app.clone(), request).await.map(|reply| reply.flag);
    }
    let address = app.settings.nodes.get(&id).ok_or_else(|| Status::not_found("a leader that is not configured"))?;
    let reply: ExistsReply = Peer::new(address).call_within(ASK_WITHIN, TENANT, request).await?;
    Ok(reply.flag)
}
