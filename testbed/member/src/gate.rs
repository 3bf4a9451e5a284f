// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! A listening socket that a deadlock can freeze: it stays open, but nothing moves through it.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tonic::transport::server::{Connected, TcpConnectInfo};

use crate::faults::Faults;

/// A listener whose connections obey the `deadlock` fault.
pub struct Gate {
    listener: TcpListener,
    faults: Arc<Faults>,
}

impl Gate {
    /// Binds the address.
    pub async fn bind(ip: &str, port: u16, faults: Arc<Faults>) -> io::Result<Self> {
        let listener = TcpListener::bind((ip, port)).await?;
        Ok(Self { listener, faults })
    }

    async fn next(&self) -> io::Result<(Gated, SocketAddr)> {
        while self.faults.on("deadlock") {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let (stream, from) = self.listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((Gated { stream, faults: self.faults.clone() }, from))
    }

    /// The connections, as tonic wants them.
    pub fn into_stream(self) -> impl Stream<Item = io::Result<Gated>> {
        futures_util::stream::unfold(self, async |gate| Some((gate.next().await.map(|(io, _)| io), gate)))
    }
}

impl axum::serve::Listener for Gate {
    type Io = Gated;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            match self.next().await {
                Ok(accepted) => return accepted,
                // Out of descriptors, mostly: worth another try, not the end of the server.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// Who opened a connection.
#[derive(Clone, Copy, Debug)]
pub struct Caller(pub SocketAddr);

impl axum::extract::connect_info::Connected<axum::serve::IncomingStream<'_, Gate>> for Caller {
    fn connect_info(stream: axum::serve::IncomingStream<'_, Gate>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// A connection that stands still during a deadlock.
pub struct Gated {
    stream: TcpStream,
    faults: Arc<Faults>,
}

impl AsyncRead for Gated {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.faults.freezes(cx.waker()) {
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Gated {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, data: &[u8]) -> Poll<io::Result<usize>> {
        if self.faults.freezes(cx.waker()) {
            return Poll::Pending;
        }
        Pin::new(&mut self.stream).poll_write(cx, data)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl Connected for Gated {
    type ConnectInfo = TcpConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.stream.connect_info()
    }
}
