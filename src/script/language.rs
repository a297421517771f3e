//! The workflow language in short, for a model that is to write a script.

/// The language, a page of it.
const SHORT: &str = include_str!("language.md");

/// Scripts that show it at work.
const EXAMPLES: [&str; 2] = [
    include_str!("../../config/scripts/feature.toml"),
    include_str!("../../config/scripts/review.toml"),
];

/// How a script is written, with examples that come with the program.
pub fn language() -> String {
    let mut text = SHORT.to_owned();
    for example in EXAMPLES {
        text.extend(["\nAn example:\n\n```toml\n", example, "```\n"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::schema_for_script;

    #[test]
    fn every_key_of_a_step_is_told_of() {
        let schema = schema_for_script();
        let step = schema.pointer("/$defs/Step/properties").unwrap();
        let untold =
            step.as_object().unwrap().keys().filter(|it| !SHORT.contains(&format!("`{it}")));
        assert_eq!(untold.collect::<Vec<_>>(), Vec::<&String>::new());
    }
}
