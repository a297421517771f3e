//! A conversation made shorter without a model: for when the model can't.

use crate::llm::{Message, Part, ToolResult};

/// Bytes of a tool result that are told in a shortened conversation.
const RESULT: usize = 800;
/// Bytes of a call's arguments that are told.
const ARGUMENTS: usize = 400;

/// What these messages come to: every word of the director's, and of the rest
/// the latest that fits into so many bytes.
pub(super) fn digest(messages: &[Message], most: usize) -> String {
    let mut told = String::from("The director said, in this order:\n");
    for message in messages {
        if let Message::User(text) = message {
            told.extend(["- ", text, "\n"]);
        }
    }
    let (mut latest, mut bytes) = (Vec::new(), 0);
    for message in messages.iter().rev() {
        let text = rendered(message);
        bytes += text.len();
        if bytes > most {
            break;
        }
        latest.push(text);
    }
    told.push_str("\nYour latest steps, with what is long cut short:\n");
    latest.iter().rev().for_each(|text| told.push_str(text));
    told
}

/// Leaves of each long tool result its beginning and its end.
pub(super) fn trim_results(messages: &mut [Message]) {
    let results = messages.iter_mut().filter_map(|message| match message {
        Message::Results(results) => Some(results),
        _ => None,
    });
    for ToolResult { text, .. } in results.flatten() {
        *text = ends(text, RESULT);
    }
}

fn rendered(message: &Message) -> String {
    match message {
        // Told above, whole.
        Message::User(_) => String::new(),
        Message::Assistant(parts) => parts.iter().map(part).collect(),
        Message::Results(results) => {
            let lines =
                results.iter().map(|it| [&it.name, ": ", &ends(&it.text, RESULT), "\n"].concat());
            lines.collect()
        }
    }
}

fn part(part: &Part) -> String {
    match part {
        Part::Text(text) => format!("You said: {text}\n"),
        Part::Call { name, arguments, .. } => {
            format!("You called {name} {}\n", ends(&arguments.to_string(), ARGUMENTS))
        }
        Part::Thought { .. } => String::new(),
    }
}

/// A text of at most about so many bytes: its beginning and its end.
pub(super) fn ends(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let head = text.floor_char_boundary(most / 2);
    let tail = text.ceil_char_boundary(text.len() - most / 2);
    let (first, last) =
        (text.get(..head).unwrap_or_default(), text.get(tail..).unwrap_or_default());
    format!("{first}\n… {} of {} bytes left out …\n{last}", tail - head, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn messages() -> Vec<Message> {
        let (id, name) = ("1".to_owned(), "shell".to_owned());
        let call =
            Part::Call { id: id.clone(), name: name.clone(), arguments: json!({}), seal: None };
        let text = format!("begin{}end", "x".repeat(10_000));
        vec![
            Message::User("only in src".into()),
            Message::Assistant(vec![Part::Text("long ago".into())]),
            Message::User("mind the gap".into()),
            Message::Assistant(vec![Part::Text("I look".into()), call]),
            Message::Results(vec![ToolResult { id, name, text, is_error: false }]),
        ]
    }

    #[test]
    fn every_word_of_the_director_is_kept_and_of_the_rest_what_fits() {
        let told = digest(&messages(), 900);
        assert!(told.contains("- only in src\n- mind the gap\n"), "{told}");
        assert!(told.contains("You said: I look\nYou called shell {}\nshell: begin"), "{told}");
        assert!(told.contains("bytes left out") && told.len() < 1200, "{told}");
        assert!(!told.contains("long ago"), "{told}");
    }

    #[test]
    fn long_results_keep_both_ends() {
        let mut messages = messages();
        trim_results(&mut messages);
        let Some(Message::Results(results)) = messages.last() else { panic!() };
        let text = &results[0].text;
        assert!(text.starts_with("begin") && text.ends_with("end") && text.len() < 900, "{text}");
        assert_eq!(ends("äöü", 4), "ä\n… 2 of 6 bytes left out …\nü");
    }
}
