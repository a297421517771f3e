//! Going back in place: which turns are undone, or done again.

use super::{Choice, Deed, Desk, Dialog, Done, Question, Screen};
use crate::model::{Agent, Level, Millis, Turn};

impl Desk {
    /// Asks which of an agent's last turns are to be undone.
    pub(super) fn ask_to_rewind(&mut self, agent: &Agent, now: Millis) -> Done {
        let name = &agent.casting.name;
        if !agent.is_over() && !agent.is_still() {
            let text = if agent.is_held() {
                format!("{name} is being paused: go back once it stands still")
            } else {
                format!("{name} is under way: pause it first, then go back")
            };
            return self.say(Level::Warning, text, now);
        }
        let choices = self.ways_back(agent);
        if choices.len() == 1 {
            let text = if agent.can_undo().is_some() {
                format!("{name}: its program can't go back to a turn; take it again from one")
            } else {
                format!("{name} has taken no turn of its own")
            };
            return self.say(Level::Note, text, now);
        }
        let files = if agent.puts_files_back() {
            "Its files go back with it; what they are now is kept first, and comes back when \
             you go the other way again."
        } else {
            "Its files stay as they are: nothing is kept of them, or the folder is not its own."
        };
        let step = agent.casting.assignment.as_deref().map(|it| {
            let step = &it.spot.step;
            format!(" The script stays as it is: what {step} has handed in there still counts.")
        });
        self.dialog = Some(Dialog::Question(Question {
            title: format!("take {name} back?"),
            text: format!(
                "What is undone is not told to its model any more; the journal keeps it. {files} \
                 It is held then, until you resume it.{}",
                step.unwrap_or_default()
            ),
            choices,
            selected: 0,
            change: None,
        }));
        Done::Redraw
    }

    /// What can be undone of it, and done again.
    fn ways_back(&self, agent: &Agent) -> Vec<Choice> {
        let mut choices = vec![Choice { label: "Leave it".to_owned(), deed: Deed::Cancel }];
        if let Some((first, last)) = agent.can_undo() {
            let nearest = |upto: Turn| {
                (first.0..=upto.0).rev().map(Turn).find(|it| agent.can_go_back_to(*it))
            };
            let is_scrolled = self.screen == Screen::Zoom && self.shown.back > 0;
            let looked_at = self.shown.turn.filter(|it| is_scrolled && *it > first && *it < last);
            let all = [Some(last), looked_at, Some(first.next())];
            for to in all.into_iter().flatten().filter_map(|it| nearest(Turn(it.0 - 1))) {
                let deed = Deed::Rewind(agent.id, to);
                let label = if to.next() == last {
                    format!("Undo turn {last}")
                } else {
                    format!("Undo turns {} to {last}", to.next())
                };
                if choices.iter().all(|it| it.deed != deed) {
                    choices.push(Choice { label, deed });
                }
            }
        }
        if let Some(undone) = agent.can_redo() {
            let (to, from) = (undone.to.next(), undone.from);
            let label = if to == from {
                format!("Bring turn {from} back")
            } else {
                format!("Bring turns {to} to {from} back")
            };
            choices.push(Choice { label, deed: Deed::UndoRewind(agent.id) });
        }
        choices
    }
}
