//! What the screen says, in the language of whoever reads it.
//!
//! Owns the texts (`assets/screen/`, a Fluent file a language) and how they are asked for by name. Which language it is comes in as a value: `choice`
//! settles it from settings and locale. `heard` translates what rooms below tell in English. Does not know where a text is shown.

use std::{collections::HashMap, sync::OnceLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use crate::debate::{Clean, SeatId, TurnId};

mod choice;
mod heard;
#[cfg(test)]
pub(super) mod tests;

/// A language of the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    #[default]
    English,
    /// Chinese, in simplified characters.
    Chinese,
}

/// Texts of a language, read once.
struct Texts {
    /// Those without arguments, as they are: nothing is formatted a frame. An attribute stands under `id.attribute`.
    plain: HashMap<String, String>,
    bundle: FluentBundle<FluentResource>,
}

impl Tongue {
    /// All, with the names that the settings have for them.
    pub const NAMES: [(&str, Self); 2] = [("en", Self::English), ("zh", Self::Chinese)];

    fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("../../assets/screen/en.ftl"),
            Self::Chinese => include_str!("../../assets/screen/zh.ftl"),
        }
    }

    fn texts(self) -> &'static Texts {
        static ENGLISH: OnceLock<Texts> = OnceLock::new();
        static CHINESE: OnceLock<Texts> = OnceLock::new();
        match self {
            Self::English => ENGLISH.get_or_init(|| Texts::read(self)),
            Self::Chinese => CHINESE.get_or_init(|| Texts::read(self)),
        }
    }

    /// A text without arguments. One that is missing (a test holds that none is) is there in English, or else by its name.
    pub fn say(self, id: &'static str) -> &'static str {
        self.find(id).or_else(|| Self::English.find(id)).unwrap_or(id)
    }

    /// The same for a name that is put together: `None` where there is no such text.
    pub fn find(self, id: &str) -> Option<&'static str> {
        self.texts().plain.get(id).map(String::as_str)
    }

    /// A text with arguments: `phrase!` is shorter.
    pub fn phrase(self, id: &'static str, arguments: &[(&'static str, FluentValue<'_>)]) -> String {
        let texts = self.texts();
        let Some(pattern) = texts.bundle.get_message(id).and_then(|m| m.value()) else {
            return if self == Self::English { id.to_owned() } else { Self::English.phrase(id, arguments) };
        };
        let mut all = FluentArgs::with_capacity(arguments.len());
        arguments.iter().for_each(|(name, value)| all.set(*name, value.clone()));
        texts.bundle.format_pattern(pattern, Some(&all), &mut Vec::new()).into_owned()
    }
}

impl Texts {
    /// Reads the texts of a language; what can't be read of them is left out.
    fn read(tongue: Tongue) -> Self {
        let resource = FluentResource::try_new(tongue.source().to_owned()).unwrap_or_else(|(resource, _)| resource);
        let ids: Vec<String> = heard::messages(&resource).map(|m| m.id.name.to_owned()).collect();
        let name = Tongue::NAMES.iter().find(|(_, t)| *t == tongue).map_or("en", |(name, _)| name);
        let language: LanguageIdentifier = name.parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![language]);
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        let mut plain = HashMap::with_capacity(ids.len());
        for id in ids {
            let Some(message) = bundle.get_message(&id) else { continue };
            let all = message.attributes().map(|a| (format!("{id}.{}", a.id()), a.value()));
            for (name, pattern) in message.value().map(|value| (id.clone(), value)).into_iter().chain(all) {
                let mut missing = Vec::new();
                let text = bundle.format_pattern(pattern, None, &mut missing);
                if missing.is_empty() {
                    plain.insert(name, text.into_owned());
                }
            }
        }
        Self { plain, bundle }
    }
}

/// What can be an argument of a text.
pub trait Argument {
    /// As Fluent takes it: a number can decide on a plural.
    fn value(&self) -> FluentValue<'_>;
}

impl<T: Argument + ?Sized> Argument for &T {
    fn value(&self) -> FluentValue<'_> {
        (**self).value()
    }
}

impl Argument for str {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self)
    }
}

impl Argument for String {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for Clean {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.as_str())
    }
}

impl Argument for TurnId {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.0)
    }
}

impl Argument for SeatId {
    fn value(&self) -> FluentValue<'_> {
        FluentValue::from(self.0)
    }
}

macro_rules! numbers {
    ($($kind:ty)*) => {$(
        impl Argument for $kind {
            fn value(&self) -> FluentValue<'_> {
                FluentValue::from(*self)
            }
        }
    )*};
}
numbers!(u8 u16 i32 u32 u64 usize);

/// A text with arguments by name: `phrase!(tongue, "turns-since", n = 3)`.
macro_rules! phrase {
    ($tongue:expr, $id:literal $(, $name:ident = $value:expr)+ $(,)?) => {
        $tongue.phrase($id, &[$((stringify!($name), $crate::tui::tongue::Argument::value(&$value))),+])
    };
}
pub(crate) use phrase;
