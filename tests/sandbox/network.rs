//! The network: S41.

use super::house::{House, both, bubblewrap};
use auteur::model::Network;
use std::{
    io::ErrorKind,
    net::{TcpListener, UdpSocket},
    os::{
        linux::net::SocketAddrExt as _,
        unix::net::{SocketAddr, UnixListener},
    },
};

/// Everything that a command could speak to.
struct Ears {
    tcp: TcpListener,
    udp: UdpSocket,
    path: UnixListener,
    name: UnixListener,
    attack: String,
}

impl Ears {
    fn open(house: &House) -> Self {
        let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
        let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
        let socket = house.path("outside/s");
        let path = UnixListener::bind(&socket).unwrap();
        let word = format!("auteur-{}", super::house::unusual());
        let name =
            UnixListener::bind_addr(&SocketAddr::from_abstract_name(&word).unwrap()).unwrap();
        let attack = format!(
            "tcp={} udp={} unix={} abstract={word}",
            tcp.local_addr().unwrap(),
            udp.local_addr().unwrap(),
            socket.display()
        );
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        path.set_nonblocking(true).unwrap();
        name.set_nonblocking(true).unwrap();
        Self { tcp, udp, path, name, attack }
    }

    /// Whether each heard somebody.
    fn heard(&self) -> [bool; 4] {
        let mut byte = [0];
        let heard = |error: Option<ErrorKind>| error != Some(ErrorKind::WouldBlock);
        [
            heard(self.tcp.accept().err().map(|it| it.kind())),
            heard(self.udp.recv(&mut byte).err().map(|it| it.kind())),
            heard(self.path.accept().err().map(|it| it.kind())),
            heard(self.name.accept().err().map(|it| it.kind())),
        ]
    }
}

#[tokio::test]
async fn s41_without_a_network_nobody_is_reached() {
    for by in both() {
        let mut house = House::new(&by);
        let ears = Ears::open(&house);
        // As those of a container engine, a key agent or a screen are.
        house.hide_outside();
        let said = house.attack(&ears.attack).await;
        assert_eq!(ears.heard(), [false; 4], "{by:?}: {said}");
    }
}

#[tokio::test]
async fn s41_twin_with_a_network_servers_are_reached_but_no_abstract_socket() {
    for by in both() {
        let mut house = House::new(&by);
        let ears = Ears::open(&house);
        house.restraint.bounds.network = Network::On;
        let said = house.attack(&ears.attack).await;
        assert_eq!(ears.heard(), [true, true, true, false], "{by:?}: {said}");
    }
}

#[tokio::test]
async fn s41_twin_a_command_reaches_its_own_servers() {
    let Some(by) = bubblewrap() else { return };
    let house = House::new(&by);
    let ended = house.run("bash -c 'exec 3<>/dev/tcp/127.0.0.1/1' 2>&1").await;
    assert!(ended.text.contains("refused"), "its own loopback is there: {}", ended.text);
}

#[tokio::test]
async fn hosts_that_are_named_are_reached_through_the_door_and_no_others() {
    let Some(by) = bubblewrap() else { return };
    let mut house = House::new(&by);
    let ears = Ears::open(&house);
    let named = ears.tcp.local_addr().unwrap().to_string();
    house.restraint.bounds.network = Network::Hosts(vec![named.clone(), "example.com".into()]);
    house.hide_outside();
    let said = house.attack(&ears.attack).await;
    assert_eq!(ears.heard(), [false; 4], "past the door: {said}");
    let through = |to: &str| {
        let ask = format!("CONNECT {to} HTTP/1.1\\r\\n\\r\\n");
        format!("bash -c 'exec 3<>/dev/tcp/127.0.0.1/3128; printf \"{ask}\" >&3; head -1 <&3'")
    };
    let ended = house.run(&format!("echo $HTTPS_PROXY; {}", through(&named))).await;
    assert!(ended.text.contains("http://127.0.0.1:3128\n"), "{}", ended.text);
    assert!(ended.text.contains("200 Connection established"), "{}", ended.text);
    assert_eq!(ears.heard(), [true, false, false, false]);
    for other in ["127.0.0.1:1", "evil.example:443", "169.254.169.254:80"] {
        let ended = house.run(&through(other)).await;
        assert!(ended.text.contains("403 Forbidden"), "{other}: {}", ended.text);
    }
    assert_eq!(house.pool.waiting(), 1, "one guard did it all");
}

#[tokio::test]
async fn s41_sockets_in_run_are_out_of_sight() {
    let Some(by) = bubblewrap() else { return };
    let house = House::new(&by);
    let ended = house.run("find /run /var/run/ -type s").await;
    assert_eq!(ended.text, "[exit 0]");
    assert!(!house.run("touch /run/x").await.ok);
}
