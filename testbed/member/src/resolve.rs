// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! Connecting to a peer by name. Names are looked up at every connection: a pod comes back at another address.
//!
//! The C library's resolver needs shared libraries at run time, which a static binary alone in its image does not have.
//! As there, a name that /etc/hosts has, a pod's hostAliases, is looked up nowhere else.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::ResolveHosts;
use tokio::net::TcpStream;

pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(1);
const QUERY_TIMEOUT: Duration = Duration::from_millis(500);

/// Opens a connection to `host:port`, within a time or as late as the kernel gives up.
pub async fn connect(address: &str, limit: Option<Duration>) -> io::Result<TcpStream> {
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
    match limit {
        Some(limit) => tokio::time::timeout(limit, attempt).await.map_err(|_| io::ErrorKind::TimedOut)?,
        None => attempt.await,
    }
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
    let aliases = in_hosts(&tokio::fs::read_to_string("/etc/hosts").await.unwrap_or_default(), host);
    if !aliases.is_empty() {
        return Ok(aliases);
    }
    let failed = |e: &dyn std::fmt::Display| io::Error::other(format!("{host}: {e}"));
    let mut builder = TokioResolver::builder_tokio().map_err(|e| failed(&e))?;
    builder.options_mut().cache_size = 0;
    builder.options_mut().timeout = QUERY_TIMEOUT;
    // It would try the search domains on the name servers first.
    builder.options_mut().use_hosts_file = ResolveHosts::Never;
    let resolver = builder.build().map_err(|e| failed(&e))?;
    let found = resolver.lookup_ip(host).await.map_err(|e| match e.is_no_records_found() || e.is_nx_domain() {
        true => io::Error::new(io::ErrorKind::NotFound, format!("{host} has no address")),
        false => failed(&e),
    })?;
    Ok(found.iter().collect())
}

/// The addresses that the text of a hosts file gives a name, in its order.
fn in_hosts(text: &str, host: &str) -> Vec<IpAddr> {
    let host = host.trim_end_matches('.');
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().split_whitespace());
    lines
        .filter_map(|mut words| {
            let ip = words.next()?.parse().ok()?;
            words.any(|name| name.eq_ignore_ascii_case(host)).then_some(ip)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: &str =
        "# comment\n127.0.0.1\tlocalhost\n10.0.0.7 pc-0.pc.prod.svc pc-0 # pc-1\n10.0.0.8 PC-0\nfe80::1%eth0 pc-0\n\n";

    #[test]
    fn a_name_of_the_hosts_file_has_its_addresses() {
        let found = |host| in_hosts(HOSTS, host).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(found("pc-0.pc.prod.svc."), ["10.0.0.7"]);
        assert_eq!(found("pc-0"), ["10.0.0.7", "10.0.0.8"]);
        assert_eq!(found("pc-1"), [""; 0]);
        assert_eq!(found("pc"), [""; 0]);
    }

    #[tokio::test]
    async fn the_hosts_file_is_asked_before_any_name_server() {
        assert!(lookup("localhost").await.unwrap().iter().all(IpAddr::is_loopback));
    }
}
