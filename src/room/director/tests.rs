use super::*;
use crate::debate::{Event, Expert, Floor, Kind, Opening, Panel, Sampling, SeatId, Staging, TurnId, Who};

/// A debate whose turns are made by hand.
struct Stage(Debate);

impl Stage {
    fn new(body: &str, language: &str) -> Self {
        let format = Format::parse(&format!("name='f'\nabout='a'\n{body}")).unwrap();
        let experts = ["Ada: a", "Bo: b", "Cy: c"].map(|l| Expert::from_line(l).unwrap().completed());
        let panel = Panel { name: "p".into(), language: language.into(), experts: experts.into(), ..Panel::default() };
        let mut stage = Self(Debate::default());
        stage.happen(Kind::Opened(Box::new(Opening {
            session: "s".into(),
            topic: "t".into(),
            panel,
            model: "m".into(),
            staging: Staging::Turns,
            floor: Floor::Rotate,
            seed: 1,
            sampling: Sampling::default(),
            version: "0".into(),
            format: Some(std::sync::Arc::new(format)),
        })));
        stage
    }

    fn happen(&mut self, kind: Kind) {
        let event = Event { seq: self.0.seq() + 1, at: 0, kind };
        self.0.apply(&event).unwrap();
        let all = self.0.estimates(self.0.staged_turns());
        assert_eq!(self.0.last_spread(), all.iter().rev().find_map(|e| e.spread()), "a phase at a time or all turns, it is the same");
    }

    fn place(&self) -> (TurnId, Option<TurnId>) {
        (self.0.next_turn(), self.0.path().last().copied())
    }

    /// The direction that is read out.
    fn begin(&mut self, phase: u16) -> String {
        let format = self.0.format().unwrap().clone();
        let text = direction(&self.0, &format, phase.into());
        let (turn, parent) = self.place();
        let name = format.phases[usize::from(phase)].name.clone();
        self.happen(Kind::PhaseBegan { turn, parent, phase, name, text: text.clone(), format: None });
        text.to_string()
    }

    fn speaks(&mut self, seat: u16, text: &str, how: Ended) {
        let (turn, parent) = self.place();
        let label = Clean::new(["ADA", "BO", "CY"][usize::from(seat)]);
        let (speaker, seat, cue) = (Who::Expert, Some(SeatId(seat)), Clean::default());
        self.happen(Kind::TurnBegan { turn, parent, speaker, seat, label, cue, given: true, passed: None, branch: None, kept: None });
        self.happen(Kind::Text { turn, delta: text.into(), tokens: vec![] });
        self.happen(Kind::TurnEnded { turn, how });
    }

    fn asks(&mut self, to: Option<u16>) {
        let (turn, parent) = self.place();
        self.happen(Kind::Interjected {
            turn,
            parent,
            to: to.map(SeatId),
            label: "AUDIENCE".into(),
            text: "Is it?".into(),
            manner: crate::debate::Manner::Say,
        });
    }

    fn next(&self) -> Cue {
        next(&self.0).unwrap()
    }

    fn count(&self) -> (usize, Option<usize>) {
        let p = progress(&self.0).unwrap();
        (p.done, p.of)
    }
}

fn speak(seat: u16) -> Cue {
    Cue::Speak(SeatId(seat))
}

const SIDES: &str =
    "[roles]\nfor='odd'\nagainst='even'\n[[phases]]\nname='o'\nspeaks=['against','for']\nsay='For: {for}. Against: {against}.'\n";

#[test]
fn sides_take_turns_until_everybody_has_spoken() {
    let mut s = Stage::new(SIDES, "en");
    assert_eq!(s.next(), Cue::Begin(0));
    assert_eq!(s.begin(0), "For: ADA, CY. Against: BO.");
    for seat in [1, 0, 2] {
        assert_eq!(s.next(), speak(seat));
        s.speaks(seat, "Words.", Ended::Done);
    }
    assert_eq!((s.next(), s.count()), (Cue::Over, (3, Some(3))));
}

#[test]
fn an_answer_to_the_audience_is_on_top_and_a_turn_that_failed_is_had_again() {
    let mut s = Stage::new("[[phases]]\nname='o'\nsay='s'\n", "en");
    s.begin(0);
    s.asks(Some(2));
    assert_eq!(s.next(), speak(2));
    s.speaks(2, "Yes.", Ended::Done);
    assert_eq!((s.next(), s.count()), (speak(0), (0, Some(3))));
    s.asks(None);
    assert_eq!(s.next(), speak(0), "what is said to all changes no order");
    s.speaks(0, "W", Ended::Failed);
    assert_eq!(s.next(), speak(0));
    s.speaks(0, "Words,", Ended::Cut);
    assert_eq!((s.next(), s.count()), (speak(1), (1, Some(3))));
}

#[test]
fn where_turns_are_counted_whoever_was_named_answers() {
    let mut s = Stage::new("[roles]\nq='first'\nr='rest'\n[[phases]]\nname='o'\nsay='s'\nspeaks=['q','r']\nturns=4\n", "en");
    s.begin(0);
    s.speaks(0, "And what is that, Cy?", Ended::Done);
    assert_eq!(s.next(), speak(2));
    s.speaks(2, "This.", Ended::Done);
    s.speaks(0, "Why?", Ended::Done);
    assert_eq!(s.next(), speak(1), "who spoke least");
    s.speaks(1, "So.", Ended::Done);
    assert_eq!((s.next(), s.count()), (Cue::Over, (4, Some(4))));
}

#[test]
fn who_gives_no_number_is_asked_once_more_and_feedback_has_no_names() {
    let body = "[[phases]]\nname='e'\nasks='number'\nsay='n'\n[[phases]]\nname='f'\nsay='{least} {lower} {median} {upper} {most}'\n";
    let mut s = Stage::new(body, "en");
    s.begin(0);
    for (seat, text) in [(0, "40, since it is so."), (1, "I can't say."), (2, "10 or so.")] {
        assert_eq!(s.next(), speak(seat));
        s.speaks(seat, text, Ended::Done);
    }
    assert_eq!((s.next(), s.count()), (speak(1), (2, Some(3))));
    s.speaks(1, "Still nothing.", Ended::Done);
    assert_eq!(s.next(), Cue::Begin(1), "nobody is asked for ever");
    assert_eq!(s.begin(1), "10 17.5 25 32.5 40");
}

#[test]
fn votes_are_read_by_number_and_by_name_and_the_second_shows_the_swing() {
    let mut s = Stage::new("[[phases]]\nname='v'\nasks='vote'\nsay='s'\nchoices={en=['for','against'],de=['dafür','dagegen']}\n", "de");
    s.begin(0);
    assert_eq!((s.next(), s.count()), (Cue::Vote, (0, Some(1))));
    for (text, counts) in [("30 20", [30, 20]), ("30:20", [30, 20]), ("12", [12, 0]), ("dag", [0, 1]), ("DAFÜR", [1, 0])] {
        assert_eq!(read_vote(&s.0, text).unwrap().counts, counts, "{text}");
    }
    for text in ["", "da", "vielleicht", "1 2 3", "0 0"] {
        assert!(read_vote(&s.0, text).unwrap_err().contains("dafür, dagegen"), "{text}");
    }
    let mut said = Vec::new();
    for text in ["10 10", "15 5"] {
        let vote = read_vote(&s.0, text).unwrap();
        let text = result(&s.0, &vote);
        said.push(text.to_string());
        let (turn, parent) = s.place();
        s.happen(Kind::Voted { turn, parent, choices: vote.choices, counts: vote.counts, text });
    }
    assert_eq!(said[0], "Das Publikum stimmt ab: dafür 10, dagegen 10.");
    assert_eq!(said[1], "Das Publikum stimmt ab: dafür 15, dagegen 5. Seit der ersten Abstimmung, in Punkten: dafür +25, dagegen −25.");
    assert_eq!((s.next(), s.count()), (Cue::Over, (1, Some(1))));
}

#[test]
fn the_floor_speaks_freely_for_as_long_as_the_phase_says() {
    let mut s = Stage::new("[[phases]]\nname='t'\nspeaks='floor'\nturns=2\nsay='s'\n[[phases]]\nname='u'\nspeaks='floor'\nsay='s'\n", "en");
    s.begin(0);
    assert!(directs(&s.0));
    s.speaks(2, "One.", Ended::Done);
    assert_eq!((s.next(), s.count()), (Cue::Floor, (1, Some(2))));
    s.speaks(2, "Two.", Ended::Done);
    assert_eq!(s.next(), Cue::Begin(1));
    s.begin(1);
    s.speaks(2, "Three.", Ended::Done);
    assert_eq!((s.next(), s.count(), directs(&s.0)), (Cue::Floor, (1, None), false));
}
