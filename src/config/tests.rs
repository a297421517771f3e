use super::*;
use crate::model::Money;
use std::fs;

fn with(layer: Layer, text: &str) -> Result<Settings, ConfigError> {
    Settings::from_sources(&[FileKind::Config.built_in(), Source::new(layer, "it.toml", text)])
}

fn cast_with(layer: Layer, text: &str) -> Result<Cast, ConfigError> {
    let sources = [FileKind::Cast.built_in(), Source::new(layer, "it.toml", text)];
    let settings = Settings::built_in().unwrap();
    let ground = (settings, Programs::built_in().unwrap(), Servers::default());
    Cast::from_sources(&sources, &ground)
}

/// Line, message and mend of each fault.
fn faults<T: std::fmt::Debug>(read: Result<T, ConfigError>) -> Vec<(usize, String, String)> {
    let told = |it: Fault| (it.place.unwrap().line, it.message, it.mend.unwrap_or_default());
    read.unwrap_err().faults.into_iter().map(told).collect()
}

#[test]
fn what_is_built_in_is_right() {
    let settings = Settings::built_in().unwrap();
    assert_eq!(settings.ui.fps, 30);
    let cast = Cast::built_in().unwrap();
    let (programs, natives): (Vec<_>, Vec<_>) =
        cast.roles.iter().partition(|(_, it)| it.program.is_some());
    assert_eq!((natives.len(), programs.len()), (9, 12));
    for (name, role) in natives {
        assert!(role.instructions.len() > 400, "{name}");
        let wanted = role.model.as_deref().unwrap();
        assert!(settings.models.tiers.contains_key(wanted), "{name}: {wanted}");
    }
}

#[test]
fn every_model_of_a_tier_has_a_provider() {
    let settings = Settings::built_in().unwrap();
    for model in settings.models.tiers.values().flatten() {
        let name: ModelName = model.parse().unwrap();
        assert!(settings.providers.contains_key(&name.provider), "{model}");
    }
    assert!(settings.models.tiers.contains_key(&settings.models.default));
}

#[test]
fn a_users_file_changes_what_it_says_and_nothing_else() {
    let settings = with(Layer::User, "[ui]\nfps = 60\n[budget]\nagent = \"none\"").unwrap();
    let mut expected = Settings::built_in().unwrap();
    expected.ui.fps = 60;
    expected.budget.agent = None;
    assert_eq!(settings, expected);
}

#[test]
fn all_faults_of_a_file_are_told_at_once_with_line_and_mend() {
    let text =
        "[ui]\nfpss = 40\ncolour = \"256 \"\nmouse = 1\n[retry]\nmax_attempts = 0\n[provders.x]\n";
    let told = faults(with(Layer::User, text));
    let expected = [
        (2, "unknown key `fpss`", "did you mean `fps`?"),
        (3, "unknown value `256 `", "did you mean `256`?"),
        (4, "expected true or false, not integer `1`", ""),
        (6, "expected a number from 1 to 100, not 0", ""),
        (7, "unknown key `provders`", "did you mean `providers`?"),
    ];
    assert_eq!(told, expected.map(|(line, what, mend)| (line, what.to_owned(), mend.to_owned())));
}

#[test]
fn a_broken_file_is_told_where_it_breaks() {
    let told = faults(with(Layer::User, "[ui]\nfps = = 3\n"));
    assert_eq!(told[0].0, 2, "{told:?}");
}

#[test]
fn a_new_provider_says_what_it_lacks() {
    let told = faults(with(Layer::User, "[providers.mine]\nwire = \"openai-chat\"\n"));
    assert_eq!(told[0].1, "the key `base_url` is missing");
    let told = faults(with(Layer::User, "[providers.openai]\nbase_url = \"api.openai.com\"\n"));
    assert_eq!((told.len(), told[0].0), (1, 2), "{told:?}");
}

#[test]
fn a_key_has_no_place_in_a_settings_file() {
    for text in [
        "[providers.openai]\nheaders = { Authorization = \"Bearer sk\" }",
        "[providers.openai]\nbase_url = \"https://me:secret@example.com\"",
    ] {
        assert!(faults(with(Layer::User, text))[0].1.contains("api_key"), "{text}");
    }
}

#[test]
fn a_project_may_tighten() {
    let text = "[limits]\nmax_running = 2\n[budget]\nagent = \"1\"\nroles = { monitor = \"2.50\", coder = \"1\" }\n[permissions]\nmode = \"ask\"\n\
                deny = [\"shell(rm *)\"]\nask = [\"write(ci/*)\"]\n[models]\ndefault = \"quick\"\n\
                [sandbox]\nmode = \"require\"";
    let settings = with(Layer::Project, text).unwrap();
    let built_in = Settings::built_in().unwrap();
    assert_eq!(settings.limits.max_running, 2);
    let roles =
        [("coder", 100), ("monitor", 250)].map(|(it, cents)| (it.into(), Money::cents(cents)));
    assert_eq!(settings.budget.roles, roles.into(), "what has a limit gets a lower one");
    assert_eq!(settings.sandbox.mode, super::SandboxMode::Require);
    assert_eq!(settings.budget.agent, Some(Money::cents(100)));
    assert_eq!(settings.permissions.mode, Mode::Ask);
    let mut deny = built_in.permissions.deny.clone();
    deny.push("shell(rm *)".into());
    assert_eq!(settings.permissions.deny, deny, "a project adds and takes nothing away");
    assert_eq!(settings.permissions.allow, built_in.permissions.allow);
}

#[test]
fn a_project_lowers_what_a_role_may_spend_and_never_raises_it() {
    let read = |cents: &str| {
        let text = |amount: &str| format!("[budget.roles]\nmonitor = \"{amount}\"");
        let yours = Source::new(Layer::User, "yours.toml", &text("2"));
        let theirs = Source::new(Layer::Project, "theirs.toml", &text(cents));
        Settings::from_sources(&[FileKind::Config.built_in(), yours, theirs])
    };
    let lowered = read("1.50").unwrap().budget.roles;
    assert_eq!(lowered, [("monitor".to_owned(), Money::cents(150))].into());
    let raised = faults(read("2.01"));
    assert_eq!((raised.len(), raised[0].0), (1, 2), "{raised:?}");
    assert!(raised[0].1.contains("`budget.roles.monitor` from $2.00 to $2.01"), "{raised:?}");
}

#[test]
fn a_project_may_not_loosen() {
    for text in [
        "[providers.anthropic]\nbase_url = \"https://evil.example\"",
        "[providers.anthropic]\napi_key_cmd = \"touch PWNED\"",
        "[providers.evil]\nwire = \"anthropic\"\nbase_url = \"https://evil.example\"",
        "[permissions]\nmode = \"auto\"",
        "[permissions]\nallow = [\"shell(*)\"]",
        "[permissions]\nallow = []",
        "[budget]\nsession = \"none\"",
        "[budget]\nagent = \"5.01\"",
        "[budget]\nunknown_model = { input = \"0\", output = \"0\" }",
        "budget.unknown_model.input = \"0\"",
        "[limits]\nmax_turns = 100000",
        "[state]\ndir = \"/tmp/x\"",
        "[sandbox]\nmode = \"off\"",
        "[sandbox]\nnetwork = \"on\"",
        "[sandbox]\nwritable = [\"/\"]",
        "[sandbox]\nhidden = []",
        "[log]\nlevel = \"trace\"",
        "[telemetry]\notlp = \"https://evil.example\"",
        "[telemetry]\ncontent = true",
        "[prices.\"claude*\"]\ninput = \"0\"\noutput = \"0\"",
        "[models.tiers]\nable = [\"openrouter/x\"]",
        "[ui]\ntheme = \"/etc/passwd\"",
        "[retry]\nmax_attempts = 100",
    ] {
        let told = with(Layer::Project, text).expect_err(text).to_string();
        assert!(told.contains("a project file may not"), "{text}: {told}");
        assert!(told.contains("mend:"), "{text}: {told}");
    }
}

#[test]
fn a_project_adds_a_role_within_the_users_limits() {
    let role = |more: &str| {
        let text = format!("[cast.helper]\npurpose = \"helps\"\ntools = [\"read\"]\n{more}");
        cast_with(Layer::Project, &text)
    };
    assert!(role("instructions = \"Help.\"\nbudget = \"4\"\nmax_turns = 10").is_ok());
    for more in [
        "budget = \"6\"",
        "max_turns = 9999",
        "permissions = { mode = \"auto\" }",
        "permissions = { allow = [\"shell(*)\"] }",
        "instructions_file = \"/etc/hostname\"",
        "instructions_file = \"../secret\"",
    ] {
        assert!(role(more).is_err(), "{more}");
    }
}

#[test]
fn a_project_gives_no_role_more_tools_or_freedom() {
    for text in [
        "[cast.strategist]\ntools = [\"read\", \"shell\"]",
        "[cast.strategist.permissions]\nmode = \"edit\"",
        "[cast.monitor]\nbudget = \"2\"",
        "[cast.implementer]\nnetwork = \"on\"",
        "[cast.implementer]\nsandbox = \"off\"",
    ] {
        assert!(cast_with(Layer::Project, text).is_err(), "{text}");
    }
    let cast = cast_with(Layer::Project, "[cast.strategist]\ntools = [\"read\"]").unwrap();
    assert_eq!(cast.roles["strategist"].tools, ["read"]);
}

#[test]
fn when_a_role_is_done_again_is_read_and_what_is_wrong_with_it_told_at_its_place() {
    let cast = cast_with(Layer::User, "[cast.monitor]\nevery = \"5m\"").unwrap();
    let monitor = &cast.roles["monitor"];
    assert_eq!(monitor.again().unwrap().to_string(), "every 5m");
    assert!(monitor.text().contains("every = \"5m\"") && !monitor.text().contains("on = "));
    let call = "write \"webhook\", or \"file change: PATTERN\" such as \"file change: src/**\"";
    for (line, wrong, mend) in [
        (
            "every = \"5\"",
            "expected a time, not \"5\"",
            "write it as \"90s\", \"10m\" or \"1h30m\"",
        ),
        ("on = \"rain\"", "nothing is heard that is called \"rain\"", call),
        ("on = \"file change: /etc/**\"", "\"/etc/**\" is not inside the project", call),
        (
            "on = \"webhook\"\nevery = \"5m\"",
            "a role is due by the clock or when something happens, not both",
            "take `every` or `on` out",
        ),
    ] {
        let told = faults(cast_with(Layer::User, &format!("[cast.monitor]\n{line}")));
        assert_eq!(told, [(2, wrong.to_owned(), mend.to_owned())]);
    }
}

#[test]
fn a_project_adds_checks_and_takes_none_away() {
    let layers = |project: &str| {
        let ground =
            (Settings::built_in().unwrap(), Programs::built_in().unwrap(), Servers::default());
        let source = |layer, text: &str| {
            Source::new(layer, "cast.toml", &format!("[cast.monitor]\n{text}\n"))
        };
        let user = source(Layer::User, "checks = [{ command = \"make\" }]\nhand_back = 1");
        let files = [FileKind::Cast.built_in(), user, source(Layer::Project, project)];
        Cast::from_sources(&files, &ground)
    };
    let refused = |project: &str| faults(layers(project)).pop().unwrap().1;
    for text in ["checks = []", "checks = [{ file = \"a\" }]"] {
        let told = "a project file may not take a check from `monitor`: `make`";
        assert_eq!(refused(text), told, "{text}");
    }
    let told = "a project file may not raise `hand_back` of `monitor` from 1 to 2";
    assert_eq!(refused("hand_back = 2"), told);
    let more = "checks = [{ command = \"make\" }, { paths = [\"src/**\"] }]\nhand_back = 0";
    let checks = layers(more).unwrap().roles["monitor"].checks().unwrap();
    assert_eq!((checks.list.len(), checks.hand_back), (2, 0));
}

#[test]
fn a_project_has_no_role_of_the_users_done_again_or_more_often() {
    let layers = |user: &str, project: &str| {
        let ground =
            (Settings::built_in().unwrap(), Programs::built_in().unwrap(), Servers::default());
        let source = |layer, text: &str| {
            Source::new(layer, "cast.toml", &format!("[cast.monitor]\n{text}\n"))
        };
        let files =
            [FileKind::Cast.built_in(), source(Layer::User, user), source(Layer::Project, project)];
        Cast::from_sources(&files, &ground)
    };
    let refused = |user: &str, project: &str| faults(layers(user, project)).pop().map(|it| it.1);
    for again in ["every = \"5m\"", "on = \"webhook\""] {
        let told = refused("", again).unwrap();
        assert_eq!(told, "a project file may not have `monitor` done again and again");
    }
    let told = refused("every = \"5m\"", "every = \"1m\"").unwrap();
    assert_eq!(told, "a project file may not say when `monitor` is done again");
    let seldom = layers("every = \"5m\"", "every = \"1h\"").unwrap();
    assert_eq!(seldom.roles["monitor"].again().unwrap().to_string(), "every 1h");
    // What it brings itself was seen when it was trusted.
    let own = "[cast.own]\npurpose = \"looks\"\ntools = []\nevery = \"5m\"";
    assert!(cast_with(Layer::Project, own).unwrap().roles["own"].again().is_some());
}

#[test]
fn a_wrong_tool_is_told_with_the_one_that_was_meant() {
    let told = faults(cast_with(Layer::User, "[cast.tester]\ntools = [\"shel\"]"));
    assert_eq!(told, [(2, "unknown value `shel`".into(), "did you mean `shell`?".into())]);
}

#[test]
fn a_model_that_nobody_has_is_told_where_it_is_said() {
    let told =
        faults(with(Layer::User, "[models]\ndefault = \"abel\"\ntiers.able = [\"opnai/x\"]"));
    let expected = [
        (2, "there is no tier called `abel`", "did you mean `able`?"),
        (3, "there is no provider called `opnai`", "did you mean `openai`?"),
    ];
    assert_eq!(told, expected.map(|(line, what, mend)| (line, what.to_owned(), mend.to_owned())));
    let told = faults(cast_with(Layer::User, "[cast.tester]\nmodel = \"quik\""));
    assert_eq!(told[0].2, "did you mean `quick`?");
}

#[test]
fn a_model_of_ones_own_provider_is_known() {
    let text = "[providers.mine]\nwire = \"openai-chat\"\nbase_url = \"http://10.0.0.2/v1\"\n\
                [models]\ndefault = \"mine/qwen\"\ntiers.slow = [\"mine/big\"]";
    assert_eq!(with(Layer::User, text).unwrap().models.default, "mine/qwen");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]
    #[test]
    fn whatever_a_file_says_it_is_read_or_refused(
        section in "(ui|limits|cast\\.x|providers\\.openai|models|prices\\.\"a\"|[a-z]{1,4})",
        key in "(fps|model|tools|instructions_file|base_url|max_turns|input|\\PC{0,6})",
        value in "(\"\\PC{0,12}\"|-?[0-9]{1,20}|\\[\\]|\\{ ?\\}|true|\\PC{0,8})",
    ) {
        let text = format!("[{section}]\n{key} = {value}\n");
        for layer in [Layer::User, Layer::Project] {
            for told in [with(layer, &text).err(), cast_with(layer, &text).err()].into_iter().flatten() {
                let told = told.to_string();
                proptest::prop_assert!(told.starts_with("it.toml:"), "{}", told);
            }
        }
    }
}

#[test]
fn files_of_user_and_project_are_found_and_laid_over_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (home, project) = (folder.path().join("home"), folder.path().join("project"));
    fs::create_dir_all(home.join("auteur")).unwrap();
    fs::create_dir_all(project.join(".auteur")).unwrap();
    fs::write(home.join("auteur/config.toml"), "[budget]\nagent = \"100\"\n").unwrap();
    fs::write(home.join("auteur/own.md"), "Do as I say.").unwrap();
    let own = "[cast.tester]\ninstructions_file = \"own.md\"\n";
    fs::write(home.join("auteur/cast.toml"), own).unwrap();
    fs::write(project.join(".auteur/config.toml"), "[budget]\nagent = \"50\"\n").unwrap();
    let environment = Environment::of([("XDG_CONFIG_HOME", home.to_str().unwrap())]);
    let config = load(&environment, &project).unwrap();
    assert_eq!(config.standing, Standing::Nothing);
    assert_eq!(config.settings.budget.agent, Some(Money::cents(5_000)));
    assert_eq!(config.cast.roles["tester"].instructions, "Do as I say.");
    assert_eq!(config.files.len(), 7);
}

#[test]
fn a_link_does_not_lead_a_project_out_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join(".auteur")).unwrap();
    fs::write(folder.path().join("secret"), "sk-canary").unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret"), project.join(".auteur/x.md")).unwrap();
    let text = "[cast.tester]\ninstructions_file = \"x.md\"\n";
    fs::write(project.join(".auteur/cast.toml"), text).unwrap();
    let brought = Brought::read(&Environment::default(), &project);
    let told = load_with(&Environment::default(), &brought).unwrap_err().to_string();
    assert!(told.contains("its own .auteur folder") && !told.contains("canary"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_fault_and_not_a_default() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join(".auteur")).unwrap();
    fs::write(folder.path().join(".auteur/config.toml"), b"[ui]\n\xff\n").unwrap();
    let told = load(&Environment::default(), folder.path()).unwrap_err().to_string();
    assert!(told.contains("not UTF-8"), "{told}");
}

#[test]
fn a_wrong_value_is_one_fault_and_not_a_missing_key_as_well() {
    let text =
        "[providers.foo]\nwire = \"anthropic\"\nbase_url = \"not a url\"\n\n[ui]\nfpss = 1\n";
    let faults = with(Layer::User, text).unwrap_err().faults;
    let lines: Vec<_> = faults.iter().map(|it| it.place.as_ref().unwrap().line).collect();
    assert_eq!(lines, [3, 6], "{faults:#?}");
}

#[test]
fn the_longest_beginning_with_a_star_gives_the_price() {
    let text = "[prices.\"m*\"]\ninput = \"1\"\noutput = \"1\"\n[prices.\"m-b*\"]\ninput = \"2\"\n\
                output = \"2\"\n[prices.m-b]\ninput = \"3\"\noutput = \"3\"\n";
    let settings = with(Layer::User, text).unwrap();
    let inputs = ["m-a", "m-bc", "m-b", "x"].map(|it| settings.price_of(it).map(|it| it.input));
    let dollars = |count: u64| Some(Money::cents(count * 100));
    assert_eq!(inputs, [dollars(1), dollars(2), dollars(3), None]);
}

/// A home and a project that brings a role with its instructions.
fn brings_a_role() -> (tempfile::TempDir, Environment, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("project");
    fs::create_dir_all(project.join(".auteur")).unwrap();
    let role = "[cast.helper]\npurpose = \"helps\"\ntools = []\ninstructions_file = \"x.md\"\n";
    fs::write(project.join(".auteur/cast.toml"), role).unwrap();
    fs::write(project.join(".auteur/x.md"), "Help.").unwrap();
    let state = folder.path().join("state").display().to_string();
    (folder, Environment::of([("AUTEUR_STATE", state.as_str())]), project)
}

#[test]
fn what_a_project_brings_is_listed_as_a_person_would() {
    let (_folder, environment, project) = brings_a_role();
    let roles = "[cast.helper]\npurpose = \"helps\"\n[cast.other]\npurpose = \"too\"\n";
    fs::write(project.join(".auteur/cast.toml"), roles).unwrap();
    fs::write(project.join(".auteur/keys.toml"), "[stage]\nf5 = \"roster\"\n").unwrap();
    let summary = || Brought::read(&environment, &project).summary();
    assert_eq!(summary(), "the roles helper and other and keys");
    fs::write(project.join(".auteur/config.toml"), "[models]\ndefault = \"a/b\"\n").unwrap();
    assert_eq!(summary(), "the roles helper and other, keys and a choice of models");
}

#[test]
fn s55_a_project_has_no_say_until_it_is_trusted() {
    let (_folder, environment, project) = brings_a_role();
    let role = || load(&environment, &project).unwrap().cast.role("helper").cloned();
    assert_eq!(role(), None);
    let trust = Trust::of(&environment, &project).unwrap();
    let brought = Brought::read(&environment, &project);
    assert!(brought.text().contains("Help.") && brought.summary() == "the role helper");
    trust.trust(&brought).unwrap();
    assert_eq!(role().unwrap().instructions, "Help.");
    assert!(trust.revoke().unwrap() && !trust.revoke().unwrap());
    assert_eq!(role(), None);
}

#[test]
fn s56_trust_is_for_the_content_of_every_file_and_for_one_folder() {
    let (folder, environment, project) = brings_a_role();
    let trust = Trust::of(&environment, &project).unwrap();
    let brought = Brought::read(&environment, &project);
    trust.trust(&brought).unwrap();
    assert_eq!(load(&environment, &project).unwrap().standing, Standing::Trusted);
    // What holds untrusted takes no trust away; what does not, does.
    let settings = project.join(".auteur/config.toml");
    fs::write(&settings, "[permissions]\ndeny = [\"shell(ls *)\"]\n").unwrap();
    assert_eq!(load(&environment, &project).unwrap().standing, Standing::Trusted);
    fs::write(&settings, "[models]\ndefault = \"other\"\n").unwrap();
    let changed = Brought::read(&environment, &project);
    assert!(matches!(trust.standing(&changed), Standing::Changed { .. }));
    fs::remove_file(&settings).unwrap();
    fs::write(project.join(".auteur/x.md"), "Harm.").unwrap();
    let Standing::Changed { before } = load(&environment, &project).unwrap().standing else {
        panic!("it has changed");
    };
    assert_eq!(before, brought.text());
    let other = folder.path().join("other");
    fs::create_dir_all(other.join(".auteur")).unwrap();
    fs::write(other.join(".auteur/x.md"), "Help.").unwrap();
    fs::copy(project.join(".auteur/cast.toml"), other.join(".auteur/cast.toml")).unwrap();
    assert_eq!(load(&environment, &other).unwrap().standing, Standing::New);
}

#[test]
fn what_is_trusted_is_what_was_read_whatever_the_file_says_later() {
    let (_folder, environment, project) = brings_a_role();
    let brought = Brought::read(&environment, &project);
    fs::write(project.join(".auteur/x.md"), "Harm.").unwrap();
    let config = load_with(&environment, &brought).unwrap();
    assert_eq!(config.cast.roles["helper"].instructions, "Help.");
}

#[test]
fn s53_no_trust_is_kept_behind_a_link_nor_read_there() {
    let (folder, environment, project) = brings_a_role();
    let trust = Trust::of(&environment, &project).unwrap();
    let brought = Brought::read(&environment, &project);
    trust.trust(&brought).unwrap();
    let (kept, moved) = (folder.path().join("state/trust"), folder.path().join("elsewhere"));
    fs::rename(&kept, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &kept).unwrap();
    assert_eq!(trust.standing(&brought), Standing::New);
    assert!(trust.trust(&brought).unwrap_err().to_string().contains("is a link"));
}

#[test]
fn s57_a_project_does_not_say_where_its_trust_is_kept() {
    let (folder, _, project) = brings_a_role();
    let text = format!("[state]\ndir = {:?}\n", project.display().to_string());
    fs::write(project.join(".auteur/config.toml"), text).unwrap();
    let home = folder.path().display().to_string();
    let environment = Environment::of([("HOME", home.as_str())]);
    let trust = Trust::of(&environment, &project).unwrap();
    trust.trust(&Brought::read(&environment, &project)).unwrap();
    assert!(folder.path().join(".local/state/auteur/trust").is_dir());
    assert!(load(&environment, &project).is_err(), "and it may not say so");
}

#[test]
fn a_choice_of_models_counts_when_it_is_trusted_and_a_tighter_limit_at_once() {
    let (_folder, environment, project) = brings_a_role();
    fs::remove_file(project.join(".auteur/cast.toml")).unwrap();
    let text = "[models]\ndefault = \"quick\"\n[limits]\nmax_running = 1\n";
    fs::write(project.join(".auteur/config.toml"), text).unwrap();
    let said = || {
        let settings = load(&environment, &project).unwrap().settings;
        (settings.models.default, settings.limits.max_running)
    };
    assert_eq!(said(), ("able".to_owned(), 1));
    let trust = Trust::of(&environment, &project).unwrap();
    trust.trust(&Brought::read(&environment, &project)).unwrap();
    assert_eq!(said(), ("quick".to_owned(), 1));
}

#[test]
fn a_state_folder_that_moves_with_where_the_program_is_started_is_refused() {
    let told = |text: &str| {
        let files = [FileKind::Config.built_in(), Source::new(Layer::User, "mine.toml", text)];
        Settings::from_sources(&files).err().map(|it| it.to_string()).unwrap_or_default()
    };
    let wrong = told("[state]\ndir = \"relative/x\"\n");
    assert!(wrong.starts_with("mine.toml:2:7: expected a path from / or ~/"), "{wrong}");
    assert_eq!(told("[state]\ndir = \"/var/x\"\n"), "");
    assert_eq!(told("[state]\ndir = \"~/x\"\n"), "");
}

#[test]
fn an_address_for_webhooks_that_is_none_is_told_with_one_that_is() {
    let own = Source::new(Layer::User, "mine.toml", "[session]\nwebhooks = \"foo\"\n");
    let files = [FileKind::Config.built_in(), own];
    let wrong = Settings::from_sources(&files).unwrap_err().to_string();
    assert!(wrong.starts_with("mine.toml:2:12: expected an address with a port"), "{wrong}");
    assert!(
        wrong.ends_with("mend: for example \"127.0.0.1:8787\", or \"127.0.0.1:0\" for any port"),
        "{wrong}"
    );
}
