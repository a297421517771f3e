//! A director who does anything at any moment.

use super::{Scenario, disk::Fate, laws::Laws};
use auteur::{model::*, supervisor::Session};
use fastrand::Rng;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::time::{Instant, sleep};

/// How long a session may take to come to its end in peace.
const PEACE: Duration = Duration::from_mins(3);

pub(super) struct Director {
    scenario: Scenario,
    dice: Rng,
}

impl Director {
    pub(super) fn new(scenario: Scenario, dice: Rng) -> Self {
        Self { scenario, dice }
    }

    /// Directs for so long, or until the program is killed in mid-write.
    pub(super) async fn direct(
        &mut self,
        session: &Session,
        laws: &mut Laws,
        span: Duration,
        fate: &Arc<Mutex<Fate>>,
    ) {
        let end = Instant::now() + span;
        let calm = self.scenario.calm.as_millis().try_into().unwrap();
        while Instant::now() < end && !fate.lock().unwrap().is_dead {
            sleep(Duration::from_millis(self.dice.u64(0..calm))).await;
            laws.look(session);
            let command = self.command(laws.stage());
            say(session, command);
        }
    }

    /// Lets everybody come to an end, and closes.
    pub(super) async fn finish(&mut self, session: &Session, laws: &mut Laws) {
        let end = Instant::now() + PEACE;
        loop {
            sleep(Duration::from_millis(200)).await;
            laws.look(session);
            let stage = laws.stage();
            if stage.agents().all(Agent::is_over) || Instant::now() > end {
                break;
            }
            let commands: Vec<Command> = stage.agents().flat_map(let_go).collect();
            for command in commands {
                say(session, command);
            }
        }
        say(session, Command::Quit(QuitMode::Stop));
    }

    fn command(&mut self, stage: &Stage) -> Command {
        let agents = u32::try_from(stage.agents().len()).unwrap();
        let text = format!("word {}", self.dice.u16(..));
        if agents < self.scenario.agents && self.dice.u8(0..3) == 0 {
            return Command::Add(Box::new(casting(&text)));
        }
        let agent = AgentId(self.dice.u32(1..=agents.max(1)));
        let open = stage.agent(agent).and_then(|it| it.requests.last()).cloned();
        match self.dice.u8(0..24) {
            0..3 => Command::Pause(agent),
            3..6 => Command::Resume(agent),
            6 => Command::PauseAll,
            7..9 => Command::ResumeAll,
            9 => Command::Freeze(agent),
            10 => Command::Interrupt(agent),
            11..13 => Command::Redirect { agent, text, now: false },
            13 => Command::Redirect { agent, text, now: true },
            14 => Command::EditInstructions { agent, text },
            15 => Command::Lift(agent, HoldReason::Gate),
            16 => Command::Hold(agent, HoldReason::Watch, text),
            17 => Command::Lift(agent, HoldReason::Watch),
            18 if self.dice.bool() => Command::Stop(agent),
            18 => Command::Kill(agent),
            19 => Command::Restart(agent),
            20 => Command::TakeBack { agent, redirect: RedirectId(self.dice.u32(1..4)) },
            21 if open.as_ref().is_some_and(|it| it.id != RequestId::BUDGET) => {
                let answer = Answer::Denied { why: text };
                let request = open.map(|it| it.id).unwrap_or_default();
                Command::Answer { agent, request, answer }
            }
            _ => match open {
                Some(request) => request.approved(agent, Scope::Once),
                None => Command::Resume(agent),
            },
        }
    }
}

/// What brings an agent to its end, whatever holds it.
fn let_go(agent: &Agent) -> Vec<Command> {
    if agent.is_over() {
        return vec![];
    }
    let id = agent.id;
    if agent.is_held_for(HoldReason::Budget) {
        return vec![Command::Stop(id)];
    }
    let held = agent.holds.iter().map(|it| Command::Lift(id, it.reason));
    let asked = agent.requests.iter().map(|it| it.approved(id, Scope::Once));
    held.chain(asked).collect()
}

fn casting(brief: &str) -> Casting {
    Casting {
        name: "player".into(),
        role: "player".into(),
        model: "m".into(),
        brief: brief.into(),
        instructions: "play".into(),
        capabilities: Capabilities::NATIVE,
        ..Casting::default()
    }
}

/// A supervisor that is busy is told again another time.
fn say(session: &Session, command: Command) {
    drop(session.inbox.try_send(Input::Command { by: Author::Director, command }));
}
