// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What a member keeps on disk. Nothing is acknowledged before it is synced.

mod disk;
mod identity;
mod log;
mod machine;
mod snapshots;

pub use disk::{Disk, write_durably};
pub use identity::Identity;
pub use log::LogStore;
pub use machine::Machine;
