//! The bottom line: where the keys go, what the program has to say, and which
//! keys work here.

use super::{
    above, dialog, directed,
    ink::{Row, width},
    listed,
    palette::Palette,
    scene::{Hits, Sight},
    trouble,
};
use crate::{
    compare::Comparison,
    model::{Agent, Ask, Level, RequestId, Urgency},
    ui::{
        desk::{
            Deed, Desk, Dialog, Elsewhere, LedgerView, Screen, VersusPart, inability, is_all_held,
            turns,
        },
        keys::{Act, Context},
    },
};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};
use std::{borrow::Cow, sync::Arc};

/// What help and the way out take at the right, with the usual keys.
const LAST: u16 = 18;
/// What the way back takes.
const BACK: u16 = 10;
/// On a lower screen what is open may have no line for its keys.
const ROOMY: u16 = 14;

pub(super) fn draw(buffer: &mut Buffer, area: Rect, sight: Sight, hits: &mut Hits) {
    let (scene, palette) = (sight.scene, sight.palette);
    buffer.set_style(area, palette.footer);
    let is_roomy = buffer.area.height >= ROOMY;
    let mut row = Row::new(buffer, area, 0);
    let context = scene.desk.context(scene.stage);
    if context.is_typing() {
        row.put(" TYPING ", palette.chip_typing).skip(1);
    } else {
        row.put(" COMMAND ", palette.chip).skip(1);
    }
    if let Some((text, style)) =
        said(sight).filter(|it| above::fits_footer(&it.0, area.width, sight))
    {
        row.put(&text, style).skip(2);
    }
    if let Some(marked) = listed::marked(sight) {
        row.put(&marked, palette.chip).skip(1);
    }
    // Beside marks, how they are listed gives way to the key that leads to who needs one.
    let kept = listed::marked(sight).map_or(0, |_| LAST + need(sight));
    let listing = [listed::filtered(sight), listed::ordered(sight.desk())];
    for told in listing.into_iter().flatten() {
        if kept == 0 || width(&told) + 1 + kept <= row.room() {
            row.put(&told, palette.chip_quiet).skip(1);
        }
    }
    if !scene.desk.pressed.is_empty() {
        let pressed: Vec<_> = scene.desk.pressed.iter().map(|it| it.label()).collect();
        row.put(&pressed.join(" "), palette.key).put(" …", palette.dim).skip(2);
        return draw_after(&mut row, context, sight, hits);
    }
    let offers = scene.desk.keymap.footer(context);
    let (last, first): (Vec<_>, Vec<_>) = offers.into_iter().partition(|(_, it)| is_last(it));
    draw_last(&mut row, &last, sight, hits);
    // What is open says itself what its keys do.
    if is_roomy && dialog::says_its_keys(sight) {
        return;
    }
    // Somebody who needs the director comes before everything else.
    let (needed, others): (Vec<_>, Vec<_>) = first.into_iter().partition(|(_, it)| is_need(it));
    let needed = needed.into_iter().filter(|_| sight.is_any_needing());
    // What its engine can't do comes after all that can be done.
    let (unable, able): (Vec<_>, Vec<_>) =
        others.into_iter().partition(|(_, it)| is_unable(it, sight));
    // Of a script, what can be done to the marked step comes first.
    let (scripted, able): (Vec<_>, Vec<_>) =
        able.into_iter().partition(|(_, it)| context == Context::Script && is_scripted(it, sight));
    let offers = needed.chain(scripted).chain(able).filter_map(|(key, word)| {
        let word = offered(word, sight)?;
        Some((key, dialog::word(word, sight).unwrap_or(word)))
    });
    if !draw_offers(&mut row, &offers.collect::<Vec<_>>(), sight, hits) {
        return;
    }
    let off = palette.dim.add_modifier(Modifier::DIM | Modifier::CROSSED_OUT);
    for (key, word) in unable {
        if width(&key) + width(word) + 2 > row.room() {
            return;
        }
        row.put(&key, off).skip(1).put(word, off).skip(2);
    }
}

/// How many columns the key takes that leads to who needs the director, with the way back
/// behind it; none where nobody does.
pub(super) fn need(sight: Sight) -> u16 {
    if !sight.is_any_needing() {
        return 0;
    }
    let word = Act::NextWaiting.label().unwrap_or_default();
    width(&sight.named.next_waiting) + width(word) + 3 + BACK
}

/// Draws help and the way out, which keep their place at the right. In the guide there is
/// nothing else.
fn draw_last(row: &mut Row, offers: &[(String, &'static str)], sight: Sight, hits: &mut Hits) {
    let (scene, palette) = (sight.scene, sight.palette);
    let last = offers.iter().filter(|_| scene.desk.setup.is_none());
    // Nothing is helped with while something is asked: that says itself what its keys do.
    let last = last.filter(|it| scene.desk.dialog.is_none() || Act::Help.label() != Some(it.1));
    for (key, word) in last.rev() {
        let columns = width(key) + width(word) + 3;
        if columns < row.room() {
            let at_once = scene.desk.is_leaving && Act::Quit.label() == Some(word);
            let word = if at_once { "leave at once" } else { word };
            row.put_right(&format!("{word} "), palette.dim, 0);
            row.put_right(&format!(" {key} "), palette.key, 0);
            hits.add_key(row, (key, columns));
        }
    }
}

/// Draws what the next key can be, where some were pressed that are its beginning.
fn draw_after(row: &mut Row, context: Context, sight: Sight, hits: &mut Hits) {
    let (desk, palette) = (sight.desk(), sight.palette);
    let after = desk.keymap.after(context, &desk.pressed);
    for (place, (key, word)) in after.iter().enumerate() {
        // What there is no room for is not taken for all there is.
        let kept = if place + 1 < after.len() { 2 } else { 0 };
        if width(key) + width(word) + 2 + kept > row.room() {
            row.put("…", palette.dim);
            return;
        }
        hits.offer(row, (key, word), (palette.key, palette.dim));
    }
}

/// Draws what can be done, as much as there is room for; the way back, where there is one,
/// keeps its place however narrow it is. Says whether there was room for all.
fn draw_offers(
    row: &mut Row,
    offers: &[(String, &'static str)],
    sight: Sight,
    hits: &mut Hits,
) -> bool {
    let palette = sight.palette;
    let mut put = |row: &mut Row, (key, word): &(String, &'static str)| {
        let style = if is_need(word) { palette.need } else { palette.dim };
        hits.offer(row, (key, word), (palette.key, style));
    };
    let columns = |(key, word): &(String, &'static str)| width(key) + width(word) + 2;
    let mut back = offers.iter().find(|it| Act::Back.label() == Some(it.1));
    for offer in offers {
        let is_back = Act::Back.label() == Some(offer.1);
        let kept = back.filter(|_| !is_back).map_or(0, |it| columns(it) + 1);
        if columns(offer) + kept > row.room() {
            if let Some(back) = back.filter(|it| columns(it) <= row.room()) {
                put(row, back);
            }
            return false;
        }
        put(row, offer);
        back = back.filter(|_| !is_back);
    }
    true
}

/// Whether the word is for an act that the focused agent's engine can't honour.
fn is_unable(word: &str, sight: Sight) -> bool {
    let agent = sight.desk().focused(sight.stage());
    let agent = agent.filter(|it| !it.is_over() && !sight.desk().is_over);
    let act = DIRECTS.into_iter().find(|it| it.label() == Some(word));
    act.zip(agent).is_some_and(|(act, agent)| inability(act, agent).is_some())
}

/// The acts that are done to the focused agent.
const DIRECTS: [Act; 9] = [
    Act::Pause,
    Act::Freeze,
    Act::Step,
    Act::Redirect,
    Act::EditInstructions,
    Act::Interrupt,
    Act::ChangeBudget,
    Act::Stop,
    Act::Zoom,
];

/// The acts that are done to a step of a script, or to all of it.
const SCRIPTED: [Act; 11] = [
    Act::SeeAgent,
    Act::HoldStep,
    Act::OpenGate,
    Act::RunAgain,
    Act::SkipStep,
    Act::StopScript,
    Act::EditStep,
    Act::EditStepRole,
    Act::EditHandOff,
    Act::Reassign,
    Act::RewriteScript,
];

/// Whether it is an act that is done to a step of a script; or that lets all go on, where
/// a script waits for that.
fn is_scripted(word: &str, sight: Sight) -> bool {
    let lets_go_on = Act::PauseAll.label() == Some(word);
    (lets_go_on && sight.stage().playing().any(|it| it.paused))
        || SCRIPTED.into_iter().any(|it| it.label() == Some(word))
}

/// Whether it is the act that leads to who needs the director.
fn is_need(word: &str) -> bool {
    Act::NextWaiting.label() == Some(word)
}

/// Whether an act stands at the right end of the footer.
fn is_last(word: &str) -> bool {
    [Act::Help, Act::Quit].into_iter().any(|it| it.label() == Some(word))
}

/// What the program has to say: trouble first, then the status line.
pub(super) fn said(sight: Sight<'_>) -> Option<(Cow<'_, str>, Style)> {
    let (scene, palette) = (sight.scene, sight.palette);
    if let Some(trouble) = scene.trouble {
        return Some((trouble::told(trouble).into(), palette.trouble));
    }
    if scene.desk.is_leaving {
        return Some((closing(sight).into(), palette.warning));
    }
    if let Some(status) = &scene.desk.status {
        return Some((status.text.as_str().into(), style(status.level, palette)));
    }
    if let Some(fault) = scene.desk.fault_line() {
        return Some((fault.into(), palette.warning));
    }
    let notice = scene.stage.notices().next_back().filter(|it| it.level != Level::Note);
    let notice = notice.map(|it| (it.text.as_str().into(), style(it.level, palette)));
    notice.or_else(|| Some((scene.stage.closed()?.into(), palette.dim)))
}

/// What the session waits for before it is closed.
fn closing(sight: Sight) -> String {
    let in_flight = |it: &&Agent| it.is_awaited() && !it.is_still();
    match sight.stage().agents().filter(in_flight).count() {
        0 => "closing the session".to_owned(),
        1 => "closing: 1 agent finishes what is in flight".to_owned(),
        more => format!("closing: {more} agents finish what is in flight"),
    }
}

const fn style(level: Level, palette: &Palette) -> Style {
    match level {
        Level::Note => palette.text,
        Level::Warning => palette.warning,
        Level::Trouble => palette.trouble,
    }
}

/// Whether what is open can be done with one key: a text, or a form of several lines.
pub(super) fn can_save(sight: Sight) -> bool {
    let desk = sight.desk();
    let is_line = desk.context(sight.stage()) == Context::Field;
    !is_line
        || matches!(desk.dialog, Some(Dialog::NewAgent(_) | Dialog::Script(_) | Dialog::Retake(_)))
}

/// Whether what is marked of what needs the director is an end, which is only to be seen.
fn has_ended(sight: Sight) -> bool {
    let item = sight.desk().attended(sight.stage(), sight.now());
    item.is_some_and(|it| it.key.reason.urgency() == Urgency::Ended)
}

/// Whether a watch has seen the focused agent drift.
fn drifts(sight: Sight) -> bool {
    sight.desk().focused(sight.stage()).is_some_and(|it| it.drifts().is_some())
}

/// The word for an act, if there is something here that it can be done to.
fn offered(word: &'static str, sight: Sight) -> Option<&'static str> {
    let is = |act: Act| act.label() == Some(word);
    let desk = sight.desk();
    // Nobody is directed any more.
    if desk.is_leaving || (desk.is_over && Act::all().any(|it| is(it) && it.directs())) {
        return None;
    }
    if Act::all().any(|it| is(it) && desk.would_fail(it, sight.stage(), sight.now())) {
        return None;
    }
    if desk.is_watch && Act::all().any(|it| is(it) && it.is_of_replay()) {
        return None;
    }
    if is(Act::Back) && desk.screen == Screen::Stage {
        return desk.can_leave().then_some(word);
    }
    if [Act::Approve, Act::Deny, Act::Answer].into_iter().any(is) {
        // Only what the request that the keys go to can be answered with.
        let (agent, request) = desk.request.or_else(|| Some((desk.focus?, RequestId(0))))?;
        let open = &sight.stage().agent(agent)?.requests;
        let asked = open.iter().find(|it| it.id == request).or(open.first())?;
        let is_approval = matches!(asked.ask, Ask::Approval { .. });
        return (is_approval != is(Act::Answer)).then_some(word);
    }
    if is(Act::BestRole) {
        let ranks = matches!(&desk.dialog, Some(Dialog::NewAgent(form)) if form.is_ranked());
        return ranks.then_some(word);
    }
    let simple = [
        (Act::Detach, can_detach(desk)),
        (Act::Save, can_save(sight)),
        (Act::Seen, has_ended(sight)),
        (Act::Evidence, drifts(sight)),
        (Act::NextGrouping, desk.ledger.view == LedgerView::Table),
        (Act::Perform, desk.marked_script().is_some_and(|it| it.plot.is_ok())),
        (Act::TakeUp, desk.offers(Elsewhere::Session, sight.stage())),
        (Act::Demo, desk.offers(Elsewhere::Demo, sight.stage())),
    ];
    if let Some((_, can)) = simple.into_iter().find(|(act, _)| is(*act)) {
        return can.then_some(word);
    }
    if let Some(can) = of_work(word, sight) {
        return can.then_some(word);
    }
    if let Some(word) = renamed(word, desk) {
        return Some(word);
    }
    if desk.screen == Screen::Script
        && let Some(act) = SCRIPTED.into_iter().find(|it| is(*it))
    {
        return desk.plays.offers(act, sight.stage());
    }
    if is(Act::Search) {
        return can_search(sight).then_some(word);
    }
    if is(Act::PauseAll) {
        let all_held = is_all_held(sight.stage())?;
        return Some(if all_held { "resume all" } else { word });
    }
    if !DIRECTS.into_iter().any(is) {
        return Some(word);
    }
    directed::directed(word, sight)
}

/// Whether what is asked can be answered by leaving agents at work.
fn can_detach(desk: &Desk) -> bool {
    let Some(Dialog::Question(it)) = &desk.dialog else { return false };
    it.choices.iter().any(|it| it.deed == Deed::Detach)
}

/// The word for an act that does something of its own on this screen.
fn renamed(word: &str, desk: &Desk) -> Option<&'static str> {
    let is = |act: Act| act.label() == Some(word);
    if is(Act::AllPasts) && desk.past.is_all {
        return Some("this project");
    }
    if is(Act::PlayPause) && desk.playhead.as_ref().is_some_and(|it| it.is_playing) {
        return Some("pause");
    }
    if is(Act::Versus) && desk.versus.marked.is_some() {
        return Some("compare");
    }
    if is(Act::OpenRow) && desk.versus.is_open {
        return Some("rows");
    }
    let is_cast = is(Act::NewAgent) && desk.screen == Screen::Cast;
    let are_many = desk.cast.chosen.len() > 1;
    is_cast.then_some(if are_many { "let them audition" } else { "cast it" })
}

/// Whether there is something to be searched, or listed by words.
fn can_search(sight: Sight) -> bool {
    match sight.desk().screen {
        Screen::Cast | Screen::Past => true,
        Screen::Script | Screen::Diffs | Screen::Versus | Screen::Inbox | Screen::Ledger => false,
        Screen::Stage | Screen::Zoom | Screen::Audition => sight.stage().agents().len() > 0,
    }
}

/// Whether something can be done with what agents made, where the word is for that.
fn of_work(word: &str, sight: Sight) -> Option<bool> {
    let is = |act: Act| act.label() == Some(word);
    let (desk, stage) = (sight.desk(), sight.stage());
    if is(Act::TakeWork) {
        let has_work = |it: &Agent| turns(it).next().is_some() && !it.taking.is_thrown_away();
        return Some(desk.focused(stage).is_some_and(has_work));
    }
    if is(Act::MarkBest) {
        return Some(desk.takes(stage).is_some());
    }
    if is(Act::KeepChange) {
        return Some(desk.can_keep_change(stage));
    }
    if is(Act::Comment) {
        return Some(!desk.is_replay());
    }
    if is(Act::Retake) {
        let has_begun = |it: &Agent| it.turn.0 > 0 && inability(Act::Retake, it).is_none();
        // Whom another program directs is taken again in a replay of its log.
        return Some(!desk.is_watch && desk.focused(stage).is_some_and(has_begun));
    }
    if is(Act::ThrowOthers) {
        return Some(desk.can_keep_one(stage));
    }
    if is(Act::Versus) {
        return Some(desk.can_hold_two(stage));
    }
    if is(Act::OpenRow) {
        let has_rows = |it: &Arc<Comparison>| !it.rows.is_empty();
        return Some(
            desk.versus.part == VersusPart::Turns && desk.versus.comparison().is_some_and(has_rows),
        );
    }
    if is(Act::NextDifference) {
        return Some(desk.versus.comparison().is_some_and(|it| it.parting().is_some()));
    }
    if is(Act::NextTake) {
        return Some(desk.can_turn_take(stage));
    }
    (is(Act::NextFile) && desk.screen == Screen::Diffs).then(|| desk.pair.files() > 1)
}
