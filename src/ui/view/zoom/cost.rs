//! What the agent has used and what that cost, to the last digit.

use super::super::{figures, scene::Sight};
use crate::model::{Agent, PauseGrain};
use ratatui::{
    style::Style,
    text::{Line, Span},
};

pub(super) fn lines(agent: &Agent, sight: Sight) -> Vec<Line<'static>> {
    let palette = sight.palette;
    let row = |name: &str, value: String, style: Style| {
        Line::from(vec![
            Span::styled(format!("{name:<28}"), palette.dim),
            Span::styled(format!("{value:>16}"), style),
        ])
    };
    let mut lines = vec![Line::from(Span::styled("Money", palette.heading))];
    let spent = if agent.on_login { "API equivalent" } else { "spent" };
    lines.push(row(spent, agent.spent.known.to_string(), palette.money));
    if agent.spent.unpriced > 0 {
        let calls = figures::of(agent.spent.unpriced.into(), "call", "calls");
        let text = format!("not in it: {calls} without a known price; the true cost is higher");
        lines.push(Line::from(Span::styled(text, palette.warning)));
    }
    if agent.reserved.0 > 0 {
        lines.push(row("reserved for the call now", agent.reserved.to_string(), palette.text));
    }
    match agent.casting.budget {
        Some(budget) => {
            lines.push(row("budget", budget.to_string(), palette.text));
            let left = budget - agent.spent.known - agent.reserved;
            lines.push(row("left", left.to_string(), palette.text));
            if let Some(share) = figures::share(agent.spent.known.0, budget.0) {
                lines.push(row("used of the budget", share, palette.text));
            }
        }
        None => lines.push(row("budget", "none".to_owned(), palette.dim)),
    }
    if let Some(text) = whose(agent) {
        lines.push(Line::from(Span::styled(text, palette.warning)));
    }
    let able = agent.casting.capabilities;
    lines.extend([Line::default(), Line::from(Span::styled("Tokens", palette.heading))]);
    let usage = agent.usage;
    let kinds = [
        ("input, read fresh", usage.input),
        ("input, from a cache", usage.cache_read),
        ("input, to a cache (5 min)", usage.cache_write_5m),
        ("input, to a cache (1 h)", usage.cache_write_1h),
        ("output", usage.output),
        ("  of it reasoning", usage.reasoning),
    ];
    for (name, count) in kinds {
        lines.push(row(name, figures::count(count), palette.text));
    }
    if able.partial && usage.total() > 0 {
        let text = "Only those of the last call of each turn are told: there were more.";
        lines.push(Line::from(Span::styled(text, palette.warning)));
    }
    lines.push(row("all together", figures::count(usage.total()), palette.strong));
    if usage.web_searches > 0 {
        lines.push(row("web searches", figures::count(usage.web_searches), palette.text));
    }
    lines.push(row("in its window now", figures::count(agent.context), palette.text));
    lines
}

/// What there is to know of who pays, or of how that is known.
const fn whose(agent: &Agent) -> Option<&'static str> {
    let able = agent.casting.capabilities;
    match able.pause {
        _ if agent.on_login => {
            Some("Its login has a plan: this is what a key would have paid, and budgets count.")
        }
        _ if agent.is_watched() => {
            Some("It is spent elsewhere: no budget of this session pays for it.")
        }
        _ if able.cost => None,
        PauseGrain::Freeze => Some("Its engine does not say what it costs."),
        _ => Some("Its program names no price: this is worked out from its tokens."),
    }
}
