//! Names of agents as parts of paths, branches and references.

use crate::model::Agent;

/// The longest that a name may be, in letters.
const LONGEST: usize = 40;

/// The name of an agent as a part of a path and of a branch: its own where that
/// is plain, else with its number behind it, since two names may be written alike.
pub(super) fn of(agent: &Agent) -> String {
    let own = agent.casting.name.as_str();
    let plain = plain(own);
    if plain == own { plain } else { format!("{plain}-{}", agent.id) }
}

/// Small letters, digits and single dashes: what no file system, no shell and no
/// git reads as anything but a name.
pub(super) fn plain(name: &str) -> String {
    let mut plain = String::new();
    for letter in name.chars().flat_map(char::to_lowercase) {
        match letter {
            'a'..='z' | '0'..='9' => plain.push(letter),
            _ if plain.ends_with('-') || plain.is_empty() => {}
            _ => plain.push('-'),
        }
        if plain.len() == LONGEST {
            break;
        }
    }
    let plain = plain.trim_end_matches('-');
    // What git or a file system keeps for itself is no name.
    if plain.is_empty() || plain == "head" { format!("agent{plain}") } else { plain.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_that_is_plain_stays_as_it_is() {
        for name in ["scout", "scout-2", "a", "7"] {
            assert_eq!(plain(name), name);
        }
        for (name, wanted) in [
            ("../../etc", "etc"),
            ("Scout", "scout"),
            ("a  b//c", "a-b-c"),
            ("-x.lock", "x-lock"),
            ("@{-1}", "1"),
            ("\u{1b}c\u{202e}", "c"),
            ("", "agent"),
            ("HEAD", "agenthead"),
        ] {
            assert_eq!(plain(name), wanted, "{name:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_is_a_good_part_of_a_path_and_of_a_branch(name in any::<String>()) {
            let plain = plain(&name);
            let is_fit = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '-';
            prop_assert!(!plain.is_empty() && plain.len() <= LONGEST + 5);
            prop_assert!(plain.chars().all(is_fit) && !plain.starts_with('-'));
            prop_assert!(!plain.ends_with('-') && !plain.contains("--"));
        }
    }
}
