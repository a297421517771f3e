//! The way out of a sandbox, for the hosts that a role names: an HTTP proxy that
//! passes connections on (`CONNECT`), and single requests without encryption.
//!
//! The guard opens the door, in the network of its sandbox, and hands it out to
//! us; we answer there, and connect from here. A name is resolved once, every
//! address is judged, and what is connected to is the address that was judged: a
//! name that leads elsewhere the second time leads nowhere.

use super::hosts::{Host, Way, is_far, way};
use std::{io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy_bidirectional},
    net::{TcpListener, TcpStream, lookup_host},
    sync::Semaphore,
    task::JoinSet,
    time::timeout,
};

/// A request is no longer than this, in bytes.
const HEAD: usize = 8 * 1024;
/// What a request, and a connection, may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// So many connections at the same time.
const MOST: usize = 128;

/// Fields of a request that are about the connection to us, or about its host.
const OURS: [&str; 6] =
    ["Host", "Connection", "Proxy-Connection", "Proxy-Authorization", "Keep-Alive", "TE"];

/// Answers at the door until it is dropped.
pub(super) async fn serve(door: TcpListener, hosts: Arc<[Host]>) {
    let room = Arc::new(Semaphore::new(MOST));
    let mut visitors = JoinSet::new();
    loop {
        let Ok(seat) = room.clone().acquire_owned().await else { return };
        let Ok((visitor, _)) = door.accept().await else { return };
        let hosts = hosts.clone();
        visitors.spawn(async move {
            // A visitor that has gone needs no answer.
            drop(attend(visitor, &hosts).await);
            drop(seat);
        });
        while visitors.try_join_next().is_some() {}
    }
}

async fn attend(mut visitor: TcpStream, hosts: &[Host]) -> io::Result<()> {
    let head = match timeout(PATIENCE, head(&mut visitor)).await {
        Ok(head) => head?,
        Err(_late) => return Ok(()),
    };
    match reach(&head, hosts).await {
        Ok((mut there, Wanted::Connection { .. })) => {
            visitor.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
            copy_bidirectional(&mut visitor, &mut there).await.map(drop)
        }
        Ok((mut there, Wanted::Answer { request, .. })) => {
            there.write_all(request.as_bytes()).await?;
            copy_bidirectional(&mut visitor, &mut there).await.map(drop)
        }
        Err((status, why)) => {
            let length = why.len();
            let answer = format!(
                "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {length}\r\n\
                 Connection: close\r\n\r\n{why}"
            );
            visitor.write_all(answer.as_bytes()).await
        }
    }
}

/// The head of what is asked, with the empty line at its end.
async fn head(visitor: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    // Byte by byte: what comes after the head is not ours to read.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD {
            return Err(io::Error::other("the request has no end"));
        }
        head.push(visitor.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// What a visitor wants.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    /// A connection to `host:port`, whatever is said on it.
    Connection { to: String },
    /// The answer of `host:port` to this one request, which is passed on.
    Answer { to: String, request: String },
}

impl Wanted {
    /// Reads the head of a request (RFC 9112, 3.2.2 and 3.2.3); none where it is for no
    /// proxy.
    fn read(head: &str) -> Option<Self> {
        let (first, fields) = head.split_once("\r\n")?;
        let mut words = first.split(' ');
        let (method, target) = (words.next()?, words.next()?);
        if method == "CONNECT" {
            return Some(Self::Connection { to: target.to_owned() });
        }
        let rest = target.strip_prefix("http://")?;
        let (place, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let slash = if path.starts_with('/') { "" } else { "/" };
        // What the visitor says of its host and of this connection was said to us.
        let is_passed = |field: &&str| {
            let name = field.split(':').next().unwrap_or_default();
            !OURS.iter().any(|it| it.eq_ignore_ascii_case(name))
        };
        let fields = fields.split("\r\n").filter(|it| !it.is_empty()).filter(is_passed);
        let fields: String = fields.flat_map(|it| [it, "\r\n"]).collect();
        let request = format!(
            "{method} {slash}{path} HTTP/1.1\r\nHost: {place}\r\n{fields}Connection: close\r\n\r\n"
        );
        let is_port = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
        let has_port = place.rsplit_once(':').is_some_and(|(_, port)| is_port(port));
        let to = if has_port { place.to_owned() } else { format!("{place}:80") };
        Some(Self::Answer { to, request })
    }

    fn to(&self) -> &str {
        match self {
            Self::Connection { to } | Self::Answer { to, .. } => to,
        }
    }
}

type Refused = (&'static str, String);

async fn reach(head: &str, hosts: &[Host]) -> Result<(TcpStream, Wanted), Refused> {
    let Some(wanted) = Wanted::read(head) else {
        let why = "this proxy passes connections and requests on and does nothing else\n";
        return Err(("405 Method Not Allowed", why.to_owned()));
    };
    let to = wanted.to();
    let Some(way) = way(hosts, to) else {
        let why =
            format!("the sandbox lets nobody to {to}: it is none of the hosts of this role\n");
        return Err(("403 Forbidden", why));
    };
    let addresses = resolve(&way).await?;
    let there = timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await;
    let unreachable = |why: String| ("502 Bad Gateway", format!("{}: {why}\n", way.host));
    match there {
        Ok(Ok(there)) => Ok((there, wanted)),
        Ok(Err(error)) => Err(unreachable(error.to_string())),
        Err(_late) => Err(unreachable("no answer".to_owned())),
    }
}

/// The addresses of a host, every one of them judged.
async fn resolve(way: &Way) -> Result<Vec<SocketAddr>, Refused> {
    let found = timeout(PATIENCE, lookup_host((way.host.as_str(), way.port))).await;
    let found: Vec<SocketAddr> = match found {
        Ok(Ok(found)) => found.collect(),
        _ => return Err(("502 Bad Gateway", format!("{} has no address\n", way.host))),
    };
    judged(way, found)
}

fn judged(way: &Way, found: Vec<SocketAddr>) -> Result<Vec<SocketAddr>, Refused> {
    if !way.is_near
        && let Some(near) = found.iter().find(|it| !is_far(it.ip()))
    {
        let why = format!("{} leads to {}, which is not out in the world\n", way.host, near.ip());
        return Err(("403 Forbidden", why));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn door(hosts: &[&str]) -> SocketAddr {
        let door = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = door.local_addr().unwrap();
        let hosts = hosts.iter().map(|it| Host::read(it).unwrap()).collect();
        tokio::spawn(serve(door, hosts));
        place
    }

    async fn say(door: SocketAddr, request: &str) -> String {
        let mut stream = TcpStream::connect(door).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        String::from_utf8(answer).unwrap()
    }

    #[tokio::test]
    async fn a_named_host_is_reached_and_every_byte_passes() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = server.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).await.unwrap();
            heard.reverse();
            stream.write_all(&heard).await.unwrap();
        });
        let door = door(&[&to]).await;
        let answer = say(door, &format!("CONNECT {to} HTTP/1.1\r\nHost: x\r\n\r\nabc")).await;
        assert_eq!(answer, "HTTP/1.1 200 Connection established\r\n\r\ncba");
    }

    #[tokio::test]
    async fn nobody_else_is_reached_and_it_is_said_who_was_not() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = server.local_addr().unwrap().port();
        let door = door(&["example.com", &format!("localhost.example:{port}")]).await;
        for to in [format!("127.0.0.1:{port}"), format!("localhost:{port}")] {
            let answer = say(door, &format!("CONNECT {to} HTTP/1.1\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(&to), "{answer}");
        }
        for to in [format!("127.0.0.1:{port}"), "example.com@127.0.0.1".to_owned()] {
            let answer = say(door, &format!("GET http://{to}/ HTTP/1.1\r\n\r\n")).await;
            assert!(answer.starts_with("HTTP/1.1 403"), "{to}: {answer}");
        }
        for other in ["GET / HTTP/1.1\r\n\r\n", "GET https://example.com/ HTTP/1.1\r\n\r\n"] {
            let answer = say(door, other).await;
            assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
        }
        let heard = tokio::time::timeout(Duration::from_millis(1), server.accept()).await;
        assert!(heard.is_err());
    }

    #[tokio::test]
    async fn a_request_without_encryption_is_passed_on_as_its_host_would_be_asked() {
        let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let to = server.local_addr().unwrap().to_string();
        tokio::spawn(async move {
            let (mut stream, _) = server.accept().await.unwrap();
            let mut heard = Vec::new();
            stream.read_to_end(&mut heard).await.unwrap();
            stream.write_all(&heard).await.unwrap();
        });
        let door = door(&[&to]).await;
        let asked = format!(
            "POST http://{to}/a?b HTTP/1.1\r\nHost: elsewhere\r\nAccept: */*\r\n\
             proxy-connection: keep-alive\r\nConnection: keep-alive\r\n\r\nthe body"
        );
        let passed = format!(
            "POST /a?b HTTP/1.1\r\nHost: {to}\r\nAccept: */*\r\nConnection: close\r\n\r\nthe body"
        );
        assert_eq!(say(door, &asked).await, passed);
    }

    #[test]
    fn a_place_without_a_port_is_that_of_the_web() {
        for (target, to, path) in [
            ("http://a.example", "a.example:80", "GET / "),
            ("http://a.example?b", "a.example:80", "GET /?b "),
            ("http://[::1]/c", "[::1]:80", "GET /c "),
            ("http://[::1]:81/c", "[::1]:81", "GET /c "),
        ] {
            let wanted = Wanted::read(&format!("GET {target} HTTP/1.1\r\n\r\n")).unwrap();
            assert_eq!(wanted.to(), to);
            let Wanted::Answer { request, .. } = wanted else { panic!("{target}") };
            assert!(request.starts_with(path), "{request}");
        }
    }

    #[test]
    fn one_address_that_is_near_spoils_a_name() {
        let way = |is_near| Way { host: "a.example".into(), port: 443, is_near };
        let both: Vec<SocketAddr> =
            vec!["1.1.1.1:443".parse().unwrap(), "169.254.169.254:443".parse().unwrap()];
        assert!(judged(&way(false), both.clone()).is_err());
        assert!(judged(&way(false), both[..1].to_vec()).is_ok());
        assert_eq!(judged(&way(true), both.clone()).unwrap(), both);
    }
}
