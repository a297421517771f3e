//! An MCP server that one signs in to, and whoever signs in to it, at one address of
//! this machine: OAuth 2.1 as the protocol asks for it, to the letter.

use crate::reaching::{request, result};
use reqwest::Url;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    io::{BufReader, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex, MutexGuard},
    thread,
};

/// Serves until the test is over.
pub struct Authority {
    pub address: SocketAddr,
    books: Arc<Mutex<Books>>,
}

/// What it knows, and how it is to behave.
#[derive(Default)]
pub struct Books {
    /// Programs that have introduced themselves, and where their browsers come back to.
    clients: BTreeMap<String, String>,
    /// Codes that were given, and what for.
    codes: BTreeMap<String, BTreeMap<String, String>>,
    /// Tokens that open the server.
    pub access: Vec<String>,
    /// Tokens that are exchanged for others, once.
    pub refresh: Vec<String>,
    /// All tokens that were ever given.
    pub given: Vec<String>,
    /// What was asked of it, in a word each.
    pub seen: Vec<String>,
    /// For how many seconds the first token of a sign-in holds.
    pub first_expires_in: u64,
    /// The person does not want to.
    pub refuses: bool,
    /// It can't tell whether a code comes back from whom it was given to.
    pub has_no_pkce: bool,
    /// Who it says that it is when the browser comes back.
    pub issuer: Option<String>,
}

type Answer = (u16, Vec<String>, Value);

impl Authority {
    pub fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let books = Books { first_expires_in: 3600, ..Books::default() };
        let books = Arc::new(Mutex::new(books));
        let all = books.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let all = all.clone();
                thread::spawn(move || serve(stream, address, &all));
            }
        });
        Self { address, books }
    }

    pub fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap()
    }

    /// How often something was asked of it.
    pub fn count(&self, what: &str) -> usize {
        self.books().seen.iter().filter(|it| *it == what).count()
    }

    /// Its table in mcp.toml.
    pub fn table(&self, rest: &str) -> String {
        let at = self.address;
        format!("[mcp.lender]\nurl = \"http://{at}/mcp\"\nnetwork = [\"{at}\"]\n{rest}\n")
    }
}

fn serve(stream: TcpStream, at: SocketAddr, books: &Mutex<Books>) {
    let mut to = stream.try_clone().unwrap();
    let mut from = BufReader::new(stream);
    while let Some((head, body)) = request(&mut from) {
        let (status, headers, body) = answer(&head, &body, at, &mut books.lock().unwrap());
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let headers = headers.join("\r\n");
        let headers = if headers.is_empty() { headers } else { headers + "\r\n" };
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: \
             {length}\r\n\r\n{body}"
        );
        if to.write_all(text.as_bytes()).is_err() {
            return;
        }
    }
}

fn answer(head: &str, body: &str, at: SocketAddr, books: &mut Books) -> Answer {
    let mut words = head.split(' ');
    let (method, target) = (words.next().unwrap(), words.next().unwrap());
    let url = Url::parse(&format!("http://{at}{target}")).unwrap();
    let query = pairs(url.query().unwrap_or_default());
    let found = |it: Value| (200, Vec::new(), it);
    match (method, url.path()) {
        (_, "/mcp") => lend(method, head, body, at, books),
        (_, "/.well-known/oauth-protected-resource/mcp") => found(json!({
            "resource": format!("http://{at}/mcp"),
            "authorization_servers": [format!("http://{at}")],
            "scopes_supported": ["notes.read"],
        })),
        (_, "/.well-known/oauth-authorization-server") => found(json!({
            "issuer": format!("http://{at}"),
            "authorization_endpoint": format!("http://{at}/authorize"),
            "token_endpoint": format!("http://{at}/token"),
            "registration_endpoint": format!("http://{at}/register"),
            "response_types_supported": ["code"],
            "code_challenge_methods_supported":
                [if books.has_no_pkce { "plain" } else { "S256" }],
            "authorization_response_iss_parameter_supported": true,
        })),
        ("POST", "/register") => register(body, books),
        ("GET", "/authorize") => authorize(query, at, books),
        ("POST", "/token") => token(&pairs(body), at, books),
        _ => (404, Vec::new(), Value::Null),
    }
}

fn pairs(text: &str) -> BTreeMap<String, String> {
    let url = Url::parse(&format!("http://x/?{text}")).unwrap();
    url.query_pairs().map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// The server itself: who has no token that holds learns where to get one.
fn lend(method: &str, head: &str, body: &str, at: SocketAddr, books: &mut Books) -> Answer {
    let bearer = head.lines().find_map(|it| {
        let (name, value) = it.split_once(": ")?;
        name.eq_ignore_ascii_case("authorization").then(|| value.trim().strip_prefix("Bearer "))?
    });
    let Some(token) = bearer.filter(|it| books.access.iter().any(|known| known == it)) else {
        books.seen.push("a stranger".to_owned());
        let how = format!(
            "www-authenticate: Bearer resource_metadata=\"http://{at}/.well-known/\
             oauth-protected-resource/mcp\", scope=\"notes.read\""
        );
        return (401, vec![how], Value::Null);
    };
    if method != "POST" {
        return (405, Vec::new(), Value::Null);
    }
    let said: Value = serde_json::from_str(body).unwrap();
    books.seen.push(said["method"].as_str().unwrap_or_default().to_owned());
    let Some(mut result) = result(&said) else { return (202, Vec::new(), Value::Null) };
    if said["method"] == "tools/call" {
        // It tells what nobody should be told.
        result["content"][0]["text"] = format!("from elsewhere, to {token}").into();
    }
    (200, Vec::new(), json!({ "jsonrpc": "2.0", "id": said["id"], "result": result }))
}

fn register(body: &str, books: &mut Books) -> Answer {
    let said: Value = serde_json::from_str(body).unwrap();
    let redirect = said["redirect_uris"][0].as_str().unwrap().to_owned();
    assert!(redirect.starts_with("http://127.0.0.1:"), "{redirect}");
    assert_eq!(said["client_name"], "Auteur");
    let id = format!("client-{}", books.clients.len() + 1);
    books.clients.insert(id.clone(), redirect.clone());
    books.seen.push("register".to_owned());
    (201, Vec::new(), json!({ "client_id": id, "redirect_uris": [redirect] }))
}

/// The page on which a person gives leave; here it is given, or refused, at once.
fn authorize(query: BTreeMap<String, String>, at: SocketAddr, books: &mut Books) -> Answer {
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["resource"], format!("http://{at}/mcp"));
    assert_eq!(books.clients.get(&query["client_id"]), Some(&query["redirect_uri"]));
    let mut back = Url::parse(&query["redirect_uri"]).unwrap();
    let issuer = books.issuer.clone().unwrap_or_else(|| format!("http://{at}"));
    back.query_pairs_mut().append_pair("state", &query["state"]).append_pair("iss", &issuer);
    if books.refuses {
        let about = "Ann said \u{1b}[31mno";
        back.query_pairs_mut()
            .append_pair("error", "access_denied")
            .append_pair("error_description", about);
    } else {
        let code = format!("code-{}", books.codes.len() + 1);
        back.query_pairs_mut().append_pair("code", &code);
        books.codes.insert(code, query);
    }
    (302, vec![format!("location: {back}")], Value::Null)
}

fn token(said: &BTreeMap<String, String>, at: SocketAddr, books: &mut Books) -> Answer {
    let refused = |why: &str| {
        (400, Vec::new(), json!({ "error": "invalid_grant", "error_description": why }))
    };
    books.seen.push(said["grant_type"].clone());
    if said.get("resource") != Some(&format!("http://{at}/mcp")) {
        return refused("this is for another server");
    }
    let expires_in = if said["grant_type"] == "authorization_code" {
        // A code serves once.
        let Some(asked) = books.codes.remove(&said["code"]) else {
            return refused("no such code");
        };
        let is_theirs = asked["client_id"] == said["client_id"]
            && asked["redirect_uri"] == said["redirect_uri"]
            && asked["code_challenge"] == challenge(&said["code_verifier"]);
        if !is_theirs {
            return refused("the code is somebody else's");
        }
        books.first_expires_in
    } else {
        // So does this one.
        let before = books.refresh.len();
        books.refresh.retain(|it| *it != said["refresh_token"]);
        if books.refresh.len() == before {
            return refused("no such token");
        }
        3600
    };
    let turn = books.given.len();
    let [access, refresh] = ["access", "refresh"].map(|it| format!("{it}-t0ken-of-ann-{turn:08}"));
    books.access.push(access.clone());
    books.refresh.push(refresh.clone());
    books.given.extend([access.clone(), refresh.clone()]);
    let given = json!({
        "access_token": access,
        "refresh_token": refresh,
        "token_type": "Bearer",
        "expires_in": expires_in,
        "scope": "notes.read",
    });
    (200, vec!["cache-control: no-store".to_owned()], given)
}

/// What a verifier looks like to those who only see its challenge (RFC 7636).
fn challenge(verifier: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let hash = Sha256::digest(verifier);
    let mut bits = hash.iter().flat_map(|it| (0..8).rev().map(move |at| it >> at & 1)).peekable();
    let mut text = String::new();
    while bits.peek().is_some() {
        let six = (0..6).fold(0, |sum, _| sum * 2 + usize::from(bits.next().unwrap_or(0)));
        text.push(char::from(LETTERS[six]));
    }
    text
}

/// Goes to an address as a browser does, and on to where it is sent; gives what the last
/// page says.
pub fn browse(address: &str) -> String {
    let mut address = address.to_owned();
    loop {
        let page = fetch(&address);
        match sent_to(&page) {
            Some(to) => address = to,
            None => return page,
        }
    }
}

/// What one address answers: head and body.
pub fn fetch(address: &str) -> String {
    let url = Url::parse(address).unwrap();
    let at = (url.host_str().unwrap(), url.port().unwrap());
    let mut stream = TcpStream::connect(at).unwrap();
    let query = url.query().map(|it| format!("?{it}")).unwrap_or_default();
    let path = url.path();
    let asked = format!("GET {path}{query} HTTP/1.1\r\nhost: x\r\n\r\n");
    stream.write_all(asked.as_bytes()).unwrap();
    let (head, body) = request(&mut BufReader::new(stream)).unwrap();
    format!("{head}{body}")
}

/// Where a page sends its reader, if it does.
pub fn sent_to(page: &str) -> Option<String> {
    page.lines().find_map(|it| it.strip_prefix("location: ")).map(str::to_owned)
}
