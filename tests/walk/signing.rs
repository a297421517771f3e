//! The director signs in to servers that run elsewhere; agents are let in by what was
//! given, and renew it.

use crate::{
    authority::{Authority, browse, fetch, sent_to},
    house::House,
    lending::{self, calling, results},
    reaching,
};
use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

const AUTH: &str = "auth = \"oauth\"";
const LOGIN: [&str; 3] = ["mcp", "login", "lender"];
const RUN: [&str; 5] = ["run", "user", "lend", "--headless", "--json"];

/// A house whose server is this one.
fn house(calls: &[(&str, &str)], table: &str) -> House {
    let mut house = lending::house(&calling(calls), "");
    // All that anybody wants to have logged.
    house.set("AUTEUR_LOG", Some("trace"));
    fs::write(house.at("config/auteur/mcp.toml"), table).unwrap();
    house
}

/// A sign-in that has begun, and waits for the browser.
struct Begun {
    child: Child,
    said: BufReader<ChildStdout>,
    address: String,
}

impl Begun {
    fn at(house: &House) -> Self {
        let mut command = Command::new(crate::house::PROGRAM);
        let command = house.on(command.args(LOGIN)).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.trim_start().starts_with("http") {
            line.clear();
            if said.read_line(&mut line).unwrap() == 0 {
                let mut why = String::new();
                child.stderr.take().unwrap().read_to_string(&mut why).unwrap();
                panic!("no address: {why}");
            }
        }
        Self { child, said, address: line.trim().to_owned() }
    }

    /// How it ended, and what it said.
    fn end(mut self) -> (Option<i32>, String) {
        drop(self.child.stdin.take());
        let mut all = String::new();
        self.said.read_to_string(&mut all).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut all).unwrap();
        (self.child.wait().unwrap().code(), all)
    }
}

/// Signs in, as a person does.
fn sign_in(house: &House) {
    let begun = Begun::at(house);
    let page = browse(&begun.address);
    assert!(page.contains("Signed in to lender. You can close this page."), "{page}");
    let (code, said) = begun.end();
    assert_eq!((code, said.contains("Signed in to lender.")), (Some(0), true), "{said}");
}

/// The files of accounts.
fn accounts(house: &House) -> Vec<PathBuf> {
    let all = fs::read_dir(house.at("state/mcp/accounts")).into_iter().flatten();
    let all = all.map(|it| it.unwrap().path());
    all.filter(|it| it.extension().is_some_and(|it| it == "json")).collect()
}

/// Every file but the accounts' that holds one of these words.
fn told(house: &House, words: &[String]) -> Vec<PathBuf> {
    let (mut found, mut places) = (Vec::new(), vec![house.at("state"), house.at("home")]);
    while let Some(place) = places.pop() {
        if place.ends_with("mcp/accounts") {
            continue;
        }
        if place.is_dir() {
            places.extend(fs::read_dir(&place).unwrap().map(|it| it.unwrap().path()));
        } else if let Ok(text) = fs::read(&place) {
            let text = String::from_utf8_lossy(&text).into_owned();
            found.extend(words.iter().any(|it| text.contains(it)).then_some(place));
        }
    }
    found
}

#[test]
fn who_has_signed_in_is_let_in_and_what_was_given_is_renewed_and_told_to_nobody() {
    let authority = Authority::open();
    authority.books().first_expires_in = 0;
    let house = house(&[("echo", "one"), ("echo", "two")], &authority.table(AUTH));
    sign_in(&house);
    let [file] = &accounts(&house)[..] else { panic!("{:?}", accounts(&house)) };
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    let folder = file.parent().unwrap().metadata().unwrap();
    assert_eq!(folder.permissions().mode() & 0o777, 0o700);
    assert_eq!(authority.count("refresh_token"), 0);
    reaching::trust(&house);
    assert_eq!(authority.count("refresh_token"), 1, "{:?}", authority.books().seen);
    let first = authority.books().given[0].clone();
    authority.books().access.retain(|it| *it != first);
    assert_eq!(house.code(&RUN), Some(0));
    let results = results(&house);
    assert!(results.iter().all(|it| it.contains("from elsewhere, to ")), "{results:?}");
    assert_eq!(authority.count("refresh_token"), 1, "what still holds is not renewed");
    let given = authority.books().given.clone();
    assert_eq!(given.len(), 4);
    assert!(fs::read_to_string(file).unwrap().contains(&given[3]));
    assert_eq!(told(&house, &given), Vec::<PathBuf>::new());
    assert_eq!(told(&house, &["code-1".to_owned()]), Vec::<PathBuf>::new());
    assert!(!fs::read_dir(house.at("state/log")).unwrap().collect::<Vec<_>>().is_empty());
}

#[test]
fn who_is_not_signed_in_is_told_of_the_command_for_it_in_a_line() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(AUTH));
    let line = "the MCP server lender is not there: not signed in: auteur mcp login lender";
    let said = house.say(&RUN);
    assert!(said.contains(line) && said.contains("That was all."), "{said}");
    assert_eq!(authority.books().seen, Vec::<String>::new(), "nobody was asked anything");
    let said = house.say(&["doctor"]);
    assert!(said.contains("not signed in\n") && said.contains("mend: auteur mcp login lender"));
    sign_in(&house);
    let said = house.say(&["doctor"]);
    assert!(said.contains("elsewhere 2: 1 tool, not approved yet"), "{said}");
    assert!(house.say(&["mcp", "logout", "lender"]).contains("Signed out of lender."));
    assert_eq!(accounts(&house), Vec::<PathBuf>::new());
    assert!(house.say(&["mcp", "logout", "lender"]).contains("Nobody was signed in to lender."));
    fs::remove_dir_all(house.at("state/sessions")).unwrap();
    assert!(house.say(&RUN).contains(line));
}

/// One who works meanwhile, and then wants what it is lent.
const WORKER: &str = r#"
[cast.user]
purpose = "Uses what it is lent"
model = "rehearsal/any"
tools = ["shell", "report"]
mcp = ["lender"]
permissions = { mode = "ask", allow = ["tool(mcp__lender__*)", "shell(*)", "shell(round)"] }
instructions = "Work well."
"#;

#[test]
fn an_agent_that_is_at_work_has_the_server_from_its_next_turn_on() {
    const MEANWHILE: &str = r#"
[[part]]
name = "user"
brief = "lend"

[[part.turn]]
calls = [{ tool = "shell", with = { command = "round" } }]

[[part.turn]]
calls = [{ tool = "mcp__lender__echo", with = { text = "at last" } }]

[[part.turn]]
say = "That was all."
"#;
    let authority = Authority::open();
    let house = lending::house(MEANWHILE, "");
    fs::write(house.at("config/auteur/mcp.toml"), authority.table(AUTH)).unwrap();
    fs::write(house.at("config/auteur/cast.toml"), WORKER).unwrap();
    sign_in(&house);
    reaching::trust(&house);
    house.say(&["mcp", "logout", "lender"]);
    let (rounds, asked) = (house.marks("rounds"), house.asked().len());
    let mut child = house.spawn(&RUN);
    crate::house::wait("its work", || house.marks("rounds") > rounds);
    sign_in(&house);
    house.allow("go");
    assert!(child.wait().unwrap().success());
    let asked = house.asked().split_off(asked);
    let has = |turn: usize| asked[turn].tools.iter().any(|it| it == "mcp__lender__echo");
    assert_eq!((has(0), has(1)), (false, true), "{asked:#?}");
    assert!(asked[2].last_result.contains("from elsewhere, to "), "{asked:#?}");
}

#[test]
fn a_sign_in_that_holds_no_more_is_said_with_the_command_that_mends_it() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(AUTH));
    sign_in(&house);
    authority.books().access.clear();
    authority.books().refresh.clear();
    let said = house.say(&RUN);
    let line = "your sign-in does not hold any more: auteur mcp login lender";
    assert!(said.contains(line), "{said}");
    sign_in(&house);
    let said = house.say(&["doctor"]);
    assert!(said.contains("elsewhere 2: 1 tool"), "{said}");
}

#[test]
fn what_somebody_else_began_is_turned_away_and_the_right_browser_still_comes_in() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(AUTH));
    let begun = Begun::at(&house);
    let url = reqwest::Url::parse(&begun.address).unwrap();
    let back = url.query_pairs().find(|(key, _)| key == "redirect_uri").unwrap().1.into_owned();
    for wrong in ["?code=theirs&state=theirs", "?code=theirs", "", "?error=access_denied"] {
        let page = browse(&format!("{back}{wrong}"));
        assert!(page.starts_with("HTTP/1.1 400") && page.contains("nothing was done"), "{page}");
    }
    assert!(browse(&back.replace("/callback", "/")).starts_with("HTTP/1.1 404"));
    assert_eq!(authority.count("authorization_code"), 0);
    assert!(browse(&begun.address).contains("Signed in to lender."));
    let (code, said) = begun.end();
    assert_eq!(code, Some(0));
    assert_eq!(said.matches("That was another sign-in.").count(), 4, "{said}");
}

#[test]
fn where_leave_is_refused_or_comes_from_somebody_else_nobody_is_signed_in() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(AUTH));
    authority.books().refuses = true;
    let begun = Begun::at(&house);
    assert!(browse(&begun.address).contains("The terminal says why."));
    let (code, said) = begun.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("not signed in to lender: access_denied Ann said"), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    authority.books().refuses = false;
    authority.books().issuer = Some("https://mix.example.com".to_owned());
    let begun = Begun::at(&house);
    assert!(browse(&begun.address).contains("The terminal says why."));
    let (code, said) = begun.end();
    assert_eq!(code, Some(1));
    assert!(said.contains("mix.example.com"), "{said}");
    assert_eq!(authority.count("authorization_code"), 0, "the code was given to nobody");
    assert_eq!(accounts(&house), Vec::<PathBuf>::new());
}

#[test]
fn nobody_signs_in_where_a_code_could_be_anybody_s() {
    let authority = Authority::open();
    authority.books().has_no_pkce = true;
    let house = house(&[], &authority.table(AUTH));
    let said = house.say(&LOGIN);
    assert!(said.contains("no sign-in at lender") && said.contains("PKCE"), "{said}");
    assert_eq!(accounts(&house), Vec::<PathBuf>::new());
}

#[test]
fn a_browser_on_another_machine_is_let_in_by_the_address_that_it_ends_at() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(AUTH));
    let mut begun = Begun::at(&house);
    // Nobody listens there: the page can't be opened, and its address stands in the bar.
    let elsewhere = sent_to(&fetch(&begun.address)).unwrap();
    let mut typing = begun.child.stdin.take().unwrap();
    writeln!(typing, "what now?\n{elsewhere}").unwrap();
    let (code, said) = begun.end();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("That was another sign-in.") && said.contains("Signed in to lender."));
    assert_eq!(accounts(&house).len(), 1);
}

#[test]
fn the_address_is_opened_where_there_is_a_display_and_nobody_waits_for_that() {
    let authority = Authority::open();
    let mut house = house(&[], &authority.table(AUTH));
    house.install("xdg-open", "echo \"$# $1\" > opened; exec sleep 20");
    for name in ["DISPLAY", "WAYLAND_DISPLAY"] {
        house.set(name, None);
    }
    sign_in(&house);
    assert_eq!(house.marks("opened"), 0);
    house.set("DISPLAY", Some(":7"));
    let begun = Begun::at(&house);
    crate::house::wait("the browser", || house.marks("opened") == 1);
    let opened = fs::read_to_string(house.project().join("opened")).unwrap();
    assert_eq!(opened.trim(), format!("1 {}", begun.address));
    assert!(browse(&begun.address).contains("Signed in to lender."));
    assert_eq!(begun.end().0, Some(0));
}

#[test]
fn where_nobody_signs_in_that_is_said_with_its_mend() {
    let authority = Authority::open();
    let house = house(&[], &authority.table(""));
    let said = house.say(&LOGIN);
    assert!(said.contains("say auth = \"oauth\" in [mcp.lender]"), "{said}");
    let said = house.say(&["mcp", "login", "lendr"]);
    assert!(said.contains("did you mean `lender`?"), "{said}");
    assert!(house.say(&RUN).contains("where one signs in to it with a browser, auth = "));
}
