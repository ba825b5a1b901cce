//! Who bids highest: the embedded base model, asked by the log-probability of a label which expert comes next, finds the one who was spoken to.

use agon::{
    config::panels,
    debate::{Clean, Debate, Ended, Event, Floor, Kind, Opening, Panel, Sampling, SeatId, Staging, TurnId, Who},
    model::{Model, Prompt, Shape},
    room::floor,
    script::prompt::{self, Next},
};

use crate::embedded::model;

/// Two turns of warming up, then who says what, and who is spoken to.
const CASES: [(usize, &str, usize); 10] = [
    (0, "Johnny, you keep saying bound. Bound it for me, here, on this napkin.", 1),
    (0, "And what did you have in the vessel, Marie? How many grams, and who weighed them?", 2),
    (1, "The spring is decoration. Feynman, tell me what your tank shows that my two lines do not.", 0),
    (1, "I grant the symmetry. But Emmy, what stays the same when the room itself is cooling?", 3),
    (2, "I have washed four hundred vessels this year. Mr. von Neumann has washed none. How many has he counted on?", 1),
    (2, "Richard, ink lies. You saw a colour and called it a law. Which colour, and on which day?", 0),
    (3, "It costs nothing to look for what is conserved. Madame Curie, was anything conserved in your basement?", 2),
    (3, "You told a story about a sink, Richard. Tell it again, and leave out the sink.", 0),
    (0, "Fine. Noether says it walks in by itself. Emmy, let it walk in. Door's open.", 3),
    (2, "Then let John von Neumann say how long his machine would take over one tonne of ore.", 1),
];

fn debate(panel: &Panel, (speaker, words, _): (usize, &str, usize)) -> Debate {
    let opening = Opening {
        session: "bids".into(),
        topic: "What does it take to know that something is so?".into(),
        panel: panel.clone(),
        model: "embedded/gemma-3-270m".into(),
        staging: Staging::Turns,
        floor: Floor::Bid,
        seed: 1,
        sampling: Sampling::default(),
        version: "0".into(),
        format: None,
    };
    let mut kinds = vec![Kind::Opened(Box::new(opening))];
    let others = (0..panel.experts.len()).filter(|n| *n != speaker).take(2);
    let warm = others.zip(["I would want to see it twice before I believed it once.", "Twice is an anecdote with a sister."]);
    for (n, (seat, text)) in warm.chain([(speaker, words)]).enumerate() {
        let (turn, parent) = (TurnId(n as u32 + 1), (n > 0).then_some(TurnId(n as u32)));
        let label = panel.experts[seat].label.clone();
        let seat = Some(SeatId(seat as u16));
        kinds.push(Kind::TurnBegan {
            turn,
            parent,
            speaker: Who::Expert,
            seat,
            label,
            cue: Clean::default(),
            given: true,
            passed: None,
            branch: None,
            kept: None,
        });
        kinds.push(Kind::Text { turn, delta: Clean::new(text), tokens: Vec::new() });
        kinds.push(Kind::TurnEnded { turn, how: Ended::Done });
    }
    let events: Vec<Event> = kinds.into_iter().zip(1..).map(|(kind, seq)| Event { seq, at: seq, kind }).collect();
    Debate::replay(&events).unwrap()
}

#[tokio::test]
async fn whoever_is_spoken_to_bids_highest_in_eight_of_ten_cases() {
    let panel = panels::find("physicists", std::path::Path::new("nowhere")).unwrap().0;
    let model = model().await;
    let mut hits = Vec::new();
    for case in CASES {
        let debate = debate(&panel, case);
        let Prompt::Raw(text) = prompt::render(&debate, Shape::Raw, Next::Anyone).unwrap().prompt else { panic!("raw text") };
        let bidders: Vec<usize> = (0..panel.experts.len()).filter(|n| *n != case.0).collect();
        let labels = bidders.iter().map(|n| format!("{}:", panel.experts[*n].label)).collect();
        let scores = model.score(&text, labels).unwrap().await.unwrap().logprobs;
        let seats: Vec<SeatId> = bidders.iter().map(|n| SeatId(*n as u16)).collect();
        let best = floor::best_bid(&debate, &seats, &scores);
        hits.push((best == Some(SeatId(case.2 as u16)), case.1, scores));
    }
    let held = hits.iter().filter(|(hit, ..)| *hit).count();
    assert!(held >= 8, "{held} of 10: {hits:#?}");
}
