//! What attacks from inside: this test's own program, started in the sandbox.

use std::{
    fs::{self, File},
    io::Write as _,
    net::{TcpStream, UdpSocket},
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixStream},
    },
};

/// Does what `ATTACK` says, and says of each attempt whether it went through.
/// Does nothing where nobody asks.
#[test]
fn the_attacker() {
    let Ok(attack) = std::env::var("ATTACK") else { return };
    for attempt in attack.split(' ') {
        let (what, at) = attempt.split_once('=').unwrap();
        let went: Result<(), std::io::Error> = match what {
            "tcp" => TcpStream::connect(at).map(drop),
            "udp" => UdpSocket::bind("0.0.0.0:0").and_then(|it| it.send_to(b"out", at)).map(drop),
            "unix" => UnixStream::connect(at).map(drop),
            "abstract" => SocketAddr::from_abstract_name(at)
                .and_then(|it| UnixStream::connect_addr(&it))
                .map(drop),
            "read" => fs::read(at).map(drop),
            "open-write" => File::options().write(true).open(at).map(drop),
            "open-many" => open_many(at.parse().unwrap()),
            "fill" => {
                let bytes = vec![1_u8; at.parse().unwrap()];
                std::hint::black_box(&bytes);
                Ok(())
            }
            other => panic!("no such attack: {other}"),
        };
        println!(
            "{what} {}",
            went.map_or_else(|error| format!("held: {error}"), |()| "out".into())
        );
    }
    println!("attacked");
    std::io::stdout().flush().unwrap();
}

fn open_many(count: usize) -> Result<(), std::io::Error> {
    let all: Result<Vec<File>, _> = (0..count).map(|_| File::open("/dev/null")).collect();
    all.map(drop)
}
