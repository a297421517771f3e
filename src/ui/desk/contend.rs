//! Which agents of a former session are held against each other, where that has to be asked.

use super::{
    Contender, Deed, Desk, Dialog, Done,
    choose::{choice, question},
};

impl Desk {
    /// Asks which agent of a session is meant.
    pub(super) fn ask_who(&mut self, side: usize, names: Vec<String>) -> Done {
        let sides = self.versus.sides.as_ref().map(<[Contender; 2]>::each_ref);
        let title = match sides.and_then(|it| it.get(side).copied()) {
            Some(Contender::There { title, .. }) => title.clone(),
            _ => "this session".to_owned(),
        };
        let text = match sides {
            Some(
                [
                    Contender::There { journal, agent: Some(first), .. },
                    Contender::There { journal: its, .. },
                ],
            ) if side == 1 && journal == its => {
                format!("{first} is one of the two. Which agent is the other?")
            }
            _ => "It has several agents. Which of them is to be compared?".to_owned(),
        };
        let choices = names.iter().enumerate();
        let choices = choices.map(|(place, it)| choice(it, Deed::Contend(place))).collect();
        self.versus.asked = Some((side, names));
        self.dialog = Some(Dialog::Question(question(title, text, choices)));
        Done::Redraw
    }

    /// Takes the agent that was chosen.
    pub(super) fn contend(&mut self, place: usize) -> Done {
        let versus = &mut self.versus;
        let (Some((side, names)), Some(mut sides)) = (versus.asked.take(), versus.sides.clone())
        else {
            return Done::Nothing;
        };
        if let (Some(Contender::There { agent, .. }), Some(name)) =
            (sides.get_mut(side), names.get(place))
        {
            *agent = Some(name.clone());
        }
        let from = versus.from;
        versus.begin(sides);
        versus.from = from;
        Done::Redraw
    }

    /// Asks whether two agents of the session that is marked are meant.
    pub(super) fn ask_within(&mut self, title: &str, marked: Contender) -> Done {
        self.versus.marked = Some(marked);
        let choices = vec![
            choice("compare two of its agents", Deed::ContendWithin),
            choice("mark nothing any more", Deed::Unmark),
        ];
        let text = "It is marked, and has several agents.".to_owned();
        self.dialog = Some(Dialog::Question(question(title.to_owned(), text, choices)));
        Done::Redraw
    }

    /// Holds two agents of the session that is marked against each other.
    pub(super) fn contend_within(&mut self) -> Done {
        match self.versus.marked.take() {
            Some(marked) => self.hold([marked.clone(), marked]),
            None => Done::Nothing,
        }
    }

    /// Lets go of what is marked.
    pub(super) fn unmark(&mut self) -> Done {
        self.versus.marked = None;
        Done::Redraw
    }
}
