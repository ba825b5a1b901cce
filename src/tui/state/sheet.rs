//! An expert's fields, filled in one by one.
//!
//! Owns what is typed and says what is wrong with it, at every key. Does not seat anybody: `update::sheet` tells the room.

use crate::debate::{Cast, Clean, Expert, SeatId};

use super::{choose::fits, field::Field};

/// Whom the fields make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seating {
    /// Who takes this seat.
    Swap(SeatId),
    /// Who sits down.
    Add,
    /// Who sits down for one turn.
    Guest,
    /// Who sits there already, and is another from now on.
    Change(SeatId),
}

/// A field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The name.
    Name,
    /// What stands before the colon.
    Label,
    /// What for.
    Role,
    /// How this mind works.
    Bias,
    /// How it talks.
    Voice,
    /// Lines in that voice.
    Samples,
}

impl Part {
    /// All, in their order.
    pub const ALL: [Self; 6] = [Self::Name, Self::Label, Self::Role, Self::Bias, Self::Voice, Self::Samples];

    /// The text that is its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "sheet-name",
            Self::Label => "sheet-label",
            Self::Role => "sheet-role",
            Self::Bias => "sheet-bias",
            Self::Voice => "sheet-voice",
            Self::Samples => "sheet-samples",
        }
    }

    /// The text that tells what goes into it.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Name => "sheet-name-hint",
            Self::Label => "sheet-label-hint",
            Self::Role => "sheet-role-hint",
            Self::Bias => "sheet-bias-hint",
            Self::Voice => "sheet-voice-hint",
            Self::Samples => "sheet-samples-hint",
        }
    }
}

/// The fields.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// Whom they make.
    pub of: Seating,
    fields: [Field; 6],
    at: usize,
    start: Expert,
}

impl Sheet {
    /// Fields that begin as somebody.
    pub fn new(of: Seating, start: Expert) -> Self {
        // A label that is made from the name goes along with it.
        let made = start.label.as_str() == start.name.as_str().to_uppercase();
        let label = if made { "" } else { start.label.as_str() };
        let samples: Vec<&str> = start.samples.iter().map(Clean::as_str).collect();
        let fields = [
            Field::line(start.name.as_str()),
            Field::line(label),
            Field::line(start.role.as_str()),
            Field::wrapped(start.bias.as_str()),
            Field::wrapped(start.voice.as_str()),
            Field::lines(&samples.join("\n")),
        ];
        let mut sheet = Self { of, fields, at: 0, start };
        sheet.fields.iter_mut().for_each(Field::to_start);
        sheet.fields[0].to_end();
        sheet
    }

    /// The field one types into.
    pub fn part(&self) -> Part {
        Part::ALL[self.at]
    }

    /// A field.
    pub fn field(&self, part: Part) -> &Field {
        &self.fields[part as usize]
    }

    /// The field one types into, to type.
    pub fn field_mut(&mut self) -> &mut Field {
        &mut self.fields[self.at]
    }

    /// Goes on by so many fields, around the ends.
    pub fn step(&mut self, by: isize) {
        let count = isize::try_from(Part::ALL.len()).unwrap_or(1);
        let at = isize::try_from(self.at).unwrap_or(0);
        self.go(Part::ALL[usize::try_from((at + by).rem_euclid(count)).unwrap_or(0)]);
    }

    /// Goes to a field.
    pub fn go(&mut self, part: Part) {
        // A field that is not typed into shows its beginning.
        self.fields[self.at].to_start();
        self.at = part as usize;
        self.fields[self.at].to_end();
    }

    /// Whom the fields make now.
    pub fn expert(&self) -> Expert {
        let text = |part| Clean::line(&self.field(part).text());
        let samples = self.field(Part::Samples).text();
        let expert = Expert {
            name: text(Part::Name),
            label: text(Part::Label),
            role: text(Part::Role),
            bias: text(Part::Bias),
            voice: text(Part::Voice),
            samples: samples.lines().map(Clean::line).filter(|s| !s.is_empty()).collect(),
            ..self.start.clone()
        };
        expert.completed()
    }

    /// Whether it is somebody else than at first.
    pub fn is_changed(&self) -> bool {
        self.expert() != self.start.clone().completed()
    }

    /// Whether it began as this.
    pub fn began_as(&self, of: Seating, start: &Expert) -> bool {
        self.of == of && self.start == *start
    }

    /// What keeps this person from the table, and in which field.
    pub fn fault(&self, cast: &Cast) -> Option<(Part, String)> {
        let (expert, label) = (self.expert(), self.field(Part::Label).is_blank());
        if expert.name.is_empty() {
            return Some((Part::Name, "a name is missing".to_owned()));
        }
        let own = match self.of {
            Seating::Swap(seat) | Seating::Change(seat) => Some(seat),
            Seating::Add | Seating::Guest => None,
        };
        if let Err(why) = fits(&expert, own, cast) {
            return Some((if label { Part::Name } else { Part::Label }, why));
        }
        expert.bias.is_empty().then(|| (Part::Bias, "how this mind works is missing, in a few words".to_owned()))
    }
}
