// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Durable writes that wait for space instead of killing the raft engine.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use redb::{Database, ReadableDatabase, WriteTransaction};

use crate::faults::Faults;

const RETRY: Duration = Duration::from_millis(500);

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A redb file and the faults of the disk under it.
///
/// A write that fails is tried again until it succeeds: the engine would otherwise stop for good at the first full
/// disk. While it waits, the member is not ready, acknowledges nothing and looks to its peers like a slow one.
#[derive(Clone)]
pub struct Disk {
    path: PathBuf,
    database: Arc<Mutex<Option<Arc<Database>>>>,
    faults: Arc<Faults>,
}

impl Disk {
    /// Opens or creates the file.
    pub fn open(path: PathBuf, faults: Arc<Faults>) -> Result<Self, BoxError> {
        fs::create_dir_all(path.parent().unwrap_or(Path::new("/")))?;
        let database = Arc::new(Database::create(&path)?);
        Ok(Self { path, database: Arc::new(Mutex::new(Some(database))), faults })
    }

    /// Creates the tables of a new file; an old one is left alone, so that a start needs no space.
    pub async fn with_tables<F>(&self, create: F) -> Result<(), BoxError>
    where
        F: Fn(&WriteTransaction) -> Result<(), BoxError> + Send + Sync + 'static,
    {
        if self.database()?.begin_read()?.list_tables()?.next().is_none() {
            self.write(create).await;
        }
        Ok(())
    }

    /// The database for reading; it is opened anew after a write that failed.
    pub fn database(&self) -> Result<Arc<Database>, BoxError> {
        let mut slot = self.database.lock().unwrap();
        if slot.is_none() {
            *slot = Some(Arc::new(Database::create(&self.path)?));
        }
        Ok(slot.clone().unwrap())
    }

    /// Does one synced transaction, however long the disk makes it wait.
    pub async fn write<F>(&self, work: F)
    where
        F: Fn(&WriteTransaction) -> Result<(), BoxError> + Send + Sync + 'static,
    {
        let disk = self.clone();
        insist(&self.path, move || disk.transact(&work)).await;
    }

    fn transact(&self, work: &dyn Fn(&WriteTransaction) -> Result<(), BoxError>) -> Result<(), BoxError> {
        self.faults.disk()?;
        let result = self.database().and_then(|database| {
            let transaction = database.begin_write()?;
            work(&transaction)?;
            Ok(transaction.commit()?)
        });
        if result.is_err() {
            // redb refuses everything after an I/O error until the file is opened again.
            self.database.lock().unwrap().take();
        }
        result
    }
}

/// Repeats blocking work on a file until it succeeds.
pub async fn insist<F, E>(path: &Path, work: F)
where
    F: Fn() -> Result<(), E> + Send + Sync + 'static,
    E: Display + Send + 'static,
{
    let work = Arc::new(work);
    loop {
        let attempt = work.clone();
        match tokio::task::spawn_blocking(move || attempt()).await {
            Ok(Ok(())) => return,
            Ok(Err(error)) => tracing::error!(path = %path.display(), %error, "not written, waiting"),
            Err(error) => tracing::error!(path = %path.display(), %error, "writing panicked, waiting"),
        }
        tokio::time::sleep(RETRY).await;
    }
}

/// Replaces a file so that a crash leaves either the old or the new content.
pub fn write_durably(path: &Path, content: &[u8], faults: &Faults) -> io::Result<()> {
    faults.disk()?;
    let folder = path.parent().unwrap_or(Path::new("/"));
    let temporary = path.with_extension("tmp");
    let mut file = File::create(&temporary)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(&temporary, path)?;
    File::open(folder)?.sync_all()
}
