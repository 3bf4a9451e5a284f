// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! `raft/snapshots/<group>.snap`: the newest snapshot of one group, replaced as a whole.

use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::disk::{insist, write_durably};
use crate::faults::Faults;
use crate::types::{Snapshot, SnapshotMeta};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

#[derive(Serialize, Deserialize)]
struct Content {
    meta: SnapshotMeta,
    /// The key-value state as JSON.
    state: String,
}

/// Where one group keeps its snapshot.
#[derive(Clone)]
pub struct Snapshots {
    path: PathBuf,
    faults: Arc<Faults>,
}

impl Snapshots {
    /// Names the file in the folder of snapshots.
    pub fn open(group: &str, folder: PathBuf, faults: Arc<Faults>) -> std::io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self { path: folder.join(format!("{group}.snap")), faults })
    }

    /// Replaces the snapshot, however long the disk makes it wait.
    pub async fn save(&self, meta: &SnapshotMeta, state: &[u8]) {
        let state = String::from_utf8_lossy(state).into_owned();
        let bytes = serde_json::to_vec(&Content { meta: meta.clone(), state }).unwrap_or_default();
        let this = self.clone();
        insist(&self.path, move || write_durably(&this.path, &bytes, &this.faults)).await;
    }

    /// The snapshot on disk.
    pub fn load(&self) -> Result<Option<Snapshot>, BoxError> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        let content: Content = serde_json::from_slice(&bytes)?;
        let state = Box::new(Cursor::new(content.state.into_bytes()));
        Ok(Some(Snapshot { meta: content.meta, snapshot: state }))
    }
}
