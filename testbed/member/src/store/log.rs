// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! `raft/logs/<group>.redb`: the log of one group. The vote lives in `raft/metadata`.

use std::fmt::Debug;
use std::ops::{Bound, RangeBounds};
use std::path::PathBuf;
use std::sync::Arc;

use openraft::storage::{LogFlushed, RaftLogStorage};
use openraft::{LogState, RaftLogReader, StorageIOError};
use redb::{ReadableDatabase, ReadableTable, TableDefinition};

use super::{Disk, Identity};
use crate::faults::Faults;
use crate::types::{Config, Entry, LogId, StorageError, Vote};

const ENTRIES: TableDefinition<u64, &[u8]> = TableDefinition::new("entries");
const STATE: TableDefinition<&str, &[u8]> = TableDefinition::new("state");
const PURGED: &str = "purged";

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The engine's view of one group's log.
#[derive(Clone)]
pub struct LogStore {
    group: String,
    disk: Disk,
    identity: Identity,
}

impl LogStore {
    /// Opens or creates the log of a group.
    pub async fn open(group: &str, path: PathBuf, identity: Identity, faults: Arc<Faults>) -> Result<Self, BoxError> {
        let disk = Disk::open(path, faults)?;
        disk.with_tables(|transaction| {
            transaction.open_table(ENTRIES)?;
            transaction.open_table(STATE)?;
            Ok(())
        })
        .await?;
        Ok(Self { group: group.into(), disk, identity })
    }

    fn entries(&self, from: Bound<u64>, to: Bound<u64>) -> Result<Vec<Entry>, BoxError> {
        let table = self.disk.database()?.begin_read()?.open_table(ENTRIES)?;
        let mut found = Vec::new();
        for row in table.range::<u64>((from, to))? {
            found.push(serde_json::from_slice(row?.1.value())?);
        }
        Ok(found)
    }

    fn state(&self) -> Result<LogState<Config>, BoxError> {
        let read = self.disk.database()?.begin_read()?;
        let last_purged_log_id: Option<LogId> = match read.open_table(STATE)?.get(PURGED)? {
            Some(bytes) => Some(serde_json::from_slice(bytes.value())?),
            None => None,
        };
        let last: Option<Entry> = match read.open_table(ENTRIES)?.last()? {
            Some((_, bytes)) => Some(serde_json::from_slice(bytes.value())?),
            None => None,
        };
        let last_log_id = last.map(|entry| entry.log_id).or(last_purged_log_id);
        Ok(LogState { last_purged_log_id, last_log_id })
    }
}

fn unreadable(error: BoxError) -> StorageError {
    StorageIOError::read_logs(openraft::AnyError::error(error)).into()
}

impl RaftLogReader<Config> for LogStore {
    async fn try_get_log_entries<RB: RangeBounds<u64> + Clone + Debug + Send>(
        &mut self,
        range: RB,
    ) -> Result<Vec<Entry>, StorageError> {
        let (from, to) = (range.start_bound().cloned(), range.end_bound().cloned());
        self.entries(from, to).map_err(unreadable)
    }
}

impl RaftLogStorage<Config> for LogStore {
    type LogReader = Self;

    async fn get_log_state(&mut self) -> Result<LogState<Config>, StorageError> {
        self.state().map_err(unreadable)
    }

    async fn get_log_reader(&mut self) -> Self {
        self.clone()
    }

    async fn save_vote(&mut self, vote: &Vote) -> Result<(), StorageError> {
        self.identity.save_vote(&self.group, *vote).await;
        Ok(())
    }

    async fn read_vote(&mut self) -> Result<Option<Vote>, StorageError> {
        Ok(self.identity.vote(&self.group))
    }

    async fn append<I>(&mut self, entries: I, callback: LogFlushed<Config>) -> Result<(), StorageError>
    where
        I: IntoIterator<Item = Entry> + Send,
        I::IntoIter: Send,
    {
        let entries: Vec<Entry> = entries.into_iter().collect();
        self.disk
            .write(move |transaction| {
                let mut table = transaction.open_table(ENTRIES)?;
                for entry in &entries {
                    table.insert(entry.log_id.index, serde_json::to_vec(entry)?.as_slice())?;
                }
                Ok(())
            })
            .await;
        callback.log_io_completed(Ok(()));
        Ok(())
    }

    async fn truncate(&mut self, log_id: LogId) -> Result<(), StorageError> {
        self.disk
            .write(move |transaction| {
                transaction.open_table(ENTRIES)?.retain_in(log_id.index.., |_, _| false)?;
                Ok(())
            })
            .await;
        Ok(())
    }

    async fn purge(&mut self, log_id: LogId) -> Result<(), StorageError> {
        self.disk
            .write(move |transaction| {
                transaction.open_table(STATE)?.insert(PURGED, serde_json::to_vec(&log_id)?.as_slice())?;
                transaction.open_table(ENTRIES)?.retain_in(..=log_id.index, |_, _| false)?;
                Ok(())
            })
            .await;
        Ok(())
    }
}
