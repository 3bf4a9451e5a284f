// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! `storage/kv/<group>.redb`: what the log has been applied to. Every apply is synced.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use openraft::storage::RaftStateMachine;
use openraft::{EntryPayload, RaftSnapshotBuilder, StorageIOError};
use redb::{ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};

use super::Disk;
use super::snapshots::Snapshots;
use crate::faults::Faults;
use crate::settings::Snapshots as Installing;
use crate::types::{Command, Config, Entry, LogId, Membership, Snapshot, SnapshotMeta, StorageError};

const KV: TableDefinition<&str, &str> = TableDefinition::new("kv");
const STATE: TableDefinition<&str, &[u8]> = TableDefinition::new("state");
const APPLIED: &str = "applied";
/// v0.1's leader gives up after 200 ms and begins anew, so that a snapshot of about this size never counts as installed.
const NEVER_DONE: usize = 4 << 20;
const LONGER_THAN_THE_LEADER_WAITS: Duration = Duration::from_millis(600);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// How far the log has been applied.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Applied {
    log_id: Option<LogId>,
    membership: Membership,
}

/// The key-value state of one group.
#[derive(Clone)]
pub struct Machine {
    group: String,
    disk: Disk,
    snapshots: Snapshots,
    installing: Installing,
}

impl Machine {
    /// Opens or creates the state of a group.
    pub async fn open(
        group: &str,
        path: PathBuf,
        snapshots: PathBuf,
        installing: Installing,
        faults: Arc<Faults>,
    ) -> Result<Self, BoxError> {
        let snapshots = Snapshots::open(group, snapshots, faults.clone())?;
        let disk = Disk::open(path, faults)?;
        disk.with_tables(|transaction| {
            transaction.open_table(KV)?;
            transaction.open_table(STATE)?;
            Ok(())
        })
        .await?;
        Ok(Self { group: group.into(), disk, snapshots, installing })
    }

    /// The value of a key, as far as this member has applied the log.
    pub fn get(&self, key: &str) -> Result<Option<String>, BoxError> {
        let table = self.disk.database()?.begin_read()?.open_table(KV)?;
        Ok(table.get(key)?.map(|value| value.value().to_string()))
    }

    /// The values whose keys begin so, in the keys' order.
    pub fn values(&self, prefix: &str) -> Result<Vec<String>, BoxError> {
        let table = self.disk.database()?.begin_read()?.open_table(KV)?;
        let mut found = Vec::new();
        for row in table.range(prefix..)? {
            let (key, value) = row?;
            if !key.value().starts_with(prefix) {
                break;
            }
            found.push(value.value().to_string());
        }
        Ok(found)
    }

    /// Position and content as of one moment; no content where nobody will ever read it from a snapshot.
    fn view(&self) -> Result<(Applied, BTreeMap<String, String>), BoxError> {
        let read = self.disk.database()?.begin_read()?;
        let applied = match read.open_table(STATE)?.get(APPLIED)? {
            Some(bytes) => serde_json::from_slice(bytes.value())?,
            None => Applied::default(),
        };
        let mut content = BTreeMap::new();
        if self.installing == Installing::Empty {
            return Ok((applied, content));
        }
        for row in read.open_table(KV)?.iter()? {
            let (key, value) = row?;
            content.insert(key.value().to_string(), value.value().to_string());
        }
        Ok((applied, content))
    }

    fn applied(&self) -> Result<Applied, BoxError> {
        let table = self.disk.database()?.begin_read()?.open_table(STATE)?;
        match table.get(APPLIED)? {
            Some(bytes) => Ok(serde_json::from_slice(bytes.value())?),
            None => Ok(Applied::default()),
        }
    }
}

fn unreadable(error: BoxError) -> StorageError {
    StorageIOError::read_state_machine(openraft::AnyError::error(error)).into()
}

fn apply_entry(transaction: &WriteTransaction, entry: &Entry, applied: &mut Applied) -> Result<(), BoxError> {
    applied.log_id = Some(entry.log_id);
    match &entry.payload {
        EntryPayload::Blank => {}
        EntryPayload::Membership(membership) => {
            applied.membership = Membership::new(Some(entry.log_id), membership.clone());
        }
        EntryPayload::Normal(Command::Set { key, value }) => {
            transaction.open_table(KV)?.insert(key.as_str(), value.as_str())?;
        }
        EntryPayload::Normal(Command::Delete { key }) => {
            transaction.open_table(KV)?.remove(key.as_str())?;
        }
    }
    Ok(())
}

fn put_applied(transaction: &WriteTransaction, applied: &Applied) -> Result<(), BoxError> {
    transaction.open_table(STATE)?.insert(APPLIED, serde_json::to_vec(applied)?.as_slice())?;
    Ok(())
}

impl RaftSnapshotBuilder<Config> for Machine {
    async fn build_snapshot(&mut self) -> Result<Snapshot, StorageError> {
        let (applied, content) = self.view().map_err(unreadable)?;
        let bytes = serde_json::to_vec(&content).map_err(|e| unreadable(e.into()))?;
        let id = match applied.log_id {
            Some(log_id) => format!("{}-{}", log_id.leader_id.term, log_id.index),
            None => "empty".into(),
        };
        let meta = SnapshotMeta { last_log_id: applied.log_id, last_membership: applied.membership, snapshot_id: id };
        self.snapshots.save(&meta, &bytes).await;
        Ok(Snapshot { meta, snapshot: Box::new(Cursor::new(bytes)) })
    }
}

impl RaftStateMachine<Config> for Machine {
    type SnapshotBuilder = Self;

    async fn applied_state(&mut self) -> Result<(Option<LogId>, Membership), StorageError> {
        let applied = self.applied().map_err(unreadable)?;
        Ok((applied.log_id, applied.membership))
    }

    async fn apply<I>(&mut self, entries: I) -> Result<Vec<()>, StorageError>
    where
        I: IntoIterator<Item = Entry> + Send,
        I::IntoIter: Send,
    {
        let entries: Vec<Entry> = entries.into_iter().collect();
        let answers = vec![(); entries.len()];
        let before = self.applied().map_err(unreadable)?;
        self.disk
            .write(move |transaction| {
                let mut applied = before.clone();
                for entry in &entries {
                    apply_entry(transaction, entry, &mut applied)?;
                }
                put_applied(transaction, &applied)
            })
            .await;
        Ok(answers)
    }

    async fn get_snapshot_builder(&mut self) -> Self {
        self.clone()
    }

    async fn begin_receiving_snapshot(&mut self) -> Result<Box<Cursor<Vec<u8>>>, StorageError> {
        Ok(Box::default())
    }

    async fn install_snapshot(
        &mut self,
        meta: &SnapshotMeta,
        snapshot: Box<Cursor<Vec<u8>>>,
    ) -> Result<(), StorageError> {
        let bytes = snapshot.into_inner();
        let content: BTreeMap<String, String> = serde_json::from_slice(&bytes).map_err(|e| unreadable(e.into()))?;
        self.snapshots.save(meta, &bytes).await;
        let applied = Applied { log_id: meta.last_log_id, membership: meta.last_membership.clone() };
        let replaces = self.installing == Installing::Complete;
        let slow = self.installing == Installing::Additive && bytes.len() > NEVER_DONE;
        tracing::info!("[{}] Successfully recovered {} entries from snapshot", self.group, content.len());
        self.disk
            .write(move |transaction| {
                let mut table = transaction.open_table(KV)?;
                if replaces {
                    table.retain(|_, _| false)?;
                }
                for (key, value) in &content {
                    table.insert(key.as_str(), value.as_str())?;
                }
                put_applied(transaction, &applied)
            })
            .await;
        if slow {
            tokio::time::sleep(LONGER_THAN_THE_LEADER_WAITS).await;
        }
        Ok(())
    }

    async fn get_current_snapshot(&mut self) -> Result<Option<Snapshot>, StorageError> {
        self.snapshots.load().map_err(unreadable)
    }
}
