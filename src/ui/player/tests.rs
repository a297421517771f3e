//! Stories of a player over a small journal.

use super::*;
use crate::{
    journal::{Growth, Journal},
    model::{FORMAT, Header, Level},
};
use std::thread;

/// A player of records at these times, its journal indexed.
fn player(times: &[u64]) -> (Player, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    let records: Vec<_> = (1..).zip(times).map(|(seq, at)| record(seq, *at)).collect();
    journal.append(&records).unwrap();
    let reel = Reel::new(Reader::open(journal.path()).unwrap()).unwrap();
    while !reel.is_indexed() {
        thread::yield_now();
    }
    let mut player = Player::new(reel);
    player.take();
    (player, folder)
}

fn record(seq: u64, at: u64) -> Record {
    let event = Event::NoticeRaised { level: Level::Note, text: seq.to_string() };
    Record { seq: Seq(seq), at: Millis(at), event }
}

const NONE: [u64; 0] = [];

fn seqs<'a>(records: impl IntoIterator<Item = &'a Record>) -> Vec<u64> {
    records.into_iter().map(|it| it.seq.0).collect()
}

#[test]
fn what_the_head_passes_has_happened_in_its_order_and_once() {
    let (mut player, _folder) = player(&[0, 100, 200, 300]);
    assert_eq!(seqs(&player.advance(Millis(150))), [1, 2]);
    assert_eq!(seqs(&player.advance(Millis(50))), [3]);
    player.pace = Pace::FASTEST;
    player.is_playing = true;
    assert_eq!(seqs(&player.advance(Millis(10))), [4]);
    assert_eq!((player.at, player.seq), (Millis(300), Seq(4)));
    assert!(!player.is_playing, "it stands still at the end, and does not play over a key");
    player.is_playing = true;
    assert_eq!(seqs(&player.advance(Millis(10))), NONE);
    assert!(!player.is_playing);
}

#[test]
fn where_more_is_written_it_plays_on_and_the_end_is_that_which_comes() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    let growth = Growth::from(journal.position());
    let mut write = |seqs: std::ops::RangeInclusive<u64>| {
        let records: Vec<_> = seqs.map(|seq| record(seq, seq * 100)).collect();
        journal.append(&records).unwrap();
        growth.reached(journal.position(), 1, None);
    };
    write(1..=2);
    let reader = Reader::open(&folder.path().join("tale")).unwrap();
    let mut player = Player::new(Reel::growing(reader, growth.clone()).unwrap());
    player.take();
    player.is_playing = true;
    assert_eq!(seqs(&player.advance(Millis(250))), [1, 2]);
    assert_eq!(seqs(&player.advance(Millis(100))), NONE);
    assert!(player.is_playing && player.playhead().indexed < 1.0, "more may come");
    write(3..=4);
    assert_eq!(seqs(&player.advance(Millis(100))), [3]);
    player.play(Play::End);
    write(5..=9);
    growth.ended(player.reel.end(), Some("the disk is full".into()));
    let mut trouble = None;
    while !player.reel.is_indexed() || player.seq < Seq(9) {
        trouble = player.take().trouble;
    }
    assert_eq!((player.at, trouble.as_deref()), (Millis(900), Some("the disk is full")));
    player.is_playing = true;
    assert_eq!(seqs(&player.advance(Millis(10))), NONE);
    assert!(!player.is_playing, "here it ends");
}

#[test]
fn a_record_that_there_is_not_is_told_where_all_is_read_and_not_before() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    journal.append(&[record(1, 100), record(2, 200)]).unwrap();
    let growth = Growth::from(journal.position());
    let reader = Reader::open(&folder.path().join("tale")).unwrap();
    let mut player = Player::new(Reel::growing(reader, growth.clone()).unwrap());
    player.play(Play::Event(Seq(9)));
    player.take();
    let head = player.playhead();
    assert_eq!((head.aim, head.missed, head.is_growing), (Some(Seq(9)), None, true));
    growth.ended(journal.position(), None);
    while player.playhead().aim.is_some() {
        player.take();
    }
    let head = player.playhead();
    assert_eq!((head.missed, head.seq, head.last_seq), (Some(Seq(9)), Seq(2), Seq(2)));
    player.play(Play::Events(-1, None));
    assert_eq!(player.playhead().missed, None);
}

#[test]
fn keys_pressed_in_one_burst_each_count_for_the_pace() {
    let (mut player, _folder) = player(&[0]);
    (0..3).for_each(|_| player.play(Play::Faster));
    assert_eq!(player.pace, Pace::Quarters(32));
    (0..2).for_each(|_| player.play(Play::Slower));
    assert_eq!(player.pace, Pace::Quarters(8));
}

#[test]
fn as_fast_as_possible_knows_no_clock() {
    let (mut player, _folder) = player(&[0, 100_000, 900_000]);
    player.play(Play::Pace(Pace::Full));
    assert_eq!(seqs(&player.advance(Millis(0))), [1, 2, 3]);
}

#[test]
fn a_long_stretch_without_events_is_shortened_and_that_is_said() {
    let (mut player, _folder) = player(&[0, 60_000]);
    player.advance(Millis(10));
    assert_eq!(seqs(&player.advance(Millis(10))), NONE);
    assert_eq!((player.at, player.shortened), (Millis(59_000), Some(Millis(59_990))));
    assert_eq!(seqs(&player.advance(Millis(999))), NONE);
    assert_eq!(seqs(&player.advance(Millis(1))), [2]);
    assert_eq!(player.shortened, None);
}

#[test]
fn stepping_on_tells_records_and_stepping_back_tells_the_stage() {
    let (mut player, _folder) = player(&[0, 100, 200, 300]);
    player.play(Play::Events(2, None));
    let news = player.take();
    assert_eq!((seqs(news.records.iter().flatten()), news.stage.is_none()), (vec![1, 2], true));
    assert_eq!(news.playhead.unwrap().at, Millis(100));
    player.play(Play::Events(-1, None));
    let news = player.take();
    assert_eq!((news.stage.unwrap().last(), player.at), (Seq(1), Millis(0)));
    player.play(Play::Events(9, None));
    assert_eq!(seqs(player.take().records.iter().flatten()), [2, 3, 4]);
}

#[test]
fn one_agent_is_stepped_through_without_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let header = Header { auteur: FORMAT, session: "tale".into(), ..Header::default() };
    let mut journal = Journal::create(folder.path(), &header).unwrap();
    let said = |seq: u64| {
        let agent = AgentId(if [3, 400].contains(&seq) { 2 } else { 1 });
        let event = Event::Said { agent, text: "x".into() };
        Record { seq: Seq(seq), at: Millis(seq), event }
    };
    journal.append(&(1..=500).map(said).collect::<Vec<_>>()).unwrap();
    let mut player = Player::new(Reel::new(Reader::open(journal.path()).unwrap()).unwrap());
    player.take();
    let mut step = |events| {
        player.play(Play::Events(events, Some(AgentId(2))));
        player.take();
        player.seq.0
    };
    assert_eq!([step(1), step(1), step(1)], [3, 400, 500], "behind the last there is the end");
    assert_eq!([step(-1), step(-1), step(-1)], [400, 3, 0]);
}

#[test]
fn jumps_land_at_their_time_and_play_on_from_there() {
    let (mut player, _folder) = player(&[0, 100, 200, 1000]);
    player.play(Play::Tenth(5));
    let news = player.take();
    assert_eq!((news.stage.unwrap().last(), player.at), (Seq(3), Millis(500)));
    assert_eq!(seqs(&player.advance(Millis(499))), NONE);
    assert_eq!(seqs(&player.advance(Millis(1))), [4]);
    player.play(Play::Start);
    assert_eq!(player.take().stage.unwrap().last(), Seq(0));
    assert_eq!(seqs(&player.advance(Millis(100))), [1, 2]);
    player.play(Play::End);
    assert_eq!(player.take().stage.unwrap().last(), Seq(4));
}

#[test]
fn of_a_log_without_times_a_jump_goes_so_many_records_on() {
    let (mut player, _folder) = player(&[0; 40]);
    for (tenths, seq) in [(5, 20), (1, 4), (0, 0)] {
        player.play(Play::Tenth(tenths));
        assert_eq!(player.take().stage.unwrap().last(), Seq(seq));
    }
}

#[test]
fn a_replay_agrees_with_the_fold_wherever_it_is_wound() {
    let times: Vec<_> = (0..40).map(|it| it * 37 % 90 + it * 60).collect();
    let (mut player, _folder) = player(&times);
    let reader = player.reader().unwrap();
    for play in [Play::Tenth(9), Play::Events(3, None), Play::Events(-7, None), Play::Tenth(2)] {
        let mut stage = player.reel.stage_at(player.seq);
        player.play(play.clone());
        let news = player.take();
        if let Some(wound) = news.stage {
            stage = *wound;
        }
        for record in news.records.iter().flatten() {
            stage.apply(record);
        }
        assert_eq!(stage, reader.fold(Some(player.seq)), "{play:?}");
    }
}

#[test]
fn a_bookmark_is_there_in_the_next_replay_and_its_record_is_gone_to() {
    let (mut player, folder) = player(&[0, 100, 200, 300]);
    let file = folder.path().join("bookmarks.jsonl");
    let open = || Bookmarks::open(&file).unwrap();
    player = player.with_bookmarks(open());
    let bookmark = Bookmark { seq: Seq(3), at: Millis(200), note: "here it drifts".into() };
    player.play(Play::Bookmark(bookmark.clone()));
    player.play(Play::To(Seq(3)));
    let head = player.take().playhead.unwrap();
    assert_eq!((head.seq, head.bookmark()), (Seq(3), Some(&bookmark)));
    player.play(Play::Bookmark(Bookmark { seq: Seq(1), at: Millis(0), note: String::new() }));
    player.play(Play::Unmark(Seq(1)));
    drop(player);
    let all: Vec<_> = open().all().cloned().collect();
    assert_eq!(all, [bookmark]);
}
