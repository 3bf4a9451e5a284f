// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! `config/cluster.conf` and `config/node.conf`: how this member was set up, written once.

use std::io;

use crate::faults::Faults;
use crate::settings::Settings;
use crate::store::write_durably;

/// Writes the two files unless they are there.
pub fn record(settings: &Settings, faults: &Faults) -> io::Result<()> {
    let folder = settings.data.join("config");
    std::fs::create_dir_all(&folder)?;
    for (name, content) in [("cluster.conf", cluster(settings)), ("node.conf", node(settings))] {
        let path = folder.join(name);
        if !path.exists() {
            write_durably(&path, content.as_bytes(), faults)?;
        }
    }
    Ok(())
}

fn cluster(settings: &Settings) -> String {
    let mut text = format!("cluster_name = {:?}\n\n[nodes]\n", settings.cluster_name);
    for (id, address) in &settings.nodes {
        text += &format!("{id} = {address:?}\n");
    }
    text
}

fn node(settings: &Settings) -> String {
    format!(
        "node_id = {}\nrpc_addr = {:?}\ngrpc_port = {}\nhttp_port = {}\nversion = {:?}\n",
        settings.id,
        settings.own_address(),
        settings.grpc_port,
        settings.http_port,
        settings.version,
    )
}
