//! `bongsu health`: asks a running daemon whether it is well; the container's HEALTHCHECK.
//!
//! Exit code 0 when the daemon is ready, 1 when it is not or does not answer.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;

use crate::cli::{Exit, load, say};
use crate::http::{Client, Manners, Method, Request};
use crate::invocation;
use crate::model::source::Egress;

/// Asks, and repeats the answer.
pub async fn run(config: Option<&Path>) -> anyhow::Result<Exit> {
    let loaded = load::checked(config);
    let Some(plan) = loaded.plan else {
        say::err(&format!(
            "the configuration cannot be used; see `{}`",
            invocation::command("check")
        ));
        return Ok(Exit::Misused);
    };
    let address = reachable(plan.settings.daemon.listen);
    let url = format!("http://{address}/readyz").parse()?;
    let egress = Egress { allow_private: vec![address.ip().into()], ..Egress::default() };
    let request = Request {
        method: Method::Get,
        url: &url,
        headers: Vec::new(),
        egress: &egress,
        body_bytes_max: 64 * 1024,
        redirects_max: 0,
        timeout: Duration::from_secs(5),
        secret_url: false,
        paced: false,
    };
    let answer = Client::new(Manners::default())?.send(request).await.map_err(|error| {
        let start = invocation::command("run");
        anyhow!("no daemon answers at {address} ({error}); `{start}` starts one")
    })?;
    say::out(String::from_utf8_lossy(&answer.body).trim_end());
    Ok(if answer.status == 200 { Exit::Good } else { Exit::Failed })
}

/// A daemon that listens on every address is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
