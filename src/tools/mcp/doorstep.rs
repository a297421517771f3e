//! Where a browser comes back to after a sign-in: an address of this machine alone,
//! for as long as one is waited for.

use super::signing::value;
use bytes::Bytes;
use http_body_util::Full;
use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue, REFERRER_POLICY},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use std::{convert::Infallible, io, net::Ipv4Addr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinSet,
};

/// The path that it comes back to.
const PATH: &str = "/callback";
/// So many may come back at once.
const WAITING: usize = 8;
/// How long a browser may take to read its last page.
const FAREWELL: Duration = Duration::from_secs(2);
/// A machine that can't take one connection is left alone for a moment.
const BREATH: Duration = Duration::from_millis(10);

/// An address that is listened at.
#[derive(Debug)]
pub(super) struct Doorstep {
    listener: TcpListener,
    tell: mpsc::Sender<Visitor>,
    visitors: mpsc::Receiver<Visitor>,
    connections: JoinSet<()>,
}

/// Somebody's browser that has come back.
#[derive(Debug)]
pub struct Visitor {
    /// The address that it came back with.
    address: String,
    /// Where its page goes; none where it came back on another machine.
    page: Option<oneshot::Sender<Page>>,
}

/// What a browser is shown.
type Page = (StatusCode, String);

impl Visitor {
    /// A browser that came back on another machine, whose address the director has
    /// copied.
    pub fn copied(address: &str) -> Self {
        Self { address: address.trim().to_owned(), page: None }
    }

    /// A value that it brings.
    pub(super) fn brings(&self, name: &str) -> Option<String> {
        value(&self.address, name)
    }

    /// Shows it that all went well, or why it did not.
    pub(super) fn show(self, told: Result<&str, &str>) {
        let (status, words) = match told {
            Ok(words) => (StatusCode::OK, words),
            Err(words) => (StatusCode::BAD_REQUEST, words),
        };
        if let Some(page) = self.page {
            // It may be closed already.
            let _closed = page.send((status, words.to_owned()));
        }
    }
}

impl Doorstep {
    /// Listens at this port; any free one if there is none.
    ///
    /// # Errors
    /// When somebody else listens there.
    pub(super) async fn open(port: Option<u16>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let (tell, visitors) = mpsc::channel(WAITING);
        Ok(Self { listener, tell, visitors, connections: JoinSet::new() })
    }

    /// The address. By its number, as RFC 8252 asks: a name might be anybody's.
    ///
    /// # Errors
    /// When the system does not tell the port.
    pub(super) fn address(&self) -> io::Result<String> {
        Ok(format!("http://{}{PATH}", self.listener.local_addr()?))
    }

    /// The next who comes back. May be dropped at any await and called again.
    pub(super) async fn next(&mut self) -> Visitor {
        loop {
            tokio::select! {
                Some(visitor) = self.visitors.recv() => return visitor,
                Some(_over) = self.connections.join_next() => {}
                accepted = self.listener.accept() => match accepted {
                    Ok((stream, _)) => {
                        self.connections.spawn(serve(stream, self.tell.clone()));
                    }
                    Err(_) => tokio::time::sleep(BREATH).await,
                },
            }
        }
    }

    /// Listens no more, once who is there has read the last page.
    pub(super) async fn close(mut self) {
        drop(self.listener);
        let read = async { while self.connections.join_next().await.is_some() {} };
        // Who reads on for longer finds the page half.
        let _late = tokio::time::timeout(FAREWELL, read).await;
    }
}

async fn serve(stream: TcpStream, tell: mpsc::Sender<Visitor>) {
    let service = service_fn(move |request| {
        let tell = tell.clone();
        async move { Ok::<_, Infallible>(answer(&request, &tell).await) }
    });
    let mut http = http1::Builder::new();
    // One that went away is no matter.
    http.keep_alive(false).serve_connection(TokioIo::new(stream), service).await.ok();
}

async fn answer(
    request: &Request<Incoming>,
    tell: &mpsc::Sender<Visitor>,
) -> Response<Full<Bytes>> {
    if request.method() != Method::GET || request.uri().path() != PATH {
        return page((StatusCode::NOT_FOUND, "There is nothing here.".to_owned()));
    }
    let (to, shown) = oneshot::channel();
    let query = request.uri().query().unwrap_or_default();
    let address = format!("http://127.0.0.1{PATH}?{query}");
    let over = || (StatusCode::GONE, "Nobody waits here any more.".to_owned());
    match tell.send(Visitor { address, page: Some(to) }).await {
        Ok(()) => page(shown.await.unwrap_or_else(|_| over())),
        Err(_) => page(over()),
    }
}

/// Plain words, which no browser runs, keeps, or tells another site of.
fn page((status, words): Page) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(format!("{words}\n"))));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}
