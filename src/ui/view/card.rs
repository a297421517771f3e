//! What an agent asks of the director, where the director sees it first.

use super::{
    figures,
    ink::{self, Row},
    prose,
    scene::{Hits, Named, Sight},
    status,
};
use crate::{
    model::{Agent, AgentId, Ask, Request, RequestId, Status, form},
    ui::desk::money,
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

/// How many lines the card of an agent's first request needs.
pub(super) fn height(agent: &Agent, columns: u16, sight: Sight) -> u16 {
    let Some(request) = agent.requests.first() else { return 0 };
    let body = body(&request.ask, columns.saturating_sub(2), false, sight).len();
    let title = u16::from(has_title(agent));
    let equal = u16::from(!equal(agent, request, sight).is_empty());
    u16::try_from(body).unwrap_or(u16::MAX).saturating_add(1 + title + equal)
}

/// An agent that waits says in its first line what for; one that still does
/// something, or is held besides, does not.
fn has_title(agent: &Agent) -> bool {
    agent.status() != Status::Waiting
}

/// Draws the card: what kind of request, what is asked, which keys answer. Of a
/// request whose last line is in sight, the picture says so.
///
/// ```text
/// ▌ asks for approval 1:20
/// ▌ cargo publish --dry-run
/// ▌ 15 others ask the same  = approve all  # deny all
/// ▌ a approve  D deny
/// ```
pub(super) fn draw(buffer: &mut Buffer, area: Rect, agent: &Agent, sight: Sight, hits: &mut Hits) {
    let Some(request) = agent.requests.first().filter(|_| !area.is_empty()) else { return };
    for line in 0..area.height {
        Row::new(buffer, area, line).put("▌", sight.palette.need);
    }
    let inner = ink::indent(area, 2);
    let title = u16::from(has_title(agent) && inner.height > 1);
    if title > 0 {
        draw_title(buffer, inner, agent, request, sight);
    }
    let keys = u16::from(inner.height > title + 1);
    let others = equal(agent, request, sight);
    let equal = u16::from(!others.is_empty() && inner.height > title + keys + 1);
    let room = inner.height.saturating_sub(title + keys + equal);
    draw_body(buffer, ink::lines(inner, title, room), (agent, request), sight, hits);
    if equal > 0 {
        let line = ink::lines(inner, title + room, equal);
        draw_equal(buffer, line, (agent, request, others), sight, hits);
    }
    if keys > 0 {
        let is_chosen = sight.desk().request == Some((agent.id, request.id));
        draw_keys(buffer, inner, (agent, &request.ask, is_chosen), sight, hits);
    }
}

/// Who asks for exactly the same.
fn equal(agent: &Agent, request: &Request, sight: Sight) -> Vec<(AgentId, RequestId)> {
    if sight.desk().is_replay() {
        return Vec::new();
    }
    sight.stage().alike(agent.id, request.id)
}

/// How many ask for exactly the same, and which keys answer all of them: those that were
/// counted here, and none that comes later.
fn draw_equal(
    buffer: &mut Buffer,
    area: Rect,
    (agent, request, others): (&Agent, &Request, Vec<(AgentId, RequestId)>),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let count = others.len() as u64;
    let Named { approve_equal, deny_equal, .. } = sight.named;
    let keys = [(approve_equal, "approve all"), (deny_equal, "deny all")];
    // The keys stand there whole, also where the pane is narrow.
    let beside: u16 = keys.iter().map(|(key, what)| ink::width(key) + ink::width(what) + 3).sum();
    let told = figures::of(count, "other asks the same", "others ask the same");
    let is_narrow = ink::width(&told) + beside > area.width;
    let told = if is_narrow { figures::of(count, "same", "same") } else { told };
    let mut row = Row::new(buffer, area, 0);
    row.put(&told, palette.need).skip(2);
    if sight.desk().request != Some((agent.id, request.id)) {
        return;
    }
    hits.shown.equal = others;
    for (key, what) in keys.into_iter().filter(|it| !it.0.is_empty()) {
        hits.offer(&mut row, (key, what), (palette.key, palette.text));
    }
}

fn draw_body(
    buffer: &mut Buffer,
    area: Rect,
    (agent, request): (&Agent, &Request),
    sight: Sight,
    hits: &mut Hits,
) {
    let room = usize::from(area.height);
    let is_narrow = room == 1;
    // Where there is but one line, what is out of sight is counted beside it.
    let columns = if is_narrow { area.width.saturating_sub(4).max(1) } else { area.width };
    let is_chosen = sight.desk().request == Some((agent.id, request.id));
    let mut lines = body(&request.ask, columns, is_chosen, sight);
    if lines.len() > room && sight.zoomed().is_none() {
        // Beside other panes all answers come before all words of the first.
        lines = words(&request.ask, columns, is_chosen, (Offers::Short, sight));
    }
    // The last line is kept for saying that there is more.
    let kept = usize::from(!is_narrow);
    let most = if lines.len() > room { lines.len() + kept - room } else { 0 };
    let start = if is_chosen { sight.desk().request_scroll.min(most) } else { 0 };
    let is_end = start == most;
    let visible = if is_end { room } else { room.saturating_sub(kept) };
    ink::draw_lines(buffer, area, lines.iter().skip(start).take(visible));
    let shown = &mut hits.shown;
    if is_chosen {
        shown.request_most = most;
        shown.request_lines = visible;
        shown.request_end = Some((agent.id, request.id, start + visible));
    }
    if let (true, Ask::Question { .. }) = (is_chosen, &request.ask) {
        offer_options(area, lines.iter().skip(start).take(visible), hits);
    }
    let shown = &mut hits.shown;
    if is_end {
        shown.requests.insert((agent.id, request.id));
        if is_chosen {
            shown.ready = Some((agent.id, request.id, request.fingerprint));
        }
    } else {
        let hidden = lines.len().saturating_sub(start + visible);
        if is_narrow {
            let text = format!("↓{}", figures::count(hidden as u64));
            Row::new(buffer, area, 0).put_right(&text, sight.palette.need, 0);
            return;
        }
        let more = figures::of(hidden as u64, "more line", "more lines");
        let how = if is_chosen {
            "scroll to read on".to_owned()
        } else {
            format!("{} shows all", sight.named.zoom)
        };
        let last = area.height.saturating_sub(1);
        Row::new(buffer, area, last).put(&format!("… {more}, {how}"), sight.palette.need);
    }
}

/// A click on what a question offers presses its number.
fn offer_options<'a>(area: Rect, lines: impl Iterator<Item = &'a Line<'a>>, hits: &mut Hits) {
    for (line, y) in lines.zip(area.y..) {
        let number = line.spans.first().and_then(|it| it.content.strip_suffix(". "));
        if let Some(number) = number.filter(|it| it.len() == 1) {
            hits.press(Rect { y, height: 1, ..area }, number);
        }
    }
}

fn draw_title(buffer: &mut Buffer, area: Rect, agent: &Agent, request: &Request, sight: Sight) {
    let palette = sight.palette;
    let mut row = Row::new(buffer, area, 0);
    let age = sight.now().since(request.since);
    row.put(status::asked(&request.ask), palette.need_chip).skip(1);
    row.put(&age.to_string(), palette.need);
    if agent.requests.len() > 1 {
        row.put(&format!(" · {} more behind it", agent.requests.len() - 1), palette.dim);
    }
}

/// Before the request has the keys, the key that answers is the one that also
/// approves: the other one would show the agent. Only where it has them they look like
/// keys; where another agent has them, they would do something to that one.
fn draw_keys(
    buffer: &mut Buffer,
    area: Rect,
    (agent, ask, is_chosen): (&Agent, &Ask, bool),
    sight: Sight,
    hits: &mut Hits,
) {
    let palette = sight.palette;
    let Named { approve, always, deny, answer, .. } = sight.named;
    let answer = if is_chosen { answer } else { approve };
    let numbers = numbers(ask);
    let by_number = if sight.zoomed().is_some() { "propose it" } else { "choose" };
    let keys: &[(&str, &str)] = match ask {
        Ask::Approval { call: None, .. } if is_chosen => {
            &[(approve, "approve"), (deny, "deny"), (always, "until they change")]
        }
        Ask::Approval { .. } if is_chosen => {
            &[(approve, "approve"), (deny, "deny"), (always, "always for this agent")]
        }
        Ask::Approval { .. } => &[(approve, "approve"), (deny, "deny")],
        Ask::Question { blanks, .. } if is_chosen && !numbers.is_empty() && !blanks.is_empty() => {
            &[(&numbers, by_number), (deny, "decline")]
        }
        Ask::Question { .. } if is_chosen && !numbers.is_empty() => {
            &[(&numbers, by_number), (answer, "other words")]
        }
        Ask::Question { blanks, .. } if !blanks.is_empty() => {
            &[(answer, "fill it in"), (deny, "decline")]
        }
        Ask::Question { .. } => &[(answer, "answer")],
        Ask::Budget { .. } if is_chosen => &[(answer, "raise it, finish up or stop")],
        Ask::Budget { .. } => &[(approve, "raise it"), (deny, "stop it")],
        Ask::Drift { .. } if is_chosen => {
            &[(answer, "write to it, or else"), (approve, "let it go on"), (deny, "stop it")]
        }
        Ask::Drift { .. } => &[(approve, "let it go on"), (deny, "stop it")],
    };
    let mut row = Row::new(buffer, area, area.height - 1);
    if sight.desk().is_replay() {
        row.put("nobody is asked in a replay", palette.dim);
        return;
    }
    let leads_here = [(sight.named.next_waiting.as_str(), "leads here")];
    let keys = if sight.has_focus(agent) { keys } else { &leads_here };
    let (key_style, style) =
        if is_chosen { (palette.key, palette.text) } else { (palette.dim, palette.dim) };
    for (key, what) in keys.iter().filter(|(key, _)| !key.is_empty()) {
        if is_chosen {
            hits.offer(&mut row, (key, what), (key_style, style));
        } else {
            row.put(key, key_style).skip(1).put(what, style).skip(2);
        }
    }
}

/// The numbers that choose an answer, where there are some to choose from.
fn numbers(ask: &Ask) -> String {
    match ask {
        Ask::Question { options, .. } => match options.len().min(9) {
            0 => String::new(),
            1 => "1".to_owned(),
            most => format!("1-{most}"),
        },
        _ => String::new(),
    }
}

/// How the answers stand that a question offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offers {
    /// With all their words.
    Whole,
    /// Each on one line.
    Short,
}

/// What is asked, wrapped. The numbers of answers look like keys only where they
/// are keys.
pub(super) fn body(ask: &Ask, columns: u16, are_keys: bool, sight: Sight) -> Vec<Line<'static>> {
    words(ask, columns, are_keys, (Offers::Whole, sight))
}

fn words(
    ask: &Ask,
    columns: u16,
    are_keys: bool,
    (offers, sight): (Offers, Sight),
) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let numbered = if are_keys { palette.key } else { palette.dim };
    match ask {
        Ask::Approval { shown, reason, .. } => {
            let mut lines = prose::plain(shown, columns, palette.strong);
            if !reason.is_empty() {
                lines.extend(prose::plain(reason, columns, palette.dim));
            }
            lines
        }
        Ask::Question { text, options, blanks, .. } => {
            let mut lines = prose::plain(text, columns, palette.strong);
            for (number, option) in (1_u32..).zip(options) {
                let number = format!("{number}. ");
                let room = columns.saturating_sub(ink::width(&number)).max(1);
                let mut opening = Span::styled(number, numbered);
                let option = match offers {
                    Offers::Whole => prose::plain(option, room, palette.text),
                    Offers::Short => {
                        vec![Line::styled(prose::cut(option, room).into_owned(), palette.text)]
                    }
                };
                for mut line in option {
                    let blank = Span::raw(" ".repeat(opening.content.len()));
                    line.spans.insert(0, std::mem::replace(&mut opening, blank));
                    lines.push(line);
                }
            }
            if options.is_empty() && !blanks.is_empty() {
                lines.extend(prose::plain(&form::told(blanks), columns, palette.text));
            }
            lines
        }
        Ask::Budget { .. } => {
            let text = money::words(ask).unwrap_or_default();
            prose::plain(&text, columns, palette.strong)
        }
        Ask::Drift { words, evidence, .. } => {
            let mut lines = prose::plain(words, columns, palette.strong);
            for it in evidence {
                let shown = format!("turn {}: {}", it.turn, it.words);
                lines.extend(match offers {
                    Offers::Whole => prose::plain(&shown, columns, palette.text),
                    Offers::Short => {
                        vec![Line::styled(prose::cut(&shown, columns).into_owned(), palette.text)]
                    }
                });
            }
            lines
        }
    }
}
