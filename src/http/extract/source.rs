//! Where a request comes from, as limits count it: the peer, or what the proxy in front says of the caller.

use std::net::IpAddr;

use actix_web::http::header::USER_AGENT;

use super::call::Call;
use crate::grant::Origin;

/// What is kept of the name of a program. *Units*: characters.
const DEVICE_MAX: usize = 256;

impl Call {
    /// The caller's network: an IPv4 address, or the /64 of an IPv6 address, which one household may fill.
    pub fn source(&self) -> String {
        let stated = self.state.pages.client_address_header.as_ref().and_then(|name| {
            let last = self.request.headers().get_all(name).last()?.to_str().ok()?;
            last.rsplit(',').next()?.trim().parse::<IpAddr>().ok()
        });
        let address = stated.or_else(|| self.request.peer_addr().map(|peer| peer.ip()));
        address.map_or_else(|| "unknown".to_owned(), network_of)
    }

    /// Where a sign-in comes from, as its holder will be shown it.
    pub fn origin(&self) -> Origin {
        let agent = self.request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
        let device = agent.map(|agent| agent.chars().take(DEVICE_MAX).collect());
        Origin { device, source: Some(self.source()) }
    }
}

fn network_of(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(mapped) => mapped.to_string(),
            None => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_an_address_or_a_household() {
        let of = |text: &str| network_of(text.parse().unwrap());
        assert_eq!(of("192.0.2.7"), "192.0.2.7");
        assert_eq!(of("::ffff:192.0.2.7"), "192.0.2.7");
        assert_eq!(of("2001:db8:1:2:3:4:5:6"), of("2001:db8:1:2::9"));
        assert_ne!(of("2001:db8:1:2::9"), of("2001:db8:1:3::9"));
    }
}
