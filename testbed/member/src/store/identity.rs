// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! `raft/metadata`: who this member is, and the term and vote of every group.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};

use super::disk::{insist, write_durably};
use crate::faults::Faults;
use crate::types::Vote;

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Content {
    node_id: u64,
    cluster_id: String,
    groups: BTreeMap<String, GroupState>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct GroupState {
    term: u64,
    vote: Vote,
}

/// The file in memory; every change is on disk before it counts.
#[derive(Clone)]
pub struct Identity {
    path: PathBuf,
    content: Arc<Mutex<Content>>,
    faults: Arc<Faults>,
}

impl Identity {
    /// Reads the file, or writes it at the first start. Another member's data is refused.
    pub fn open(path: &Path, node_id: u64, cluster_id: &str, faults: Arc<Faults>) -> Result<Self, String> {
        let described = |e: &dyn std::fmt::Display| format!("{}: {e}", path.display());
        let fresh = Content { node_id, cluster_id: cluster_id.into(), groups: BTreeMap::new() };
        let content = match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice::<Content>(&bytes).map_err(|e| described(&e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let bytes = serde_json::to_vec_pretty(&fresh).map_err(|e| described(&e))?;
                write_durably(path, &bytes, &faults).map_err(|e| described(&e))?;
                fresh
            }
            Err(e) => return Err(described(&e)),
        };
        if content.node_id != node_id {
            let found = content.node_id;
            return Err(format!("{} belongs to node {found}, this is node {node_id}", path.display()));
        }
        Ok(Self { path: path.into(), content: Arc::new(Mutex::new(content)), faults })
    }

    /// The last vote of a group.
    pub fn vote(&self, group: &str) -> Option<Vote> {
        self.content.lock().unwrap().groups.get(group).map(|state| state.vote)
    }

    /// Stores a vote, however long the disk makes it wait.
    pub async fn save_vote(&self, group: &str, vote: Vote) {
        let (this, group) = (self.clone(), group.to_string());
        insist(&self.path, move || this.try_save(&group, vote)).await;
    }

    fn try_save(&self, group: &str, vote: Vote) -> std::io::Result<()> {
        // Held over the write: two groups share the file and its temporary name.
        let mut content = self.content.lock().unwrap();
        let mut next = content.clone();
        next.groups.insert(group.into(), GroupState { term: vote.leader_id.term, vote });
        let bytes = serde_json::to_vec_pretty(&next)?;
        write_durably(&self.path, &bytes, &self.faults)?;
        *content = next;
        Ok(())
    }
}
