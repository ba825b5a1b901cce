//! Owns the connections to servers: one pool for all providers, which addresses may be talked to, and how long to wait.
//! Does not know what is said over them.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
    time::Duration,
};

use reqwest::{Method, RequestBuilder, Url, redirect};

use super::ModelError;

/// How long a server may take. Each is told by name when it has run out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// To be connected (that of the [`Client`]; name look-up and TLS included).
    pub connect: Duration,
    /// From the request to the first sign of the answer: a long prompt may have to be read first, or a model loaded.
    pub first_token: Duration,
    /// Between two signs of the answer.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), first_token: Duration::from_secs(300), silence: Duration::from_secs(90) }
    }
}

/// The connections of all providers. Cheap to clone; a clone shares them. Each kind is made when it is first needed: reading the system's
/// certificates takes some ten milliseconds, and a server on this machine wants none of them.
#[derive(Clone, Debug)]
pub struct Client {
    /// By the system's proxy settings.
    outer: Arc<OnceLock<reqwest::Client>>,
    /// Never by a proxy: loopback, which a proxy would take for its own.
    inner: Arc<OnceLock<reqwest::Client>>,
    /// The same without encryption, and so without certificates.
    plain: reqwest::Client,
    connect: Duration,
}

impl Client {
    /// Certificates and proxies are the system's. Redirects are never followed, so a key goes to the host it was meant for only.
    pub fn new(connect: Duration) -> Result<Self, ModelError> {
        let plain = builder(connect).no_proxy().tls_certs_only([]).build().map_err(unmade)?;
        Ok(Self { outer: Arc::default(), inner: Arc::default(), plain, connect })
    }

    /// Makes what a request to this address needs, which can fail.
    pub fn prepare(&self, url: &Url) -> Result<(), ModelError> {
        self.of(url).map(drop)
    }

    fn of(&self, url: &Url) -> Result<&reqwest::Client, ModelError> {
        let (kept, builder) = match (is_loopback(url), url.scheme()) {
            (true, "http") => return Ok(&self.plain),
            (true, _) => (&self.inner, builder(self.connect).no_proxy()),
            (false, _) => (&self.outer, builder(self.connect)),
        };
        if let Some(client) = kept.get() {
            return Ok(client);
        }
        let client = builder.build().map_err(unmade)?;
        Ok(kept.get_or_init(|| client))
    }

    /// How long connecting may take.
    pub fn connect_limit(&self) -> Duration {
        self.connect
    }

    /// A request to an address that was let in by [`address`].
    pub fn request(&self, method: Method, url: Url) -> RequestBuilder {
        // Without certificates no server is believed: what could not be made was told when it was prepared.
        self.of(&url).unwrap_or(&self.plain).request(method, url)
    }
}

fn unmade(error: reqwest::Error) -> ModelError {
    ModelError::fatal(format!("connections can't be made: {error}; look at the proxy variables and the system's certificates"))
}

/// Has TLS use one library of cryptography. Before any client is made: without one, making it would break.
pub(crate) fn settle_tls() {
    // Whoever comes second finds the first one's, which is the same.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

fn builder(connect: Duration) -> reqwest::ClientBuilder {
    settle_tls();
    reqwest::Client::builder()
        .user_agent(concat!("agon/", env!("CARGO_PKG_VERSION")))
        .redirect(redirect::Policy::none())
        .referer(false)
        .connect_timeout(connect)
        .tcp_keepalive(Duration::from_secs(30))
        .pool_idle_timeout(Duration::from_secs(60))
}

/// Reads a base address. Plain http is refused where strangers may listen, unless `plain_http` says that this host may.
pub fn address(text: &str, plain_http: bool) -> Result<Url, ModelError> {
    let url = Url::parse(text.trim().trim_end_matches('/'))
        .map_err(|e| ModelError::fatal(format!("“{text}” is no address of a server ({e}); it should look like https://host/v1")))?;
    let host = url.host_str().unwrap_or_default();
    if host.is_empty() || !matches!(url.scheme(), "http" | "https") {
        return Err(ModelError::fatal(format!("“{text}” is no address of a web server; it should begin with https:// or http://")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(ModelError::fatal(format!(
            "the address of {host} holds a user name or a password; a key belongs into the environment or the settings"
        )));
    }
    if url.scheme() == "http" && !plain_http && !is_near(&url) {
        return Err(ModelError::fatal(format!(
            "{host} would be talked to by plain http, where others can read along; use https, or allow plain http for this host in the settings"
        )));
    }
    Ok(url)
}

/// The address of something below a base address.
pub fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(path.split('/'));
    }
    url
}

/// Host and port, as a person would name the server.
pub fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Whether an address is on this machine.
pub fn is_loopback(url: &Url) -> bool {
    let host = host(url);
    match host.parse::<IpAddr>() {
        Ok(ip) => canonical(ip).is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

/// Whether an address is on this machine or on a network of one's own: private ranges, names without a dot, and the endings
/// that are never public names.
fn is_near(url: &Url) -> bool {
    let host = host(url);
    match host.parse::<IpAddr>().map(canonical) {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local() || is_shared(ip.octets()),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => is_loopback(url) || !host.contains('.') || [".local", ".internal", ".home.arpa"].iter().any(|end| host.ends_with(end)),
    }
}

/// 100.64.0.0/10: what private overlay networks hand out.
fn is_shared(octets: [u8; 4]) -> bool {
    octets[0] == 100 && octets[1] & 0xC0 == 64
}

fn canonical(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
        IpAddr::V4(_) => ip,
    }
}

fn host(url: &Url) -> &str {
    url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']').trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_goes_to_this_machine_and_private_networks_only() {
        for near in [
            "http://localhost:1234/v1",
            "http://127.0.0.1:8080",
            "http://[::1]:8000/v1/",
            "http://[::ffff:127.0.0.1]:1",
            "http://192.168.1.7:11434",
            "http://10.0.0.9",
            "http://172.31.255.1",
            "http://100.100.1.1",
            "http://[fd00::1]:80",
            "http://gpu-box:8000/v1",
            "http://big.local",
            "http://LOCALHOST",
        ] {
            assert!(address(near, false).is_ok(), "{near}");
        }
        for far in
            ["http://api.example.com/v1", "http://8.8.8.8", "http://172.32.0.1", "http://localhost.example.com", "http://100.128.0.1"]
        {
            let error = address(far, false).unwrap_err().to_string();
            assert!(error.contains("plain http"), "{far}: {error}");
            assert!(address(far, true).is_ok(), "{far}");
            assert!(address(&far.replace("http:", "https:"), false).is_ok(), "{far}");
        }
    }

    #[test]
    fn what_is_no_address_is_said_to_be_none() {
        for bad in ["", "api.example.com/v1", "ftp://host/x", "file:///etc/passwd", "http://"] {
            assert!(matches!(address(bad, true), Err(ModelError::Final { .. })), "{bad}");
        }
        let error = address("https://me:hunter2@host/v1", true).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn paths_are_put_below_the_base_with_or_without_a_slash() {
        for base in ["https://h/v1", "https://h/v1/"] {
            assert_eq!(below(&address(base, false).unwrap(), "chat/completions").as_str(), "https://h/v1/chat/completions");
        }
        assert_eq!(below(&address("http://localhost:1", false).unwrap(), "models").as_str(), "http://localhost:1/models");
    }
}
