// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Connecting to a peer by name. Names are looked up at every connection: a pod comes back at another address.
//!
//! The C library's resolver needs shared libraries at run time, which a static binary alone in its image does not have.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use tokio::net::TcpStream;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const QUERY_TIMEOUT: Duration = Duration::from_millis(500);

/// Opens a connection to `host:port`.
pub async fn connect(address: &str) -> io::Result<TcpStream> {
    let (host, port) = split(address)?;
    let attempt = async {
        let mut last = io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address"));
        for ip in lookup(host).await? {
            match TcpStream::connect(SocketAddr::new(ip, port)).await {
                Ok(stream) => {
                    stream.set_nodelay(true)?;
                    return Ok(stream);
                }
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    tokio::time::timeout(CONNECT_TIMEOUT, attempt).await.map_err(|_| io::ErrorKind::TimedOut)?
}

/// Whether the name is known to have no address; a name server that does not answer proves nothing.
pub async fn has_no_address(address: &str) -> bool {
    let Ok((host, _)) = split(address) else { return false };
    lookup(host).await.is_err_and(|e| e.kind() == io::ErrorKind::NotFound)
}

fn split(address: &str) -> io::Result<(&str, u16)> {
    let malformed = || io::Error::new(io::ErrorKind::InvalidInput, format!("{address} is not host:port"));
    let (host, port) = address.rsplit_once(':').ok_or_else(malformed)?;
    Ok((host, port.parse().map_err(|_| malformed())?))
}

async fn lookup(host: &str) -> io::Result<Vec<IpAddr>> {
    if let Ok(ip) = host.parse() {
        return Ok(vec![ip]);
    }
    let failed = |e: &dyn std::fmt::Display| io::Error::other(format!("{host}: {e}"));
    let mut builder = TokioResolver::builder_tokio().map_err(|e| failed(&e))?;
    builder.options_mut().cache_size = 0;
    builder.options_mut().timeout = QUERY_TIMEOUT;
    let resolver = builder.build().map_err(|e| failed(&e))?;
    let found = resolver.lookup_ip(host).await.map_err(|e| match e.is_no_records_found() || e.is_nx_domain() {
        true => io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address")),
        false => failed(&e),
    })?;
    Ok(found.iter().collect())
}
