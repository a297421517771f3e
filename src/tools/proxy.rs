//! The way out of a sandbox, for the hosts that a role names: an HTTP proxy that
//! passes connections on (`CONNECT`) and nothing else.
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
    let request = match timeout(PATIENCE, request(&mut visitor)).await {
        Ok(request) => request?,
        Err(_late) => return Ok(()),
    };
    match connect(&request, hosts).await {
        Ok(mut there) => {
            visitor.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
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

/// The first line of what is asked; the rest of the head is passed over.
async fn request(visitor: &mut TcpStream) -> io::Result<String> {
    let mut head = Vec::new();
    // Byte by byte: what comes after the head is not ours to read.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= HEAD {
            return Err(io::Error::other("the request has no end"));
        }
        head.push(visitor.read_u8().await?);
    }
    let line = head.split(|it| *it == b'\r').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

type Refused = (&'static str, String);

async fn connect(request: &str, hosts: &[Host]) -> Result<TcpStream, Refused> {
    let mut words = request.split(' ');
    let (Some("CONNECT"), Some(to)) = (words.next(), words.next()) else {
        let why = "this proxy passes connections on and does nothing else: use https\n";
        return Err(("405 Method Not Allowed", why.to_owned()));
    };
    let Some(way) = way(hosts, to) else {
        let why =
            format!("the sandbox lets nobody to {to}: it is none of the hosts of this role\n");
        return Err(("403 Forbidden", why));
    };
    let addresses = resolve(&way).await?;
    let there = timeout(PATIENCE, TcpStream::connect(addresses.as_slice())).await;
    let unreachable = |why: String| ("502 Bad Gateway", format!("{}: {why}\n", way.host));
    match there {
        Ok(Ok(there)) => Ok(there),
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
        let answer = say(door, "GET http://example.com/ HTTP/1.1\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 405"), "{answer}");
        let heard = tokio::time::timeout(Duration::from_millis(1), server.accept()).await;
        assert!(heard.is_err());
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
