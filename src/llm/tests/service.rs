//! A service for tests: plays one script for each connection, over real TCP on
//! loopback.

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
};

/// What a connection does, in order.
#[derive(Clone)]
pub(super) enum Act {
    /// Reads one request.
    Listen,
    /// Sends bytes.
    Send(Vec<u8>),
    /// Sends bytes one by one, each a piece of its own.
    Drip(Vec<u8>),
    /// Sends a sign of life for ever, until the client is gone.
    Ping,
    /// Waits until the client is gone, and tells.
    Wait,
    /// Breaks the connection: the client sees a reset.
    Reset,
}

/// A service that is running; it ends with the test's runtime.
pub(super) struct Service {
    pub(super) url: String,
    /// Each request as it came.
    pub(super) requests: Arc<Mutex<Vec<String>>>,
    /// Hears of each client that went away while it was waited for.
    pub(super) gone: mpsc::Receiver<()>,
    /// How many connections there were.
    pub(super) connections: Arc<Mutex<usize>>,
}

/// The head of a good answer whose end is the end of the connection.
pub(super) fn head() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nrequest-id: req_1\r\nconnection: close\r\n\r\n"
        .to_vec()
}

/// A whole answer with a length.
pub(super) fn response(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Starts a service that plays `script` on every connection.
pub(super) async fn serve(script: Vec<Act>) -> Service {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let connections = Arc::new(Mutex::new(0));
    let (tell, gone) = mpsc::channel(16);
    let (heard, counted) = (requests.clone(), connections.clone());
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            *counted.lock().unwrap() += 1;
            tokio::spawn(play(socket, script.clone(), heard.clone(), tell.clone()));
        }
    });
    Service { url, requests, gone, connections }
}

async fn play(
    mut socket: TcpStream,
    script: Vec<Act>,
    heard: Arc<Mutex<Vec<String>>>,
    tell: mpsc::Sender<()>,
) {
    for act in script {
        let is_alive = match act {
            Act::Listen => match request(&mut socket).await {
                Some(request) => {
                    heard.lock().unwrap().push(request);
                    true
                }
                None => false,
            },
            Act::Send(bytes) => socket.write_all(&bytes).await.is_ok(),
            Act::Drip(bytes) => {
                for byte in bytes {
                    if socket.write_all(&[byte]).await.is_err() {
                        break;
                    }
                    tokio::task::yield_now().await;
                }
                true
            }
            Act::Ping => loop {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                if socket.write_all(b": ping\n\n").await.is_err() {
                    break false;
                }
            },
            Act::Wait => {
                while socket.read(&mut [0; 64]).await.is_ok_and(|read| read > 0) {}
                let _ = tell.send(()).await;
                false
            }
            Act::Reset => {
                socket.set_zero_linger().unwrap();
                false
            }
        };
        if !is_alive {
            return;
        }
    }
}

/// One whole request: head, and a body of the told length.
async fn request(socket: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let told = head.lines().find_map(|it| it.strip_prefix("content-length: "));
            if body.len() >= told.map_or(0, |it| it.parse().unwrap()) {
                return Some(text);
            }
        }
        let mut piece = [0; 4096];
        match socket.read(&mut piece).await {
            Ok(0) | Err(_) => return None,
            Ok(read) => bytes.extend_from_slice(&piece[..read]),
        }
    }
}
