//! The demo's six agents at work at once, with the real client and the real
//! tools, as quick as they can; the director is the simplest one there is.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

use std::{
    collections::BTreeMap, fs, os::unix::fs::PermissionsExt, path::PathBuf, process::Command,
    sync::Arc, time::Duration,
};

use auteur::{
    llm::{Chunk, Client, Endpoint, Message, Part, Request, ToolResult, ToolSpec, Trouble, Wire},
    rehearsal::{
        Server,
        demo::{self, DemoAgent},
    },
    tools::{Call, Progress, Toolbox, specs},
    workspace::Workspace,
};
use futures::StreamExt;
use tempfile::TempDir;

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, contents, is_executable) in demo::project_files() {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        let mode = if *is_executable { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    folder
}

fn toolbox(folder: &TempDir) -> Toolbox {
    let workspace = Workspace::open(folder.path()).unwrap();
    let path = ("PATH".to_owned(), std::env::var_os("PATH").unwrap().into_string().unwrap());
    Toolbox::new(Arc::new(workspace), vec![path])
        .with_guard(PathBuf::from(env!("CARGO_BIN_EXE_auteur")))
}

/// One agent, with nothing between it and its tools.
struct Agent {
    endpoint: Endpoint,
    tools: Toolbox,
    request: Request,
    /// Calls that failed, as their titles and what was said.
    failed: Vec<String>,
}

impl Agent {
    fn new(server: &Server, folder: &TempDir, agent: &DemoAgent) -> Self {
        let endpoint = Endpoint {
            wire: Wire::Anthropic,
            base_url: server.url(),
            key: None,
            headers: Vec::new(),
            idle_timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(30),
        };
        let tool = |it: auteur::tools::Spec| ToolSpec {
            name: it.name.to_string(),
            description: it.description.to_string(),
            schema: it.schema,
        };
        let request = Request {
            model: agent.model.to_owned(),
            instructions: agent.instructions.to_owned(),
            messages: vec![Message::User(agent.brief.to_owned())],
            tools: specs().into_iter().map(tool).collect(),
            max_output: 4000,
            effort: None,
            cache: true,
        };
        Self { endpoint, tools: toolbox(folder), request, failed: Vec::new() }
    }

    /// Works until it calls nothing more, and gives its last words.
    async fn work(&mut self, redirect: Option<(usize, &str)>) -> String {
        for turn in 1..100 {
            let parts = self.answer().await;
            let words: String = parts
                .iter()
                .filter_map(|it| if let Part::Text(text) = it { Some(text.as_str()) } else { None })
                .collect();
            self.request.messages.push(Message::Assistant(parts.clone()));
            let mut results = Vec::new();
            for part in &parts {
                if let Part::Call { id, name, arguments, .. } = part {
                    let (text, is_error) = self.carry_out(name, arguments).await;
                    results.push(ToolResult { id: id.clone(), name: name.clone(), text, is_error });
                }
            }
            if results.is_empty() {
                return words;
            }
            self.request.messages.push(Message::Results(results));
            if let Some((_, words)) = redirect.filter(|(after, _)| *after == turn) {
                self.request.messages.push(Message::User(words.to_owned()));
            }
        }
        panic!("{} never ends", self.request.model);
    }

    /// Asks until the service answers.
    async fn answer(&self) -> Vec<Part> {
        for _ in 0..5 {
            match self.ask().await {
                Ok(parts) => return parts,
                Err(trouble) => assert!(trouble.is_retryable(), "{trouble}"),
            }
        }
        panic!("five refusals in a row");
    }

    async fn ask(&self) -> Result<Vec<Part>, Trouble> {
        let client = Client::new(jiff::Timestamp::now);
        let mut chunks = client.stream(&self.endpoint, &self.request);
        let (mut words, mut calls) = (String::new(), Vec::new());
        while let Some(chunk) = chunks.next().await {
            match chunk? {
                Chunk::Text(text) => words.push_str(&text),
                Chunk::Call { id, name, arguments, seal } => {
                    let arguments = arguments.expect("arguments in JSON");
                    calls.push(Part::Call { id, name, arguments, seal });
                }
                _ => {}
            }
        }
        let words = (!words.is_empty()).then_some(Part::Text(words));
        Ok(words.into_iter().chain(calls).collect())
    }

    /// Carries out a call; the director approves, and answers with the first option.
    async fn carry_out(&mut self, name: &str, arguments: &serde_json::Value) -> (String, bool) {
        let parsed = Call::parse(name, arguments).expect("a call that the tools take");
        assert_eq!(parsed.ignored, Vec::<String>::new(), "{name} {arguments}");
        let title = parsed.call.title();
        match parsed.call {
            Call::Ask { options, .. } => (format!("the director answers: {}", options[0]), false),
            Call::Report { .. } => ("noted".to_owned(), false),
            call => {
                let mut running = self.tools.start(call);
                loop {
                    if let Progress::Ended(ended) = running.next().await {
                        if !ended.ok {
                            self.failed.push(format!("{title}: {}", ended.text));
                        }
                        return (ended.text, !ended.ok);
                    }
                }
            }
        }
    }
}

/// Only these may fail: a bug is seen, a case is red, a release is refused.
fn is_meant_to_fail(failed: &str) -> bool {
    ["./test.sh", "./ledger.sh balance --month rent", "./release.sh:", "git diff"]
        .iter()
        .any(|it| failed.starts_with(it))
        || failed.contains("git")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_agents_at_once_do_their_briefs_with_the_real_tools() {
    let server = Server::start(demo::production().unwrap(), 0, 0.0).unwrap();
    let folder = Arc::new(project());
    let mut working = tokio::task::JoinSet::new();
    for agent in demo::cast() {
        let mut worker = Agent::new(&server, &folder, agent);
        let redirect = (agent.name == "tidier").then_some((7, "Stick to ledger.sh."));
        working.spawn(async move { (agent.name, worker.work(redirect).await, worker.failed) });
    }
    let mut last: BTreeMap<&str, String> = BTreeMap::new();
    for (name, words, failed) in working.join_all().await {
        let unmeant: Vec<&String> = failed.iter().filter(|it| !is_meant_to_fail(it)).collect();
        assert!(unmeant.is_empty(), "{name}: {unmeant:#?}");
        last.insert(name, words);
    }
    let ends = [
        ("extractor", "**Six accounts**"),
        ("implementer", "**Both halves are done.**"),
        ("releaser", "**0.3.0 is released into `build/`.**"),
        ("reviewer", "are now skipped"),
        ("scout", "**Done.**"),
        ("tidier", "only what was asked"),
    ];
    for (name, end) in ends {
        assert!(last[name].contains(end), "{name}: {}", last[name]);
    }
    let tested = Command::new("sh").arg("test.sh").current_dir(folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&tested.stdout);
    assert!(tested.status.success() && said.contains("17 passed, 0 failed"), "{said}");
}
