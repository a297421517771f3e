//! Going back in place: which turns are undone, or done again.

use super::{Choice, Deed, Desk, Dialog, Done, Question, Screen};
use crate::model::{Agent, Level, Millis, Turn};

impl Desk {
    /// Asks which of an agent's last turns are to be undone.
    pub(super) fn ask_to_rewind(&mut self, agent: &Agent, now: Millis) -> Done {
        let name = &agent.casting.name;
        if !agent.is_over() && !agent.is_still() {
            let text = format!("{name} is under way: pause it first, then go back");
            return self.say(Level::Warning, text, now);
        }
        let mut choices = vec![Choice { label: "Leave it".to_owned(), deed: Deed::Cancel }];
        if let Some((first, last)) = agent.can_undo() {
            let before = Turn(last.0 - 1);
            let deed = Deed::Rewind(agent.id, before);
            choices.push(Choice { label: format!("Undo turn {last}"), deed });
            let is_scrolled = self.screen == Screen::Zoom && self.shown.back > 0;
            let looked_at = self.shown.turn.filter(|it| is_scrolled && *it > first && *it < last);
            let all = [looked_at, Some(first.next()).filter(|it| *it < last)];
            for from in all.into_iter().flatten().filter(|it| it.0 < last.0) {
                let deed = Deed::Rewind(agent.id, Turn(from.0 - 1));
                let label = format!("Undo turns {from} to {last}");
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
        if choices.len() == 1 {
            return self.say(Level::Note, format!("{name} has taken no turn of its own"), now);
        }
        let files = if agent.puts_files_back() {
            "Its files go back with it; what they are now is kept first, and comes back with \
             the turns."
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
}
