// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The gRPC port: a table of paths, served as gRPC and as gRPC-web over HTTP/1.1.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::routing::{MethodRouter, post};
use prost::Message;
use tonic::service::Routes;
use tonic::{Response, Status};
use tonic_prost::ProstCodec;
use tonic_web::GrpcWebLayer;

use crate::app::App;
use crate::gate::Gate;
use crate::peer::MESSAGE_LIMIT;
use crate::settings::Shape;
use crate::wire::{CENTER_KV, CENTER_RAFT, CENTER_SERVICE, META_SERVICE, PEER_SERVICE};
use crate::{calls, peer_calls, tenant};

/// Serves until the process ends.
pub async fn serve(app: Arc<App>, gate: Gate) -> Result<(), String> {
    tonic::transport::Server::builder()
        .accept_http1(true)
        .layer(GrpcWebLayer::new())
        .add_routes(Routes::from(routes(&app)))
        .serve_with_incoming(gate.into_stream())
        .await
        .map_err(|e| format!("gRPC server: {e}"))
}

fn routes(app: &Arc<App>) -> Router {
    let mut table = peer_routes(app);
    if app.settings.shape != Shape::V0_1 {
        table = table.merge(meta_routes(app));
    }
    if app.settings.shape != Shape::V0_4 {
        table = table.merge(center_routes(app));
    }
    table.fallback(async || Status::unimplemented("").into_http::<tonic::body::Body>())
}

/// RobustMQ since v0.3.9.
fn meta_routes(app: &Arc<App>) -> Router {
    let path = |method: &str| format!("{META_SERVICE}/{method}");
    Router::new()
        .route(&path("ClusterStatus"), method(app, calls::status_of_all))
        .route(&path("Set"), method(app, calls::set))
        .route(&path("Get"), method(app, calls::get))
        .route(&path("GetPrefix"), method(app, calls::get_prefix))
        .route(&path("Delete"), method(app, calls::delete))
        .route(&path("Exists"), method(app, calls::exists))
        .route(&path("JoinCluster"), method(app, calls::join))
        .route(&path("LeaveCluster"), method(app, calls::leave))
}

/// RobustMQ up to v0.1.28.
fn center_routes(app: &Arc<App>) -> Router {
    Router::new()
        .route(&format!("{CENTER_SERVICE}/ClusterStatus"), method(app, calls::status_of_one))
        .route(&format!("{CENTER_KV}/Set"), method(app, calls::set))
        .route(&format!("{CENTER_KV}/Get"), method(app, calls::get))
        .route(&format!("{CENTER_KV}/GetPrefix"), method(app, calls::get_prefix))
        .route(&format!("{CENTER_KV}/Delete"), method(app, calls::delete))
        .route(&format!("{CENTER_KV}/Exists"), method(app, calls::exists))
        .route(&format!("{CENTER_RAFT}/AddLearner"), method(app, calls::add_learner))
        .route(&format!("{CENTER_RAFT}/ChangeMembership"), method(app, calls::change_membership))
}

/// Between members of this program, the same in every shape.
fn peer_routes(app: &Arc<App>) -> Router {
    let path = |method: &str| format!("{PEER_SERVICE}/{method}");
    Router::new()
        .route(&path("Status"), method(app, calls::status_of_all))
        .route(&path("Join"), method(app, calls::join))
        .route(&path("Tenant"), method(app, tenant::answer))
        .route(&path("Ping"), method(app, peer_calls::ping))
        .route(&path("Append"), method(app, peer_calls::append))
        .route(&path("Vote"), method(app, peer_calls::vote))
        .route(&path("Snapshot"), method(app, peer_calls::snapshot))
}

/// A unary method: decode, call, encode.
fn method<Q, A, F>(app: &Arc<App>, call: fn(Arc<App>, Q) -> F) -> MethodRouter
where
    Q: Message + Default + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
    F: Future<Output = Result<A, Status>> + Send + 'static,
{
    let app = app.clone();
    post(move |request: Request| async move {
        let service = tower::service_fn(move |message: tonic::Request<Q>| {
            let answer = call(app.clone(), message.into_inner());
            async move { answer.await.map(Response::new) }
        });
        tonic::server::Grpc::new(ProstCodec::<A, Q>::default())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT)
            .unary(service, request)
            .await
    })
}
