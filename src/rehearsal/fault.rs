//! What can go wrong with a service, on demand.
//!
//! Written `KIND[:ARG][@TURN][xTIMES]`, joined by `+`: `429:2`, `500x3`,
//! `cut@2+529@4x2`, `hang@*xinf`. Without a turn, the first requests of a
//! conversation fail (in a file: of the turn it stands at); `@*` is every turn
//! anew; TIMES is how many requests fail before one is answered (1).

/// The default silence of a server that never answers, in seconds.
const SILENCE: f32 = 600.0;

/// One thing that goes wrong, when, and how often.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fault {
    pub(super) kind: Kind,
    pub(super) turn: When,
    /// `None` is for ever.
    pub(super) times: Option<u32>,
    /// As it was written, for the log and for counting.
    pub(super) text: String,
    /// The turn of the script that it stands at: each is counted by itself.
    pub(super) place: Option<usize>,
}

/// At which turn of a conversation a fault is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// Counted over the whole conversation.
    Any,
    /// Counted for every turn anew.
    Each,
    /// Only at this one, counted from 1.
    Only(usize),
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Kind {
    /// An error status instead of an answer.
    Status(u16, Option<Retry>),
    /// The service's own "prompt too long".
    TooLong,
    /// The connection closes before any answer.
    Reset,
    /// No answer for so many seconds, then a closed connection.
    Hang(f32),
    /// The socket closes half way through the stream.
    Cut,
    /// The stream ends cleanly, without its closing events.
    Early,
    /// Half the stream, then silence for so many seconds.
    Stall(f32),
    /// Bytes that are no event, half way.
    Garbage,
    /// An event whose JSON is torn, half way.
    Malformed,
    /// One byte at a time, with so many milliseconds between.
    Drip(f32),
    /// One delta of so many bytes, half way.
    LongLine(usize),
    /// An error event half way through a 200 stream.
    ErrorEvent,
    /// Tool arguments that are not JSON.
    BadArguments,
    /// A tool that nobody offered.
    UnknownTool,
    /// No token counts.
    NoUsage,
    /// Terminal escapes and controls in the text.
    Escapes,
}

/// How a service says when to come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Retry {
    Seconds(u32),
    /// As an HTTP date so many seconds ahead.
    Date(u32),
}

/// Reads a list of faults.
pub(super) fn parse_all(text: &str) -> Result<Vec<Fault>, String> {
    text.split('+').filter(|it| !it.trim().is_empty()).map(|it| parse(it.trim())).collect()
}

fn parse(text: &str) -> Result<Fault, String> {
    let (rest, times) = match text.rsplit_once('x') {
        Some((rest, "inf")) => (rest, None),
        Some((rest, digits)) if is_number(digits) => {
            (rest, Some(digits.parse().map_err(|_| format!("{digits} times is too often"))?))
        }
        _ => (text, Some(1)),
    };
    let (rest, turn) = match rest.split_once('@') {
        None => (rest, When::Any),
        Some((rest, "*")) => (rest, When::Each),
        Some((rest, digits)) => {
            let turn = digits.parse().map_err(|_| format!("{digits:?} is no turn"))?;
            (rest, When::Only(turn))
        }
    };
    let (name, argument) = rest.split_once(':').map_or((rest, None), |(a, b)| (a, Some(b)));
    Ok(Fault {
        kind: kind(name.trim(), argument)?,
        turn,
        times,
        text: text.to_owned(),
        place: None,
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn kind(name: &str, argument: Option<&str>) -> Result<Kind, String> {
    let number = |default: f32| -> Result<f32, String> {
        let Some(text) = argument else { return Ok(default) };
        let known = text.parse::<f32>().ok().filter(|it| (0.0..=86_400.0).contains(it));
        known.ok_or_else(|| format!("{text:?} is no number between 0 and 86400"))
    };
    Ok(match name {
        "ctx" => Kind::TooLong,
        "reset" => Kind::Reset,
        "hang" => Kind::Hang(number(SILENCE)?),
        "cut" => Kind::Cut,
        "early" => Kind::Early,
        "stall" => Kind::Stall(number(SILENCE)?),
        "garbage" => Kind::Garbage,
        "malformed" => Kind::Malformed,
        "drip" => Kind::Drip(number(5.0)?),
        "longline" => Kind::LongLine(size(argument)?),
        "error" => Kind::ErrorEvent,
        "badargs" => Kind::BadArguments,
        "badtool" => Kind::UnknownTool,
        "nousage" => Kind::NoUsage,
        "escapes" => Kind::Escapes,
        status => match status.parse() {
            Ok(code @ 400..=599) => Kind::Status(code, argument.map(retry).transpose()?),
            _ => return Err(format!("{status:?} is no fault: expected {KINDS}")),
        },
    })
}

const KINDS: &str = "a status from 400 to 599, ctx, reset, hang, cut, early, stall, garbage, \
    malformed, drip, longline, error, badargs, badtool, nousage or escapes";

fn size(argument: Option<&str>) -> Result<usize, String> {
    let Some(text) = argument else { return Ok(1 << 20) };
    let known = text.parse::<usize>().ok().filter(|it| *it <= 64 << 20);
    known.ok_or_else(|| format!("{text:?} is no size up to 64 MiB"))
}

fn retry(text: &str) -> Result<Retry, String> {
    let (digits, kind): (&str, fn(u32) -> Retry) = match text.strip_prefix("date") {
        Some(digits) => (digits, Retry::Date),
        None => (text, Retry::Seconds),
    };
    digits.parse().map(kind).map_err(|_| format!("{text:?} is no number of seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_whole() {
        let read = parse_all("429:date7@*x3+cut").expect("two faults");
        let first = Fault {
            kind: Kind::Status(429, Some(Retry::Date(7))),
            turn: When::Each,
            times: Some(3),
            text: "429:date7@*x3".to_owned(),
            place: None,
        };
        let second = Fault {
            kind: Kind::Cut,
            turn: When::Any,
            times: Some(1),
            text: "cut".to_owned(),
            place: None,
        };
        assert_eq!(read, [first, second]);
        assert_eq!(parse("hang:2@3xinf").map(|it| (it.turn, it.times)), Ok((When::Only(3), None)));
    }

    #[test]
    fn what_is_no_fault_is_refused() {
        for bad in ["200", "cuts", "429:soon", "hang:-1", "cut@two", "longline:99999999999"] {
            assert!(parse_all(bad).is_err(), "{bad}");
        }
    }
}
