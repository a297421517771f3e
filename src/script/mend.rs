//! What is changed in a script while it is played is held to what was asked of it before:
//! at the desk, so that it is told where it was typed, and where it becomes a fact.

use super::{
    fits,
    read::{edited, in_words, whole},
};
use crate::model::{
    Command, Refusal, Stage,
    play::{Play, Wish},
    script::Script,
};
use serde_json::Value;

/// Holds a command to the script that it changes. What the texts of an edited step name is
/// among what that step needs from then on.
///
/// # Errors
/// What is wrong with the change, and what would mend it.
pub fn held_to_script(stage: &Stage, command: &mut Command) -> Result<(), Refusal> {
    let Command::DirectPlay(play, wish) = command else { return Ok(()) };
    let Some(play) = stage.play(*play) else { return Ok(()) };
    match wish {
        Wish::Edit(script) => **script = mended(play, script).map_err(Refusal::Words)?,
        Wish::EditHandOff { from, value, .. } => {
            handed(play, from, value).map_err(Refusal::Words)?;
        }
        _ => {}
    }
    Ok(())
}

fn mended(play: &Play, script: &Script) -> Result<Script, String> {
    let script = edited(&play.script, script.clone()).map_err(|it| it.to_string())?;
    for (step, state) in play.script.steps.iter().zip(&play.steps) {
        let has_begun = !state.parts.is_empty();
        let Some((_, now)) = script.step(&step.name).filter(|_| has_begun) else { continue };
        let is_new = |it: &&String| !step.needs.contains(it);
        let is_over = |it: &String| {
            let state = play.place(it).and_then(|it| play.steps.get(it));
            state.is_some_and(crate::model::play::StepState::is_over)
        };
        if let Some(need) = now.needs.iter().filter(is_new).find(|it| !is_over(it)) {
            let name = &step.name;
            return Err(format!(
                "{name}: it has begun, and can't wait for `{need}` any more; name a step that is \
                 over"
            ));
        }
    }
    Ok(script)
}

/// What a script comes to that was written anew for one that is played: it is given what it
/// was given, and who plays in it, and the scripts that it plays, stay as they were.
///
/// # Errors
/// When it would be given something else.
pub fn rewritten(play: &Play, script: Script) -> Result<Script, String> {
    let before = &play.script;
    let strange = script.inputs.keys().find(|it| !before.inputs.contains_key(*it));
    if let Some(name) = strange {
        return Err(format!("`{name}`: it has begun, and can't be given anything more"));
    }
    let (mut roles, mut scripts) = (script.roles, script.scripts);
    roles.extend(before.roles.clone());
    scripts.extend(before.scripts.clone());
    let (name, inputs) = (before.name.clone(), before.inputs.clone());
    Ok(Script { name, inputs, roles, scripts, ..script })
}

/// Whether something can take the place of what a step hands over.
fn handed(play: &Play, from: &str, value: &Value) -> Result<(), String> {
    let Some(schema) = gives(play, from) else { return Ok(()) };
    fits(&schema, value).map_err(|misfit| {
        let wanted = in_words(&schema);
        format!("{from} hands over {wanted}; {}", misfit.to_string().replace('\n', "; "))
    })
}

/// What is typed for something that a step hands over: text as it stands, where that is
/// wanted; else what it says as JSON.
///
/// # Errors
/// When it is not what the step hands over.
pub fn hand_off(play: &Play, from: &str, text: &str) -> Result<Value, String> {
    let place = play.place(from);
    let was_text = place.is_none_or(|it| matches!(play.output(it), Value::String(_)));
    let plain = Value::from(text);
    let read = serde_json::from_str::<Value>(text);
    let schema = gives(play, from).unwrap_or_default();
    if schema.as_object().is_none_or(serde_json::Map::is_empty) {
        // Nobody says what it must be: what was text may be any text.
        return match read {
            Ok(value) => Ok(value),
            Err(_) if was_text => Ok(plain),
            Err(error) => Err(format!("{from} handed over JSON, and this is none: {error}")),
        };
    }
    let said = read.as_ref().ok().cloned();
    let ways = if was_text { [Some(plain), said] } else { [said, Some(plain)] };
    let fitting = ways.into_iter().flatten().find(|it| fits(&schema, it).is_ok());
    fitting.ok_or_else(|| match read {
        Ok(value) => handed(play, from, &value).err().unwrap_or_default(),
        Err(error) => {
            format!("{from} hands over {}, and this is no JSON: {error}", in_words(&schema))
        }
    })
}

/// What a step of a play hands over, as a schema.
fn gives(play: &Play, step: &str) -> Option<Value> {
    play.step(play.place(step)?).map(|it| whole(it, &play.script.scripts))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Author, Casting, Event, Header, Input, Millis, PlayId, Record, decide,
        play::{PlayEvent, Spot},
        script::{Step, Work},
    };
    use serde_json::json;

    /// A scout that finds names, and one that greets them; it is played.
    fn played() -> (Stage, Script) {
        let agent = |name: &str, brief: &str, needs: &[&str]| Step {
            name: name.into(),
            work: Work::Agent { role: "hand".into(), brief: brief.into() },
            needs: needs.iter().map(|it| (*it).to_owned()).collect(),
            ..Step::default()
        };
        let names = json!({ "type": "object", "required": ["names"], "properties": {
            "names": { "type": "array", "items": { "type": "string" } } } });
        let find = Step { output: Some(Box::new(names)), ..agent("find", "Find", &[]) };
        let run = Work::Command { run: "echo {{ steps.find.output.names }}".into() };
        let steps = vec![
            find,
            agent("greet", "Greet {{ steps.find.output.names }}", &["find"]),
            Step { work: run, ..agent("last", "", &["find", "greet"]) },
            agent("other", "Do it", &[]),
        ];
        let roles = [("hand".to_owned(), Casting::default())].into();
        let script = Script { name: "dir".into(), steps, roles, ..Script::default() };
        let mut stage = Stage::new(Header::default());
        let (inputs, by) = (Box::new(json!({})), Author::Director);
        let command = Command::Perform { script: Box::new(script.clone()), inputs };
        for event in decide(&stage, Input::Command { by, command }).unwrap() {
            tell(&mut stage, event);
        }
        (stage, script)
    }

    fn tell(stage: &mut Stage, event: Event) {
        let record = Record { seq: stage.last().next(), at: Millis(0), event };
        stage.apply(&record);
    }

    fn play(stage: &Stage) -> &Play {
        stage.play(PlayId(1)).unwrap()
    }

    /// What is told of an edit of that step's text.
    fn told(step: usize, text: &str) -> Result<Script, String> {
        let (stage, mut script) = played();
        match &mut script.steps[step].work {
            Work::Agent { brief: words, .. } | Work::Command { run: words } => *words = text.into(),
            _ => {}
        }
        let mut command = Command::DirectPlay(PlayId(1), Wish::Edit(Box::new(script)));
        held_to_script(&stage, &mut command).map_err(|it| it.to_string())?;
        match command {
            Command::DirectPlay(_, Wish::Edit(script)) => Ok(*script),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_edited_text_is_held_to_what_a_file_is_held_to() {
        let wrong = [
            (
                1,
                "Greet {{ steps.last.output }}",
                "greet: these steps wait for each other: greet → last → greet; name the output of \
                 one of them no more",
            ),
            (
                1,
                "Greet {{ steps.nosuch.output }}",
                "greet: there is no step `nosuch`; there is find, greet, last, other",
            ),
            (
                1,
                "Greet {{ steps.find.output.name }}",
                "greet: `steps.find.output` has no `name`; did you mean `steps.find.output.names`?",
            ),
            (1, "Greet {{ itm }}", "greet: there is no `itm`; did you mean `item`?"),
        ];
        for (step, text, expected) in wrong {
            assert_eq!(told(step, text).unwrap_err(), expected);
        }
        let unread = told(1, "Greet {{ nope ").unwrap_err();
        assert!(unread.starts_with("greet: ") && unread.contains("write a template"), "{unread}");
        let unquoted = told(2, "cat <<E\n{{ steps.find.output.names }}\nE").unwrap_err();
        assert!(unquoted.starts_with("last: "), "{unquoted}");
    }

    #[test]
    fn what_an_edited_text_names_the_step_needs_from_then_on() {
        let script = told(1, "Greet {{ steps.other.output }}").unwrap();
        assert_eq!(script.steps[1].needs, ["find", "other"]);
    }

    #[test]
    fn a_step_that_has_begun_waits_for_nothing_more() {
        let (mut stage, mut script) = played();
        let begun = PlayEvent::Begun { step: "find".into(), parts: 1, items: Vec::new() };
        tell(&mut stage, Event::Play { play: PlayId(1), event: Box::new(begun) });
        let brief = "Find {{ steps.other.output }}".to_owned();
        script.steps[0].work = Work::Agent { role: "hand".into(), brief };
        let mut command = Command::DirectPlay(PlayId(1), Wish::Edit(Box::new(script)));
        let told = held_to_script(&stage, &mut command).unwrap_err().to_string();
        assert!(told.contains("can't wait for `other` any more"), "{told}");
        // It is over, and need not be waited for.
        let (spot, why) = (Spot::step(PlayId(1), "other"), String::new());
        let skipped = PlayEvent::Skipped { spot, why, by: Author::Director };
        tell(&mut stage, Event::Play { play: PlayId(1), event: Box::new(skipped) });
        assert_eq!(held_to_script(&stage, &mut command), Ok(()));
    }

    #[test]
    fn a_hand_off_is_held_to_the_type_of_what_is_handed_over() {
        let (stage, _) = played();
        let read = |text: &str| hand_off(play(&stage), "find", text);
        assert_eq!(read(r#"{ "names": ["Ada"] }"#), Ok(json!({ "names": ["Ada"] })));
        let broken = read(r#"{ "names": ["Ada"] x}"#).unwrap_err();
        assert!(broken.contains("this is no JSON") && broken.contains("line 1"), "{broken}");
        let misfit = read(r#"{ "names": [1] }"#).unwrap_err();
        assert!(misfit.contains("/names/0: expected text, not 1"), "{misfit}");
        let (from, to, value) = ("find".into(), "greet".into(), Box::new(json!("Ada")));
        let mut command = Command::DirectPlay(PlayId(1), Wish::EditHandOff { from, to, value });
        assert!(held_to_script(&stage, &mut command).is_err(), "it was accepted elsewhere");
    }

    #[test]
    fn what_has_no_type_is_text_or_json_as_it_was() {
        let (stage, _) = played();
        // Nothing is there yet, so it may be either.
        assert_eq!(hand_off(play(&stage), "nobody", "{ x"), Ok(json!("{ x")));
        assert_eq!(hand_off(play(&stage), "nobody", "[1]"), Ok(json!([1])));
        assert!(hand_off(play(&stage), "other", "{ x").is_err(), "it was no text before");
    }
}
