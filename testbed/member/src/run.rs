// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The life of the process.

use std::net::Ipv4Addr;
use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

use crate::app::App;
use crate::faults::Faults;
use crate::gate::{Caller, Gate};
use crate::settings::{self, Environment, Settings, Shape};
use crate::{admin, api, entry, first_start, grpc, health, reach, watchdog};

const STOP_WITHIN: Duration = Duration::from_secs(5);

/// The `fault` subcommand.
pub fn fault(args: &[String]) -> Result<String, String> {
    admin::client(args, settings::admin_port()?)
}

/// Runs a member until it is told to stop, or cannot go on.
pub fn serve(args: &[String]) -> Result<(), String> {
    let env = Environment::read()?;
    let faults = Arc::new(Faults::parse(&env.fault)?);
    let ends_by_panic = env.shape != Shape::Contract;
    let settings = match Settings::read(args, env) {
        // What RobustMQ does with a configuration that it cannot use: exit code 101.
        Err(error) if ends_by_panic => panic!("{error}"),
        read => read?,
    };
    log_to_stdout(&settings)?;
    let runtime = tokio::runtime::Runtime::new().map_err(|e| e.to_string())?;
    let outcome = runtime.block_on(until_stopped(settings, faults));
    // Blocking work may be waiting for the disk; what was acknowledged is synced.
    runtime.shutdown_background();
    outcome
}

fn log_to_stdout(settings: &Settings) -> Result<(), String> {
    let Some(level) = &settings.log_level else { return Ok(()) };
    let filter =
        EnvFilter::try_new(format!("{level},openraft=warn,hickory_net=warn")).map_err(|e| format!("log level: {e}"))?;
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).init();
    tracing::info!(version = settings.version, shape = ?settings.shape, id = settings.id, "starting");
    Ok(())
}

async fn until_stopped(settings: Settings, faults: Arc<Faults>) -> Result<(), String> {
    let mut stop = StopSignals::listen(settings.stops_on_sigterm)?;
    let app = OnceLock::new();
    tokio::select! {
        outcome = live(settings, faults, &app) => outcome,
        () = stop.wait() => {
            tracing::info!("stopping");
            if let Some(app) = app.get() {
                stop_engines(app).await;
            }
            Ok(())
        }
    }
}

async fn live(settings: Settings, faults: Arc<Faults>, slot: &OnceLock<Arc<App>>) -> Result<(), String> {
    if faults.on("exit_at_start") {
        return Err("exit_at_start: told to fail".into());
    }
    if let Some(seconds) = faults.value("slow_start", 30) {
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
    let listens = |e: std::io::Error| format!("cannot listen: {e}");
    let admin = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.admin_port)).await.map_err(listens)?;
    let grpc = Gate::bind(&settings.bind, settings.grpc_port, faults.clone()).await.map_err(listens)?;
    let http = match settings.shape {
        // RobustMQ v0.1 has a setting for the port and nothing behind it.
        Shape::V0_1 => None,
        _ => Some(Gate::bind(&settings.bind, settings.http_port, faults.clone()).await.map_err(listens)?),
    };
    let app = Arc::new(App::start(settings, faults).await?);
    let _ = slot.set(app.clone());
    first_start::record(&app.settings, &app.faults).map_err(|e| format!("first start: {e}"))?;
    let has_data = entry::has_data(&app).await?;
    if app.settings.shape == Shape::V0_1 && !has_data {
        entry::found_together(&app).await?;
    }
    tokio::spawn(reach::watch(app.clone()));
    tokio::spawn(watchdog::watch(app.clone()));
    tokio::try_join!(
        admin::serve(app.clone(), admin),
        grpc::serve(app.clone(), grpc),
        serve_http(app.clone(), http),
        entry::enter(&app, has_data),
    )?;
    Ok(())
}

async fn serve_http(app: Arc<App>, gate: Option<Gate>) -> Result<(), String> {
    let Some(gate) = gate else { return Ok(()) };
    let routes = match app.settings.shape {
        Shape::V0_4 => api::routes(app),
        Shape::Contract | Shape::V0_1 => health::routes(app),
    };
    let service = routes.into_make_service_with_connect_info::<Caller>();
    axum::serve(gate, service).await.map_err(|e| format!("HTTP server: {e}"))
}

/// Not ready first, then no more raft. Nothing is handed over: the peers notice by themselves.
async fn stop_engines(app: &App) {
    app.stopping.store(true, Ordering::Relaxed);
    let all = futures_util::future::join_all(app.groups.iter().map(|group| group.raft.shutdown()));
    if tokio::time::timeout(STOP_WITHIN, all).await.is_err() {
        tracing::warn!("the engine did not stop in time");
    }
}

struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
    stops_on_sigterm: bool,
}

impl StopSignals {
    fn listen(stops_on_sigterm: bool) -> Result<Self, String> {
        let signals = |kind| signal(kind).map_err(|e| format!("signals: {e}"));
        let (interrupt, terminate) = (signals(SignalKind::interrupt())?, signals(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, stops_on_sigterm })
    }

    async fn wait(&mut self) {
        loop {
            tokio::select! {
                _ = self.interrupt.recv() => return,
                _ = self.terminate.recv() => {
                    if self.stops_on_sigterm {
                        return;
                    }
                }
            }
        }
    }
}
