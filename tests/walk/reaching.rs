//! Servers that run elsewhere lend their tools over HTTP: a real one on this machine,
//! which sees what is sent.

use crate::{
    house::House,
    lending::{self, calling, events, results},
};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

const KEY: &str = "tr-5ecret-of-ours-0123456789";

/// An MCP server that speaks streamable HTTP.
struct Elsewhere {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Elsewhere {
    /// Serves who knows the key.
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        // How often it has forgotten all sessions.
        let (all, now) = (seen.clone(), Arc::<AtomicUsize>::default());
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (all, now) = (all.clone(), now.clone());
                thread::spawn(move || serve(stream, &all, &now));
            }
        });
        Self { address, seen }
    }

    /// What was asked of it: methods and tools.
    fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }

    /// Its table in mcp.toml.
    fn table(&self, rest: &str) -> String {
        format!("[mcp.lender]\nurl = \"http://{}/mcp\"\n{rest}\n", self.address)
    }

    fn network(&self) -> String {
        format!("network = [\"{}\"]\n", self.address)
    }
}

/// Answers what comes over one connection.
fn serve(stream: TcpStream, seen: &Mutex<Vec<String>>, age: &AtomicUsize) {
    let mut to = stream.try_clone().unwrap();
    let mut from = BufReader::new(stream);
    while let Some((head, body)) = request(&mut from) {
        let said: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let session = format!("session-{}", age.load(Ordering::SeqCst));
        let head = head.to_ascii_lowercase();
        let is_begun = said["method"] == "initialize";
        let answer = if !head.contains(&format!("authorization: bearer {KEY}")) {
            "HTTP/1.1 401 Unauthorized\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n"
                .into()
        } else if head.starts_with("post /away") {
            "HTTP/1.1 307 Temporary Redirect\r\nlocation: /mcp\r\ncontent-length: 0\r\n\r\n".into()
        } else if !head.starts_with("post") {
            "HTTP/1.1 405 Method Not Allowed\r\ncontent-length: 0\r\n\r\n".into()
        } else if !is_begun && !head.contains(&format!("mcp-session-id: {session}")) {
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n".into()
        } else {
            seen.lock().unwrap().push(said["method"].as_str().unwrap_or_default().to_owned());
            match result(&said) {
                Some(result) => {
                    if body.contains("forget") {
                        age.fetch_add(1, Ordering::SeqCst);
                    }
                    let body =
                        serde_json::json!({ "jsonrpc": "2.0", "id": said["id"], "result": result });
                    let body = body.to_string();
                    format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nmcp-session-id: \
                         {session}\r\ncontent-length: {}\r\n\r\n{body}",
                        body.len()
                    )
                }
                None => "HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n".into(),
            }
        };
        if to.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

pub fn request(from: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if from.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.to_ascii_lowercase();
    let length = length.split("content-length: ").nth(1).and_then(|it| it.split("\r\n").next());
    let mut body = vec![0; length.and_then(|it| it.parse().ok()).unwrap_or(0)];
    from.read_exact(&mut body).ok()?;
    Some((head, String::from_utf8(body).unwrap()))
}

pub fn result(said: &serde_json::Value) -> Option<serde_json::Value> {
    use serde_json::json;
    Some(match said["method"].as_str()? {
        "initialize" => json!({
            "protocolVersion": "2025-06-18",
            "capabilities": { "tools": {} },
            "serverInfo": { "name": "elsewhere", "version": "2" },
        }),
        "tools/list" => json!({ "tools": [{
            "name": "echo",
            "description": "Says it again.",
            "inputSchema": { "type": "object", "properties": { "text": { "type": "string" } } },
        }] }),
        "tools/call" => {
            let text = said["params"]["arguments"]["text"].as_str().unwrap_or_default();
            json!({ "content": [{ "type": "text", "text": format!("from elsewhere: {text}") }] })
        }
        _ => return None,
    })
}

/// A house whose server is there, with these lines about it.
fn house(calls: &[(&str, &str)], table: &str) -> House {
    let mut house = lending::house(&calling(calls), "");
    house.set("TRACKER_TOKEN", Some(KEY));
    fs::write(house.at("config/auteur/mcp.toml"), table).unwrap();
    house
}

/// The same, with nobody in the cast who knows it.
fn uncast(table: &str) -> House {
    let house = house(&[], table);
    fs::write(house.at("config/auteur/cast.toml"), "").unwrap();
    house
}

const HEADERS: &str = "headers = { Authorization = \"Bearer ${TRACKER_TOKEN}\" }\n";
const RUN: [&str; 5] = ["run", "user", "lend", "--headless", "--json"];

/// Approves what it lends, in the user's own file.
pub fn trust(house: &House) {
    let told = house.say(&RUN);
    let shown = lending::asked_about(house);
    let sha256 = shown.rsplit(' ').next().unwrap();
    assert_eq!(sha256.len(), 64, "{told}");
    let file = house.at("config/auteur/mcp.toml");
    let mcp = fs::read_to_string(&file).unwrap();
    fs::write(&file, format!("{mcp}trust = \"{sha256}\"\n")).unwrap();
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
}

#[test]
fn a_server_elsewhere_lends_its_tools_and_its_key_is_written_nowhere() {
    let elsewhere = Elsewhere::open();
    let table = elsewhere.table(&format!("{HEADERS}{}", elsewhere.network()));
    let house = house(&[("echo", "hello")], &table);
    trust(&house);
    assert_eq!(house.code(&RUN), Some(0), "{:#?}", events(&house));
    assert!(results(&house)[0].contains("from elsewhere: hello"), "{:?}", results(&house));
    assert!(elsewhere.seen().contains(&"tools/call".to_owned()));
    let mut files = vec![house.at("state"), house.at("home")];
    while let Some(place) = files.pop() {
        if place.is_dir() {
            files.extend(fs::read_dir(&place).unwrap().map(|it| it.unwrap().path()));
        } else if let Ok(text) = fs::read(&place) {
            assert!(!String::from_utf8_lossy(&text).contains(KEY), "{}", place.display());
        }
    }
}

#[test]
fn a_server_that_has_forgotten_its_session_is_greeted_again() {
    let elsewhere = Elsewhere::open();
    let table = elsewhere.table(&format!("{HEADERS}{}", elsewhere.network()));
    let house = house(&[("echo", "forget"), ("echo", "two")], &table);
    trust(&house);
    let greeted = || elsewhere.seen().iter().filter(|it| *it == "initialize").count();
    let before = greeted();
    assert_eq!(house.code(&RUN), Some(0));
    assert!(results(&house)[1].contains("from elsewhere: two"), "{:?}", results(&house));
    assert_eq!(greeted(), before + 2);
}

#[test]
fn where_a_key_is_missing_or_wrong_it_is_said_what_to_do() {
    let elsewhere = Elsewhere::open();
    let mut house = house(&[], &elsewhere.table(&elsewhere.network()));
    let said = house.say(&RUN);
    assert!(said.contains("does not take our key (401)") && said.contains("headers = "), "{said}");
    let table = elsewhere.table(&format!("{HEADERS}{}", elsewhere.network()));
    fs::write(house.at("config/auteur/mcp.toml"), table).unwrap();
    house.set("TRACKER_TOKEN", None);
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    let said = house.say(&RUN);
    assert!(said.contains("need $TRACKER_TOKEN, which is not set"), "{said}");
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
}

#[test]
fn a_server_whose_host_may_not_be_reached_is_not_reached() {
    let elsewhere = Elsewhere::open();
    let house = house(&[], &elsewhere.table(&format!("{HEADERS}network = [\"example.com\"]")));
    let said = house.say(&RUN);
    let address = elsewhere.address;
    assert!(said.contains(&format!("{address} may not be reached")), "{said}");
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
}

#[test]
fn a_server_that_sends_us_elsewhere_gets_nothing_there() {
    let elsewhere = Elsewhere::open();
    let table = elsewhere.table(&format!("{HEADERS}{}", elsewhere.network()));
    let house = house(&[], &table.replace("/mcp\"", "/away\""));
    let said = house.say(&RUN);
    assert!(said.contains("MCP server lender is not there"), "{said}");
    assert_eq!(elsewhere.seen(), Vec::<String>::new());
}

#[test]
fn the_doctor_tries_every_server_and_says_how_it_is() {
    let elsewhere = Elsewhere::open();
    let mut house = uncast("");
    house.install("broken", "echo no licence >&2; exit 3");
    let table = elsewhere.table(&format!("{HEADERS}{}", elsewhere.network()));
    let table = table.replace("mcp.lender", "mcp.far");
    let rest = "[mcp.near]\ncommand = [\"lender\"]\n[mcp.broken]\ncommand = [\"broken\"]\n";
    fs::write(house.at("config/auteur/mcp.toml"), format!("{table}{rest}")).unwrap();
    let said = house.say(&["doctor"]);
    for told in [
        "elsewhere 2: 1 tool, not approved yet",
        "lender 1: 17 tools, not approved yet",
        "it ended: exit 3",
        "no licence",
        "start it by hand",
    ] {
        assert!(said.contains(told), "{told}\n{said}");
    }
    assert!(!said.contains(KEY), "{said}");
    let left = fs::read_dir(house.at("state")).unwrap().map(|it| it.unwrap().file_name());
    assert!(!left.map(|it| it.to_string_lossy().into_owned()).any(|it| it.starts_with("doctor")));
    crate::house::assert_nobody_is_left(&house);
}

#[test]
fn what_is_wrong_in_mcp_toml_is_told_with_its_line_and_mend() {
    let house = uncast("");
    for (table, line, told) in [
        ("[mcp.x]\nurl = \"example.com\"\n", ":2:", "expected an address"),
        ("[mcp.x]\nurl = \"https://a:b@example.com\"\n", ":2:", "use headers"),
        (
            "[mcp.x]\nurl = \"https://example.com\"\ncommand = [\"y\"]\n",
            ":2:",
            "keep one of the two",
        ),
        ("[mcp.x]\ntimeout_s = 5\n", ":1:", "neither a command nor a url"),
        ("[mcp.x]\ncommand = [\"y\"]\nauth = \"oauth\"\n", ":3:", "one signs in to a url"),
        ("[mcp.x]\nurl = \"https://x.example\"\nauth = \"basic\"\n", ":3:", "oauth"),
        (
            "[mcp.x]\nurl = \"https://x.example\"\nscopes = [\"read\"]\n",
            ":3:",
            "nobody signs in to it",
        ),
        (
            "[mcp.x]\nurl = \"https://x.example\"\nauth = \"oauth\"\nscopes = [\"a b\"]\n",
            ":4:",
            "one by one",
        ),
        (
            "[mcp.x]\nurl = \"https://x.example\"\nauth = \"oauth\"\nclient_secret = \"y\"\n",
            ":4:",
            "say its client_id",
        ),
        (
            "[mcp.x]\nurl = \"https://x.example\"\nauth = \"oauth\"\nheaders = { authorization = \"y\" }\n",
            ":4:",
            "keep one of the two",
        ),
        ("[mcp.x]\ncommand = []\n", ":2:", "expected a program"),
        ("[mcp.x]\ncommand = [\"y\"]\nheaders = { A = \"b\" }\n", ":3:", "headers go to a url"),
        ("[mcp.x__y]\ncommand = [\"y\"]\n", ":", "a server's name is"),
        ("[mcp.x]\ncommand = [\"y\"]\ncolour = 1\n", ":3:", "colour"),
    ] {
        fs::write(house.at("config/auteur/mcp.toml"), table).unwrap();
        let said = house.say(&["doctor"]);
        let is_told = said.contains(&format!("mcp.toml{line}")) && said.contains(told);
        assert!(is_told, "{table}\n{said}");
    }
}

#[test]
fn a_server_of_the_project_is_not_started_before_it_is_trusted() {
    let mut house = uncast("");
    house.install("theirs", "echo up >> ups");
    let folder = house.project().join(".auteur");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mcp.toml"), "[mcp.theirs]\ncommand = [\"theirs\"]\n").unwrap();
    let said = house.say(&["doctor"]);
    assert!(said.contains("left out") && said.contains("auteur trust"), "{said}");
    assert_eq!(house.marks("ups"), 0);
    house.say(&["trust", "--yes"]);
    let said = house.say(&["doctor"]);
    assert!(said.contains("theirs") && house.marks("ups") == 1, "{said}");
    let key =
        "[mcp.theirs]\nurl = \"http://127.0.0.1:9\"\nheaders = { A = \"${TRACKER_TOKEN}\" }\n";
    fs::write(folder.join("mcp.toml"), key).unwrap();
    let said = house.say(&["trust", "--yes"]);
    assert!(said.contains("may not give `theirs` variables of yours"), "{said}");
    let sign_in = "[mcp.theirs]\nurl = \"http://127.0.0.1:9\"\nauth = \"oauth\"\n";
    fs::write(folder.join("mcp.toml"), sign_in).unwrap();
    let said = house.say(&["trust", "--yes"]);
    assert!(said.contains("may not have you sign in to `theirs`"), "{said}");
    assert!(said.contains("mcp.toml:3:"), "{said}");
}
