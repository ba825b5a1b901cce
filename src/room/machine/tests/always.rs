//! Whatever is done, and in whatever order.

use proptest::prelude::*;

use super::*;

/// Bytes at a raw prompt's end that belong to the next cue.
fn lead_of(prompt: &str) -> usize {
    let line = prompt.rsplit("\n\n").next().unwrap_or_default();
    if line.is_empty() || line.ends_with(':') { line.len() + 2 } else { 0 }
}

#[derive(Clone, Debug)]
enum Act {
    Write(&'static str),
    End,
    Fail,
    Wait(u64),
    Steer(&'static str),
    /// One of the last three takes hears this.
    Side(usize, Box<Act>),
}

/// Also what happens beside the stage.
fn act_anywhere() -> impl Strategy<Value = Act> {
    let lines = vec![
        "takes 1",
        "takes 2 2",
        "takes 3 4",
        "keep",
        "stage main",
        "stage turn 1 take 2",
        "stage turn 2 take 3",
        "retake 2",
        "fork 1",
        "fork",
    ];
    prop_oneof![
        3 => act(),
        2 => (0usize..3, act()).prop_map(|(n, act)| Act::Side(n, Box::new(act))),
        2 => prop::sample::select(lines).prop_map(Act::Steer),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec![
        " I say no.",
        " and",
        " so",
        "\n\n",
        "\n\nELON MUSK:",
        " **Jobs:** What",
        "\n\nSTEVE JOBS: ",
        "[He laughs.]",
        "\n",
        "PETER ",
        "THIEL: x",
        " TIM COOK: hm",
        "不然。",
        "  ",
    ]);
    let lines = prop::sample::select(vec![
        "say Why?",
        "say @MUSK Why?",
        "note Rain.",
        "swap JOBS = Ada Lovelace: engines",
        "add Kurt Gödel: limits",
        "dismiss THIEL",
        "floor MUSK",
        "temperature 1.4",
        "temperature off",
        "cut",
        "pause",
        "resume",
        "format brainstorm",
        "format oxford",
        "format free",
        "phase next",
        "vote 2 1",
        "autopilot turns 3",
        "pace 20",
        "pace off",
        "model b/chat",
        "model c/raw",
        "model d/prefill",
        "model @MUSK b/chat",
        "model @MUSK c/raw",
        "model @MUSK -",
    ]);
    prop_oneof![
        6 => words.prop_map(Act::Write),
        2 => Just(Act::End),
        1 => Just(Act::Fail),
        1 => (1u64..3000).prop_map(Act::Wait),
        2 => lines.prop_map(Act::Steer),
    ]
}

impl Rig {
    fn act(&mut self, act: &Act) {
        let asked = !self.asks.is_empty();
        match act {
            Act::Write(text) if asked => self.writes(text),
            Act::End if asked => self.ends(),
            Act::Fail if asked => self.fails(ModelError::passing("broke")),
            Act::Wait(ms) => {
                self.now += ms;
                self.input(Input::Timer);
            }
            Act::Steer(line) => self.command(line),
            Act::Side(n, act) => {
                let Some(n) = self.sides.len().checked_sub(n + 1) else { return };
                match &**act {
                    Act::Write(text) => self.side_writes(n, text),
                    Act::End => self.side_ends(n),
                    Act::Fail => self.side(n, Err(ModelError::passing("broke"))),
                    other => self.act(other),
                }
            }
            Act::Write(_) | Act::End | Act::Fail => {}
        }
        while let Some(name) = self.opens.pop() {
            let shape = if name.as_str().ends_with("raw") { Shape::Raw } else { Shape::Chat };
            let continues = !name.as_str().ends_with("chat");
            self.input(Input::Opened(name.clone(), Ok(Facts { continues, ..facts(name.as_str(), shape) })));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Each prompt starts, byte for byte, with the one before in its shape and what was answered to that (as far as it was kept), also when
    /// models of both shapes take turns.
    #[test]
    fn prompts_only_grow(acts in prop::collection::vec(act(), 0..60), stream: bool, chat: bool) {
        let (staging, shape) = (if stream { Staging::Stream } else { Staging::Turns }, if chat { Shape::Chat } else { Shape::Raw });
        let mut rig = Rig::new(staging, shape);
        let mut last: [Option<(String, usize, usize)>; 2] = [None, None];
        for act in &acts {
            let before = rig.asks.len();
            rig.act(act);
            for n in before..rig.asks.len() {
                let prompt = flat(&rig.asks[n].1.prompt);
                let chat = matches!(rig.asks[n].1.prompt, Prompt::Chat(_));
                if let Some((previous, events, until)) = last[usize::from(chat)].take() {
                    let (mut said, mut lead) = (String::new(), 0);
                    for event in &rig.events[events..until.min(rig.events.len())] {
                        match &event.kind {
                            // In raw text the first cue begins with the lead that the prompt had.
                            Kind::TurnBegan { cue, .. } => {
                                let cue = cue.as_str();
                                if said.is_empty() {
                                    lead = lead_of(&previous);
                                }
                                said.push_str(cue);
                            }
                            Kind::Text { delta, .. } => said.push_str(delta.as_str()),
                            Kind::Interjected { .. } | Kind::Noted { .. } | Kind::Swapped { .. } | Kind::Added { .. } | Kind::Dismissed { .. } => break,
                            _ => {}
                        }
                    }
                    if !said.is_empty() {
                        let grown = if chat { format!("{previous}<assistant>{}", said.trim_start()) } else { format!("{previous}{}", &said[lead..]) };
                        // A turn's own words may look like a lead, when a prompt goes on in the middle of it.
                        let grown = if !chat && prompt.starts_with(&format!("{previous}{said}")) { format!("{previous}{said}") } else { grown };
                        let grown = if chat && prompt.starts_with(&format!("{previous}{said}")) { format!("{previous}{said}") } else { grown };
                        prop_assert!(prompt.starts_with(&grown), "{grown:?}\n is not the beginning of\n{prompt:?}");
                    }
                }
                // What comes until anybody is asked again is the answer to this one.
                for (_, _, until) in last.iter_mut().flatten() {
                    *until = (*until).min(rig.events.len());
                }
                last[usize::from(chat)] = Some((prompt, rig.events.len(), usize::MAX));
            }
        }
    }

    /// Whatever happens, every prefix of the events folds, and folding them all gives what the room has (checked in `take`).
    #[test]
    fn any_prefix_of_the_events_is_a_debate(acts in prop::collection::vec(act_anywhere(), 0..60), stream: bool) {
        let mut rig = Rig::new(if stream { Staging::Stream } else { Staging::Turns }, Shape::Raw);
        for act in &acts {
            rig.act(act);
        }
        prop_assert!(rig.refused.iter().all(|why| !why.contains("report this")), "{:?}", rig.refused);
        for end in 0..=rig.events.len() {
            let json: Vec<Event> = rig.events[..end].iter().map(|e| serde_json::from_str(&serde_json::to_string(e).unwrap()).unwrap()).collect();
            prop_assert_eq!(&json[..], &rig.events[..end]);
            prop_assert!(Debate::replay(&json).is_ok());
        }
        let again = Debate::replay(&rig.events).unwrap();
        prop_assert_eq!(&again, rig.room.debate());
    }
}
