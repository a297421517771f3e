//! The whole script that is played, read and changed as its file would be: checks, retries,
//! conditions, further steps.

use super::{Desk, Done, DraftForm, DraftOrigin, ScriptTask};
use crate::{
    config::{Layer, Source},
    model::{
        Author, Command, Input, Level, Millis, Stage, decide,
        play::{Play, Wish},
        script::Script,
    },
    script::{held_to_script, rewritten, written, written_inner},
};
use std::sync::Arc;

impl Desk {
    /// Opens the script as it is played.
    pub(super) fn rewrite_script(&mut self, play: &Play, now: Millis) -> Done {
        let name = &play.script.name;
        let beside = written_inner(&play.script);
        let (text, beside) = match written(&play.script).and_then(|it| Ok((it, beside?))) {
            Ok(read) => read,
            Err(why) => return self.say(Level::Warning, why.to_string(), now),
        };
        // What is typed is kept under this name, which no file has.
        let file = format!("played-{}/{name}.toml", play.id.0);
        let source =
            Source { beside: Some(Arc::new(beside)), ..Source::new(Layer::Project, &file, &text) };
        let typed = self.script_texts.get(&file).cloned().unwrap_or_else(|| text.clone());
        let origin = DraftOrigin::Played { play: play.id, version: play.version, source };
        self.open_draft(DraftForm::of(name, origin, &text, &typed))
    }

    /// Has the roles filled of what was written.
    pub(super) fn fill_rewritten(&mut self) -> Done {
        let Some(form) = &self.held_draft else { return Done::Redraw };
        Done::Script(ScriptTask::Rewrite { name: form.name.clone(), source: form.source() })
    }

    /// Lets a script go on as it was written anew; where it can't, that is told at the text.
    pub(super) fn take_rewritten(&mut self, script: Script, stage: &Stage, now: Millis) -> Done {
        let Some(form) = &self.held_draft else { return Done::Redraw };
        let DraftOrigin::Played { play, version, source } = &form.origin else {
            return Done::Redraw;
        };
        let found = stage.play(*play).ok_or_else(|| "it is played no more".to_owned());
        let command = found.and_then(|it| change(it, *version, script, stage));
        match command {
            Ok(command) => {
                let (file, name) = (source.name.clone(), form.name.clone());
                self.script_texts.remove(&file);
                (self.dialog, self.held_draft) = (None, None);
                self.say(Level::Note, format!("{name} goes on as you have written it"), now);
                Done::Send(vec![command])
            }
            Err(why) => self.draft_is_not_kept(why, now),
        }
    }
}

/// What lets a play go on with this script.
///
/// # Errors
/// Why it can't, and what would mend it.
fn change(play: &Play, version: u32, script: Script, stage: &Stage) -> Result<Command, String> {
    if play.version != version {
        return Err("the script was changed meanwhile: open it again, your text is kept".to_owned());
    }
    let script = Box::new(rewritten(play, script)?);
    let mut command = Command::DirectPlay(play.id, Wish::Edit(script));
    held_to_script(stage, &mut command).map_err(|it| it.to_string())?;
    let input = Input::Command { by: Author::Director, command: command.clone() };
    let facts = decide(stage, input).map_err(|it| it.to_string())?;
    if facts.is_empty() {
        return Err("that is what it says already".to_owned());
    }
    Ok(command)
}
