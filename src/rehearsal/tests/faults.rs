//! What goes wrong on demand, as a client sees it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Talk, events, post, serve};

const PLAIN: &str = r#"
[[part]]
name = "p"
[[part.turn]]
say = "One, two, three, four, five, six, seven, eight."
calls = [{ tool = "shell", with = { command = "ls" } }]
[[part.turn]]
fault = "500x2"
say = "Done."
"#;

async fn stream(fault: &str) -> (Vec<(String, Value)>, bool) {
    let server = serve(PLAIN);
    let mut talk = Talk::new(&server, "m", "go");
    talk.base = format!("{}/fault={fault}", server.url());
    let mut answer = talk.send().await;
    assert_eq!(answer.status(), 200);
    let mut bytes = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return (events(&String::from_utf8_lossy(&bytes)), true),
            Err(_) => return (events(&String::from_utf8_lossy(&bytes)), false),
        }
    }
}

fn is_ended(events: &[(String, Value)]) -> bool {
    events.iter().any(|(name, _)| name == "message_stop")
}

#[tokio::test]
async fn a_rate_limit_says_when_to_come_back_and_is_over_then() {
    let server = serve(PLAIN);
    let mut talk = Talk::new(&server, "m", "go");
    talk.base = format!("{}/fault=429:7x2", server.url());
    let mut seen = Vec::new();
    for _ in 0..3 {
        let answer = talk.send().await;
        let after =
            answer.headers().get("retry-after").map(|it| it.to_str().expect("ascii").to_owned());
        seen.push((answer.status().as_u16(), after));
    }
    let limited = (429, Some("7".to_owned()));
    assert_eq!(seen, [limited.clone(), limited, (200, None)]);
    let answered: Vec<String> = server.log().into_iter().map(|it| it.answered).collect();
    assert_eq!(answered, ["fault 429:7x2", "fault 429:7x2", "turn 1"]);
}

#[tokio::test]
async fn a_date_to_come_back_at_is_an_http_date() {
    let server = serve(PLAIN);
    server.set_fault("429:date30").expect("a fault");
    let answer = Talk::new(&server, "m", "go").send().await;
    let after = answer.headers()["retry-after"].to_str().expect("ascii").to_owned();
    let read = jiff::fmt::rfc2822::parse(&after.replace("GMT", "+0000")).expect(&after);
    assert!(after.ends_with(" GMT") && read.timestamp() > jiff::Timestamp::now());
}

#[tokio::test]
async fn a_fault_in_the_file_is_counted_for_its_turn_and_conversation() {
    let server = serve(PLAIN);
    for brief in ["go", "another"] {
        let mut talk = Talk::new(&server, "m", brief);
        talk.turn("ok").await;
        let mut seen = Vec::new();
        for _ in 0..3 {
            seen.push(talk.send().await.status().as_u16());
        }
        assert_eq!(seen, [500, 500, 200], "{brief}");
    }
}

#[tokio::test]
async fn the_same_fault_at_two_turns_is_counted_twice() {
    let turn = "[[part.turn]]\nfault = \"500\"\ncalls = [{ tool = \"shell\" }]\n";
    let server = serve(&format!("[[part]]\nname = \"p\"\n{turn}{turn}"));
    let mut talk = Talk::new(&server, "m", "go");
    for _ in 0..2 {
        assert_eq!(talk.send().await.status(), 500);
        talk.turn("ok").await;
    }
}

#[tokio::test]
async fn each_service_refuses_in_its_own_words() {
    let server = serve(PLAIN);
    server.set_fault("529xinf").expect("a fault");
    let told = async |path: &str| {
        let body = json!({ "model": "m", "messages": [], "input": [], "contents": [] });
        let answer = post(&format!("{}{path}", server.url()), &body).await.expect("an answer");
        (answer.status().as_u16(), answer.json::<Value>().await.expect("json")["error"].clone())
    };
    let (status, anthropic) = told("/v1/messages").await;
    assert_eq!(
        (status, anthropic),
        (529, json!({ "type": "overloaded_error", "message": "Overloaded" }))
    );
    assert_eq!(told("/v1/responses").await.1["type"], "server_error");
    assert_eq!(told("/v1/chat/completions").await.1["type"], "server_error");
    assert_eq!(told("/v1beta/models/m:generateContent").await.1["status"], "UNAVAILABLE");
}

#[tokio::test]
async fn a_header_asks_for_one_request_and_a_wrong_fault_is_refused() {
    let server = serve(PLAIN);
    let talk = Talk::new(&server, "m", "go");
    let send = async |fault: &str| {
        let url = format!("{}/v1/messages", server.url());
        let request = super::client().post(url).header("x-rehearsal-fault", fault);
        request.json(&talk.body(true)).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!((send("503").await, send("503").await, send("what").await), (503, 200, 400));
}

#[tokio::test]
async fn faults_and_speed_can_be_set_over_the_wire() {
    let server = serve(PLAIN);
    let set = async |body: Value| {
        let url = format!("{}/_rehearsal/set", server.url());
        post(&url, &body).await.expect("an answer").status().as_u16()
    };
    assert_eq!(set(json!({ "fault": "nonsense" })).await, 400);
    assert_eq!(set(json!({ "fault": "401xinf", "speed": 0 })).await, 200);
    assert_eq!(Talk::new(&server, "m", "go").send().await.status(), 401);
    assert_eq!(set(json!({ "fault": "" })).await, 200);
    assert_eq!(Talk::new(&server, "m", "go").send().await.status(), 200);
}

#[tokio::test]
async fn a_reset_closes_the_connection_before_any_answer() {
    let server = serve(PLAIN);
    server.set_fault("reset").expect("a fault");
    let talk = Talk::new(&server, "m", "go");
    let sent = post(&format!("{}/v1/messages", server.url()), &talk.body(true)).await;
    assert!(sent.is_err(), "{sent:?}");
    assert_eq!(talk.send().await.status(), 200);
}

#[tokio::test]
async fn a_hang_never_answers() {
    let server = serve(PLAIN);
    server.set_fault("hang").expect("a fault");
    let talk = Talk::new(&server, "m", "go");
    let waited = tokio::time::timeout(Duration::from_millis(200), talk.send()).await;
    assert!(waited.is_err());
}

#[tokio::test]
async fn a_cut_stream_is_an_error_and_an_early_end_is_not() {
    let (told, is_clean) = stream("cut").await;
    assert!(!is_clean && !is_ended(&told) && told.len() > 2, "{told:?}");
    let (told, is_clean) = stream("early").await;
    assert!(is_clean && !is_ended(&told) && told.len() > 2, "{told:?}");
}

#[tokio::test]
async fn a_stalled_stream_stays_open_and_silent() {
    let server = serve(PLAIN);
    server.set_fault("stall").expect("a fault");
    let mut answer = Talk::new(&server, "m", "go").send().await;
    assert!(answer.chunk().await.expect("the first half").is_some());
    let waited = tokio::time::timeout(Duration::from_millis(200), answer.chunk()).await;
    assert!(waited.is_err(), "{waited:?}");
}

#[tokio::test]
async fn an_error_event_ends_a_stream_that_began_well() {
    let (told, is_clean) = stream("error").await;
    let (name, data) = told.last().expect("events");
    assert_eq!(
        (is_clean, name.as_str(), &data["error"]["type"]),
        (true, "error", &json!("overloaded_error"))
    );
}

#[tokio::test]
async fn garbage_torn_events_and_long_lines_come_half_way_and_the_stream_goes_on() {
    let torn = |data: &Value| data.as_str().is_some_and(|it| it.starts_with("{\"type\": \"torn\""));
    let (told, _) = stream("malformed").await;
    assert!(told.iter().any(|(_, data)| torn(data)) && is_ended(&told), "{told:?}");
    let (told, _) = stream("garbage").await;
    let odd = told.iter().filter(|(name, data)| name.is_empty() && *data == "").count();
    assert!(odd == 1 && is_ended(&told), "{told:?}");
    let (told, _) = stream("longline:300000").await;
    let long = told.iter().filter(|(_, data)| data.to_string().len() > 300_000).count();
    assert!(long == 1 && is_ended(&told));
}

#[tokio::test]
async fn a_drip_is_whole_in_the_end() {
    let (told, is_clean) = stream("drip:0").await;
    assert!(is_clean && is_ended(&told), "{told:?}");
    let dripped = told.len();
    assert_eq!(dripped, stream("nousage").await.0.len());
}

#[tokio::test]
async fn tool_arguments_tools_and_usage_can_be_wrong() {
    let joined = |told: &[(String, Value)]| {
        let pieces = told.iter().filter_map(|(_, data)| data["delta"]["partial_json"].as_str());
        pieces.collect::<String>()
    };
    let (told, _) = stream("badargs").await;
    assert!(serde_json::from_str::<Value>(&joined(&told)).is_err());
    let (told, _) = stream("badtool").await;
    assert!(told.iter().any(|(_, data)| data["content_block"]["name"] == "no_such_tool"));
    let (told, _) = stream("nousage").await;
    assert!(
        told.iter().all(|(_, data)| data["usage"].is_null() && data["message"]["usage"].is_null())
    );
}

#[tokio::test]
async fn a_stopped_server_answers_nobody() {
    let server = serve(PLAIN);
    let url = format!("{}/v1/models", server.url());
    let client = super::client();
    assert!(client.get(&url).send().await.is_ok());
    server.stop().await;
    assert!(client.get(&url).send().await.is_err());
}
