// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! What one member and three of them do, seen from outside.

#[path = "../common/mod.rs"]
mod common;

mod content;
mod data;
mod groups;
mod health;
mod order;
mod shapes;
mod v0_1;
mod v0_4;
