//! Stories: a stage, keys, and what became of them.

mod answering;
mod auditions;
mod casting;
mod changes;
mod commanding;
mod comparing;
mod copying;
mod directing;
mod dressing;
mod drifting;
mod finding;
mod guiding;
mod inbox;
mod looking;
mod marking;
mod offering;
mod ordering;
mod performing;
mod planning;
mod recalling;
mod replaying;
mod retaking;
mod scripts;
mod settings;
mod watching;
mod writing;

use super::*;
use crate::{
    model::*,
    ui::keys::{Act, Context},
};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

const ONE: AgentId = AgentId(1);
const TWO: AgentId = AgentId(2);

/// A stage, a desk before it, and everything that was sent.
struct Story {
    stage: Stage,
    desk: Desk,
    now: Millis,
    sent: Vec<Command>,
    done: Done,
}

impl Story {
    /// So many agents at work.
    fn of(agents: u32) -> Self {
        let keymap = Arc::new(Keymap::built_in().unwrap());
        let offer = RoleOffer {
            casting: Casting {
                role: "scout".into(),
                provider: "rehearsal".into(),
                model: "small".into(),
                ..Casting::default()
            },
            ..RoleOffer::default()
        };
        let mut story = Self {
            stage: Stage::default(),
            desk: Desk::new(keymap, vec![offer]),
            now: Millis(0),
            sent: Vec::new(),
            done: Done::Nothing,
        };
        for _ in 0..agents {
            story.join();
        }
        story.desk.shown.grid = GridShape { columns: 2, rows: 2 };
        story
    }

    /// One more agent at work.
    fn join(&mut self) -> &mut Self {
        let agent = self.stage.next_agent();
        let casting = Casting {
            name: format!("agent-{agent}"),
            role: if agent == TWO { "tester".into() } else { "writer".into() },
            provider: "rehearsal".into(),
            model: "small".into(),
            brief: format!("brief {agent}"),
            instructions: "be brief".into(),
            capabilities: Capabilities::NATIVE,
            ..Casting::default()
        };
        let by = Author::Director;
        self.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        self.tell(Event::AgentStarting { agent, run: 1 });
        self.tell(Event::AgentStarted { agent })
    }

    /// One more agent, driven by this engine: the program of that name.
    fn program(&mut self, engine: EngineKind, program: &str) -> AgentId {
        let agent = self.stage.next_agent();
        let casting = Casting {
            name: program.into(),
            engine,
            provider: program.into(),
            // One whose instructions can't change, to see that the key says so.
            capabilities: Capabilities {
                edit: engine != EngineKind::Acp && Capabilities::of(engine).edit,
                ..Capabilities::of(engine)
            },
            ..Casting::default()
        };
        let by = Author::Director;
        self.tell(Event::AgentAdded { agent, casting: Box::new(casting), by });
        self.tell(Event::AgentStarting { agent, run: 1 });
        self.tell(Event::AgentStarted { agent });
        self.desk.focus = Some(agent);
        agent
    }

    fn tell(&mut self, event: Event) -> &mut Self {
        self.now = self.now.plus(Millis(10));
        let record = Record { seq: self.stage.last().next(), at: self.now, event };
        self.stage.apply(&record);
        self.desk.settle(&self.stage, self.now);
        self
    }

    fn press(&mut self, keys: &str) -> &mut Self {
        for key in keys.split(' ') {
            self.key(key);
        }
        self
    }

    fn key(&mut self, key: &str) {
        let (held, name) = match key.split_once('+') {
            Some(("ctrl", name)) => (KeyModifiers::CONTROL, name),
            Some(("shift", name)) => (KeyModifiers::SHIFT, name),
            _ => (KeyModifiers::NONE, key),
        };
        let code = match name {
            "enter" => KeyCode::Enter,
            "esc" => KeyCode::Esc,
            "tab" => KeyCode::Tab,
            "backspace" => KeyCode::Backspace,
            "space" => KeyCode::Char(' '),
            "left" => KeyCode::Left,
            "right" => KeyCode::Right,
            "down" => KeyCode::Down,
            "up" => KeyCode::Up,
            "pageup" => KeyCode::PageUp,
            "pagedown" => KeyCode::PageDown,
            name => KeyCode::Char(name.chars().next().unwrap()),
        };
        self.done = self.desk.key(KeyEvent::new(code, held), &self.stage, self.now);
        if let Done::Send(commands) = &self.done {
            self.sent.extend(commands.iter().cloned());
        }
    }

    fn write(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            self.done = self.desk.key(key, &self.stage, self.now);
        }
        self
    }

    fn paste(&mut self, text: &str) -> &mut Self {
        self.done = self.desk.paste(text, &self.stage, self.now);
        if let Done::Send(commands) = &self.done {
            self.sent.extend(commands.iter().cloned());
        }
        self
    }

    /// The agent has a model call out.
    fn calling(&mut self, agent: AgentId) -> &mut Self {
        let (turn, version) = (self.stage.agent(agent).unwrap().turn.next(), Version(1));
        let model = "small".to_owned();
        self.tell(Event::TurnStarted { agent, turn, version, model, reserved: None, again: false })
    }

    fn held(&mut self, agent: AgentId, reason: HoldReason) -> &mut Self {
        self.tell(Event::HoldPlaced { agent, reason, by: Author::Director, note: String::new() })
    }

    fn asked(&mut self, agent: AgentId, ask: Ask) -> &mut Self {
        self.tell(Event::Asked { agent, request: RequestId(1), ask })
    }

    fn approval(&mut self, agent: AgentId) -> &mut Self {
        let (call, tool) = (CallId(1), "shell".to_owned());
        let (shown, reason) = ("cargo publish".to_owned(), "not allowed".to_owned());
        self.asked(agent, Ask::Approval { call: Some(call), tool, shown, reason })
    }

    fn question(&mut self, agent: AgentId, options: &[&str]) -> &mut Self {
        let options = options.iter().map(|it| (*it).to_owned()).collect();
        self.asked(agent, Ask::question(None, "which?".to_owned(), options))
    }

    fn over(&mut self, agent: AgentId) -> &mut Self {
        let outcome = Outcome::Succeeded { summary: String::new() };
        self.tell(Event::AgentEnded { agent, outcome })
    }

    /// The picture showed the end of the agent's request, and that it has the
    /// keys, if it has.
    fn seen(&mut self, agent: AgentId) -> &mut Self {
        let request = self.stage.agent(agent).unwrap().requests[0].clone();
        let place = (agent, request.id);
        let ready =
            (self.desk.request == Some(place)).then_some((agent, request.id, request.fingerprint));
        let requests = [place].into();
        let shown = Shown { requests, ready, ..self.desk.shown.clone() };
        self.desk.take_shown(shown, &self.stage);
        self
    }

    fn sent(&mut self) -> Vec<Command> {
        std::mem::take(&mut self.sent)
    }

    fn status(&self) -> &str {
        self.desk.status.as_ref().map_or("", |it| &it.text)
    }

    fn context(&self) -> Context {
        self.desk.context(&self.stage)
    }

    fn question_open(&self) -> &Question {
        match &self.desk.dialog {
            Some(Dialog::Question(question)) => question,
            other => panic!("no question is open but {other:?}"),
        }
    }
}
