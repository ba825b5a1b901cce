//! Tables to compare with: one voice alone, and one at which all have the same mind.

use super::plan::Seats;
use crate::debate::{Clean, Expert, Panel};

/// Name and bias of the voice, by language.
const VOICES: [(&str, &str, &str); 4] = [
    ("en", "One Voice", "Thinks the question through alone and aloud, sets out each side in turn, and weighs them against each other."),
    ("zh", "独白者", "独自把问题想透，把各方的理由依次摆出来，再互相掂量。"),
    ("de", "Eine Stimme", "Denkt die Frage allein und laut durch, legt jede Seite dar und wägt sie gegeneinander ab."),
    ("es", "Una voz", "Piensa la pregunta a solas y en voz alta, expone cada lado por turno y los sopesa entre sí."),
];

/// The same room with one voice in it.
pub fn alone(seats: &Seats) -> Seats {
    let language = seats.panel.language.as_str().split(['-', '_']).next().unwrap_or_default().to_lowercase();
    let (_, name, bias) = VOICES.into_iter().find(|(tag, ..)| *tag == language).unwrap_or(VOICES[0]);
    let voice = Expert { name: Clean::line(name), bias: Clean::line(bias), ..Expert::default() }.completed();
    Seats { panel: Panel { experts: vec![voice], guests: Vec::new(), ..seats.panel.clone() }, ..seats.clone() }
}

/// Gives everybody the first one's mind and voice; names stay, and sample lines go, since they call each other by name.
pub fn make_uniform(panel: &mut Panel) {
    let Some(first) = panel.experts.first().cloned() else { return };
    for expert in &mut panel.experts {
        *expert = Expert { name: expert.name.clone(), label: expert.label.clone(), samples: Vec::new(), ..first.clone() };
    }
}
