// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! HTTP/1.1 and gRPC-web by hand: a client that shares nothing with the server.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

/// An answer to a gRPC-web call, as received.
#[derive(Debug)]
pub struct Answer {
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the trailer in the body says success.
    pub fn ok(&self) -> bool {
        self.body.ends_with(b"grpc-status:0\r\n")
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    fn message(&self) -> &[u8] {
        let length = self.body.get(1..5).map_or(0, |bytes| u32::from_be_bytes(bytes.try_into().unwrap()) as usize);
        self.body.get(5..5 + length).unwrap_or_default()
    }

    /// Field 1 of the message, repeated: short texts.
    pub fn texts(&self) -> Vec<String> {
        let mut rest = self.message();
        let mut found = Vec::new();
        while let [0x0a, length, tail @ ..] = rest {
            let (text, after) = tail.split_at(usize::from(*length));
            found.push(String::from_utf8_lossy(text).into_owned());
            rest = after;
        }
        found
    }

    /// Field 1 of the message, as text.
    pub fn text(&self) -> String {
        let message = self.message();
        let start = message.iter().skip(1).position(|byte| byte & 0x80 == 0).map_or(0, |at| at + 2);
        String::from_utf8_lossy(&message[start..]).into_owned()
    }
}

/// Calls RobustMQ's service with text fields numbered from 1.
pub fn meta(port: u16, method: &str, fields: &[&str]) -> Option<Answer> {
    call(port, "meta.service.common.MetaServiceService", method, fields)
}

/// The same of any service.
pub fn call(port: u16, service: &str, method: &str, fields: &[&str]) -> Option<Answer> {
    post(port, &format!("/{service}/{method}"), &message(fields))
}

fn message(fields: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, text) in (1u8..).zip(fields) {
        bytes.push(number << 3 | 2);
        let mut length = text.len();
        while length > 127 {
            bytes.push(length as u8 | 0x80);
            length >>= 7;
        }
        bytes.push(length as u8);
        bytes.extend(text.as_bytes());
    }
    bytes
}

/// A gRPC-web POST.
pub fn post(port: u16, path: &str, message: &[u8]) -> Option<Answer> {
    let mut frame = vec![0];
    frame.extend((message.len() as u32).to_be_bytes());
    frame.extend(message);
    let headers = "Content-Type: application/grpc-web+proto\r\nX-Grpc-Web: 1\r\n";
    let (head, body) = exchange(port, "POST", path, headers, &frame)?;
    let body = if head.contains("transfer-encoding: chunked") { unchunk(&body) } else { body };
    Some(Answer { head, body })
}

/// A GET whose answer is JSON.
pub fn get(port: u16, path: &str) -> Option<(u16, Value)> {
    json(exchange(port, "GET", path, "", b"")?)
}

/// A POST of JSON whose answer is JSON.
pub fn post_json(port: u16, path: &str, body: &str) -> Option<(u16, Value)> {
    json(exchange(port, "POST", path, "Content-Type: application/json\r\n", body.as_bytes())?)
}

/// Any request as it is: status, content type, body.
pub fn plain(
    host: &str,
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Option<(u16, String, String)> {
    let (head, body) = exchange_with(host, port, method, path, headers, body.as_bytes())?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let kind = head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap_or_default();
    Some((status, kind.into(), String::from_utf8_lossy(&body).into_owned()))
}

fn json((head, body): (String, Vec<u8>)) -> Option<(u16, Value)> {
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_slice(&body).unwrap_or_default()))
}

fn exchange(port: u16, method: &str, path: &str, headers: &str, body: &[u8]) -> Option<(String, Vec<u8>)> {
    exchange_with("127.0.0.1", port, method, path, headers, body)
}

fn exchange_with(
    host: &str,
    port: u16,
    method: &str,
    path: &str,
    headers: &str,
    body: &[u8],
) -> Option<(String, Vec<u8>)> {
    let mut stream = TcpStream::connect((host, port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(3))).ok()?;
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
    );
    stream.write_all(&[head.as_bytes(), body].concat()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&answer[..end]).into_owned(), answer[end + 4..].to_vec()))
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = body.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&body[..end]).ok().and_then(|text| usize::from_str_radix(text, 16).ok());
        let size = size.unwrap_or(0);
        if size == 0 || body.len() < end + 4 + size {
            break;
        }
        whole.extend(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
    whole
}
