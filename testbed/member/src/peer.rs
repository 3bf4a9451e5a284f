// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! One member's client to another: unary calls on a connection that is opened anew after any failure.

use std::time::Duration;

use hyper_util::rt::TokioIo;
use prost::Message;
use tokio::task::JoinHandle;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint, Uri};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;

use crate::resolve::{CONNECT_TIMEOUT, connect};

/// Snapshots and long log entries outgrow the default of 4 MiB.
pub const MESSAGE_LIMIT: usize = 64 << 20;

/// A peer's address and, while it works, a connection to it.
pub struct Peer {
    address: String,
    channel: Option<Channel>,
    patient: bool,
    /// A connection that outlives the calls that wait for it.
    opening: Option<JoinHandle<Result<Channel, Status>>>,
}

impl Peer {
    /// Does not connect yet.
    pub fn new(address: &str) -> Self {
        Self { address: address.into(), channel: None, patient: false, opening: None }
    }

    /// Keeps to the connection that it has begun, as v0.1's pool does: to an address that is gone, until the kernel gives up.
    pub fn patient(address: &str) -> Self {
        Self { patient: true, ..Self::new(address) }
    }

    async fn open(&mut self) -> Result<Channel, Status> {
        if !self.patient {
            return open(&self.address, Some(CONNECT_TIMEOUT)).await;
        }
        let address = self.address.clone();
        let opening = self.opening.get_or_insert_with(|| tokio::spawn(async move { open(&address, None).await }));
        let opened = opening.await;
        self.opening = None;
        opened.unwrap_or_else(|e| Err(Status::internal(e.to_string())))
    }

    /// Calls a method. The connection is kept only if the call comes back: a caller that gives up drops it.
    pub async fn call<Q, A>(&mut self, path: &'static str, request: Q) -> Result<A, Status>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let channel = match self.channel.take() {
            Some(channel) => channel,
            None => self.open().await?,
        };
        let mut client = tonic::client::Grpc::new(channel.clone())
            .max_decoding_message_size(MESSAGE_LIMIT)
            .max_encoding_message_size(MESSAGE_LIMIT);
        client.ready().await.map_err(|e| Status::unavailable(e.to_string()))?;
        let codec = ProstCodec::<Q, A>::default();
        let answer = client.unary(Request::new(request), PathAndQuery::from_static(path), codec).await;
        if answer.as_ref().err().is_none_or(|status| status.code() == tonic::Code::Internal) {
            self.channel = Some(channel);
        }
        Ok(answer?.into_inner())
    }

    /// The same with an end to the waiting.
    pub async fn call_within<Q, A>(&mut self, limit: Duration, path: &'static str, request: Q) -> Result<A, Status>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        match tokio::time::timeout(limit, self.call(path, request)).await {
            Ok(answer) => answer,
            Err(_) => Err(Status::deadline_exceeded(format!("{} did not answer in {limit:?}", self.address))),
        }
    }
}

async fn open(address: &str, limit: Option<Duration>) -> Result<Channel, Status> {
    let endpoint =
        Endpoint::from_shared(format!("http://{address}")).map_err(|e| Status::invalid_argument(e.to_string()))?;
    let connector = tower::service_fn(move |uri: Uri| async move {
        let authority = uri.authority().map(|a| a.as_str()).unwrap_or_default();
        connect(authority, limit).await.map(TokioIo::new)
    });
    endpoint
        .connect_with_connector(connector)
        .await
        .map_err(|e| Status::unavailable(format!("{address}: {}", root_cause(&e))))
}

/// The transport's own text says only that it failed.
fn root_cause(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => root_cause(source),
        None => error.to_string(),
    }
}
