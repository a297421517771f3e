//! Markdown that somebody else wrote, for a page of ours: it stays as it reads, and
//! does nothing.

use super::options;
use crate::text::hidden;
use pulldown_cmark::{Event, Parser, Tag};
use std::collections::BTreeSet;

/// Schemes that a link may have. One without any leads nowhere else.
const SCHEMES: [&str; 3] = ["http://", "https://", "mailto:"];

/// What is escaped may leave something else to be: this often it is looked again.
const LOOKS: usize = 4;

/// The same markdown, in which HTML is text, a picture is not fetched, a link runs
/// nothing, and no entity stands for a character that is not seen.
pub fn inert(text: &str) -> String {
    let mut safe = text.to_owned();
    for _ in 0..LOOKS {
        let live = live(&safe);
        if live.is_empty() {
            return safe;
        }
        safe = escape(&safe, |at| live.contains(&at));
    }
    // Too clever to be read as it was meant.
    if live(&safe).is_empty() { safe } else { escape(&safe, |_| true) }
}

/// Where something stands that must not.
fn live(text: &str) -> BTreeSet<usize> {
    let mut escaped = BTreeSet::new();
    for (event, range) in Parser::new_ext(text, options()).into_offset_iter() {
        let within = text.get(range.clone()).unwrap_or_default();
        match event {
            Event::Html(_) | Event::InlineHtml(_) => {
                escaped.extend(within.match_indices('<').map(|(at, _)| range.start + at));
            }
            Event::Start(Tag::Image { .. }) => {
                escaped.extend(within.find('[').map(|at| range.start + at));
            }
            Event::Start(Tag::Link { dest_url, .. }) if leads_astray(&dest_url) => {
                escaped.insert(range.start);
            }
            Event::Text(shown) if hidden(&shown) > 0 => {
                escaped.extend(within.match_indices('&').map(|(at, _)| range.start + at));
            }
            _ => {}
        }
    }
    escaped
}

fn escape(text: &str, is_live: impl Fn(usize) -> bool) -> String {
    let mut safe = String::with_capacity(text.len() + 32);
    for (at, character) in text.char_indices() {
        match character {
            '<' if is_live(at) => safe.push_str("&lt;"),
            '&' if is_live(at) => safe.push_str("&amp;"),
            '[' if is_live(at) => safe.push_str("\\["),
            other => safe.push(other),
        }
    }
    safe
}

fn leads_astray(address: &str) -> bool {
    let address = address.trim().to_ascii_lowercase();
    let has_scheme = address.split(['/', '?', '#']).next().is_some_and(|it| it.contains(':'));
    has_scheme && !SCHEMES.iter().any(|it| address.starts_with(it))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_would_do_something_is_text_and_the_rest_stays() {
        let told = "**bold** <script>alert(1)</script> `<b>` ![x](http://spy/p.png) \
                    [go](javascript:alert(1)) [ok](https://a.example) a < b &#x202e;";
        let safe = "**bold** &lt;script>alert(1)&lt;/script> `<b>` !\\[x](http://spy/p.png) \
                    \\[go](javascript:alert(1)) [ok](https://a.example) a < b &amp;#x202e;";
        assert_eq!(inert(told), safe);
        assert_eq!(inert("` <img src=x> ``"), "` &lt;img src=x> ``");
        assert_eq!(inert("<div>\n<p onclick=x>\n"), "&lt;div>\n&lt;p onclick=x>\n");
    }

    proptest! {
        #[test]
        fn no_html_is_left_whatever_was_written(text in "([<>/a-c `~\\[\\]()!&;#\\n*\"=-]|<b>|```|&#9;){0,40}") {
            let safe = inert(&text);
            for event in Parser::new_ext(&safe, options()) {
                let is_live = matches!(
                    event,
                    Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::Image { .. })
                );
                prop_assert!(!is_live, "{text:?} {safe:?} {event:?}");
            }
        }
    }
}
