// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! A stand-in for RobustMQ's placement-center with RobustMQ's own raft engine. README.md says what it imitates.

mod admin;
mod api;
mod app;
mod calls;
mod entry;
mod exposition;
mod faults;
mod first_start;
mod gate;
mod grpc;
mod health;
mod login;
mod membership;
mod network;
mod newer_metrics;
mod pace;
pub mod peer;
mod peer_calls;
mod probe;
mod reach;
mod resolve;
mod run;
mod settings;
mod store;
mod tenant;
mod types;
mod watchdog;
pub mod wire;

pub use run::{fault, serve};
