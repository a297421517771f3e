//! Browsers that run elsewhere, as the example's mcp.toml shows them: one that is reached
//! by its debugging protocol, and Browserbase's, whose server shakes hands without a key
//! that opens anything.

use crate::{
    contacts::{path, serve},
    house::{House, wait},
    lending::{asked_about, results},
    skip,
};
use std::{
    env, fs,
    io::{BufRead as _, BufReader},
    process::{Child, Command, Stdio},
    sync::mpsc,
    time::Duration,
};

/// A role that has the server `far`.
const CAST: &str = r#"
[cast.user]
purpose = "Uses what it is lent"
model = "rehearsal/any"
tools = ["report"]
mcp = ["far"]
permissions = { mode = "ask", allow = ["tool(mcp__far__*)"] }
instructions = "Work well."
"#;
const RUN: [&str; 4] = ["run", "user", "far", "--headless"];

/// Whether these are installed for tests, or on this machine.
fn has(programs: &[&str]) -> bool {
    let missing =
        programs.iter().find(|it| !env::split_paths(&path()).any(|at| at.join(it).is_file()));
    if let Some(program) = missing {
        skip(&format!("there is no `{program}`"));
    }
    missing.is_none()
}

/// A house with this table in mcp.toml, whose tools are approved; and what was shown for
/// that.
fn approve(house: &mut House, table: &str) -> String {
    house.set("PATH", Some(&path()));
    let file = house.at("config/auteur/mcp.toml");
    fs::write(&file, table).unwrap();
    fs::write(house.at("config/auteur/cast.toml"), CAST).unwrap();
    house.say(&RUN);
    let shown = asked_about(house);
    let sha256 = shown.rsplit(' ').next().unwrap();
    fs::write(&file, format!("{table}trust = \"{sha256}\"\n")).unwrap();
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    shown
}

/// A model that makes these calls, one a turn.
fn calling(calls: &[(&str, &str)]) -> String {
    let turn = |(tool, with): &(&str, &str)| {
        format!("\n[[part.turn]]\ncalls = [{{ tool = \"mcp__far__{tool}\", with = {with} }}]\n")
    };
    let turns: String = calls.iter().map(turn).collect();
    format!(
        "[[part]]\nname = \"user\"\nbrief = \"far\"\n{turns}\n[[part.turn]]\nsay = \"That was all.\"\n"
    )
}

/// A Chromium that nobody of the house has started.
struct Chromium {
    process: Child,
    port: String,
    _profile: tempfile::TempDir,
}

impl Chromium {
    fn start() -> Self {
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .arg("--remote-debugging-port=0")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .env("PATH", path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(process.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        // It is read to the end, so that it is never kept from saying more.
        std::thread::spawn(move || {
            for line in said.lines().map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("DevTools listening on ws://127.0.0.1:") {
                    let port = rest.split('/').next().unwrap_or_default().to_owned();
                    // Only the first is waited for.
                    drop(tell.send(port));
                }
            }
        });
        let port = told.recv_timeout(Duration::from_mins(1)).unwrap();
        Self { process, port, _profile: profile }
    }

    /// What it has open, as it says itself.
    fn pages(&self) -> String {
        crate::authority::fetch(&format!("http://127.0.0.1:{}/json/list", self.port))
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _gone = self.process.kill();
        let _gone = self.process.wait();
    }
}

#[test]
fn a_browser_that_runs_elsewhere_is_driven_by_its_devtools_protocol() {
    if !has(&["playwright-mcp", "node", "chromium", "python3"]) {
        return;
    }
    let site = env!("CARGO_MANIFEST_DIR").to_owned() + "/assets/contacts/directory.py";
    let place = tempfile::tempdir().unwrap();
    fs::copy(site, place.path().join("directory.py")).unwrap();
    let (mut site, address) = serve(place.path(), &[]);
    let chromium = Chromium::start();
    let page = format!("{{ url = \"http://{address}/\" }}");
    let mut house =
        House::open(&calling(&[("browser_navigate", &page), ("browser_snapshot", "{}")]));
    let table = format!(
        "[mcp.far]\ncommand = [\"playwright-mcp\", \"--cdp-endpoint\", \"http://127.0.0.1:{}\"]\n\
         network = \"on\"\ntools = [\"browser_navigate\", \"browser_snapshot\"]\ntimeout_s = 120\n",
        chromium.port
    );
    approve(&mut house, &table);
    assert!(!chromium.pages().contains(&address));
    assert_eq!(house.code(&RUN), Some(0));
    let results = results(&house);
    assert!(results[0].contains(&format!("Page URL: http://{address}/")), "{results:#?}");
    assert!(results[1].contains("Harbour"), "{results:#?}");
    let visits = fs::read_to_string(place.path().join("visits")).unwrap();
    assert!(visits.contains("GET / "), "{visits}");
    site.kill().unwrap();
    site.wait().unwrap();
    let mut chromium = chromium;
    assert!(chromium.process.try_wait().unwrap().is_none(), "it ended with its agent");
    wait("the end of the server", || crate::house::processes_of(&house.project()).is_empty());
}

#[test]
fn browserbases_server_shakes_hands_and_its_tools_wait_for_the_director() {
    if !has(&["mcp-server-browserbase", "node"]) {
        return;
    }
    let mut house = House::open(&calling(&[("browserbase_session_create", "{}")]));
    for name in ["BROWSERBASE_API_KEY", "BROWSERBASE_PROJECT_ID", "GEMINI_API_KEY"] {
        house.set(name, Some("opens-nothing"));
    }
    // As the example has it, but for its network: nobody is to be asked for a browser.
    let table = "[mcp.far]\ncommand = [\"mcp-server-browserbase\"]\n\
                 passes = [\"BROWSERBASE_API_KEY\", \"BROWSERBASE_PROJECT_ID\", \"GEMINI_API_KEY\"]\n\
                 network = \"off\"\ntimeout_s = 120\n";
    let shown = approve(&mut house, table);
    for tool in ["browserbase_session_create", "stagehand_navigate", "stagehand_act", "extract"] {
        assert!(shown.contains(tool), "{tool}: {shown}");
    }
    assert_eq!(house.code(&RUN), Some(0));
    let asked = house.asked();
    let told = &asked.last().unwrap().tools;
    assert!(told.iter().any(|it| it.starts_with("mcp__far__browserbase_")), "{told:?}");
    let result = results(&house).pop().unwrap();
    assert!(result.contains("Failed to create Browserbase session"), "{result}");
}
