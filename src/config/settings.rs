//! The settings file, `config.toml`: every key may be missing, and a bad one leaves the rest as they are.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{
    Diagnostic,
    fields::{Field, Reader},
};
use crate::debate::{Clean, Floor, Sampling, Staging};

/// A settings file that says what can be set; everything in it is the default.
pub const TEMPLATE: &str = include_str!("template.toml");

/// Fewest tokens of context in which a debate can be held.
const CONTEXT_MIN: u32 = 512;

/// What a person has set. `None` leaves it to the layer below.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// The model when none is named: `provider/model` or a name from `models`.
    pub model: Option<Clean>,
    /// Server of the model, where its provider needs one.
    pub base_url: Option<Clean>,
    /// The panel when none is named; where nobody names one, a cast is made for the question.
    pub panel: Option<Clean>,
    /// Name of the theme.
    pub theme: Option<Clean>,
    /// Name of the layout.
    pub layout: Option<Clean>,
    /// How the model is driven.
    pub staging: Option<Staging>,
    /// Who speaks next.
    pub floor: Option<Floor>,
    /// The order of play, by name.
    pub format: Option<Clean>,
    /// Where a debate stops by itself, in the words of the command `autopilot`.
    pub until: Option<Clean>,
    /// How fast one reads along, in words a second.
    pub pace: Option<f32>,
    /// BCP 47 tag.
    pub language: Option<Clean>,
    /// The language of the screen; that of the locale where nobody says.
    pub screen_language: Option<ScreenLanguage>,
    /// Sampling below that of the panel.
    pub sampling: Sampling,
    /// Threads of the embedded model.
    pub threads: Option<u32>,
    /// Context of the embedded model, in tokens.
    pub context_tokens: Option<u32>,
    /// Models by a name of one's own.
    pub models: BTreeMap<String, Alias>,
    /// Commands that print the key of a provider, by its name: used where no variable of the environment holds it.
    pub key_commands: BTreeMap<String, String>,
    /// Hosts that may be talked to by plain http though others can read along.
    pub plain_http: Vec<String>,
    /// How long servers may take.
    pub limits: Limits,
    /// Which keys to start from.
    pub keymap: Option<Clean>,
    /// Keys by action; the screen knows what they mean.
    pub keys: BTreeMap<String, Vec<String>>,
    /// Whether things may move on the screen.
    pub animations: bool,
    /// Whether the mouse is heard.
    pub mouse: bool,
}

/// A model under a name of one's own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alias {
    /// `provider/model`.
    pub model: Clean,
    /// Its server.
    pub base_url: Option<Clean>,
    /// The environment variable that holds its key. The key itself is never in a file.
    pub key_env: Option<String>,
    /// A command that prints its key, such as `pass show work/llm`.
    pub key_command: Option<String>,
    /// Its context, in tokens, where it doesn't tell.
    pub context_tokens: Option<u32>,
    /// How it wants its prompts, where the provider can't know.
    pub shape: Option<Shape>,
    /// Sampling below that of the panel, above that of the settings.
    pub sampling: Sampling,
}

/// How long servers may take, in seconds. `None` leaves it as built in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// To be connected.
    pub connect: Option<u32>,
    /// From the request to the first sign of the answer.
    pub first_token: Option<u32>,
    /// Between two signs of the answer.
    pub silence: Option<u32>,
}

/// What language the screen speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScreenLanguage {
    /// That of the locale.
    Auto,
    /// English.
    En,
    /// Chinese.
    Zh,
}

impl ScreenLanguage {
    /// As the settings write it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// How a model wants its prompts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Text to continue.
    Raw,
    /// Messages.
    Chat,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            model: None,
            base_url: None,
            panel: None,
            theme: None,
            layout: None,
            staging: None,
            floor: None,
            format: None,
            until: None,
            pace: None,
            language: None,
            screen_language: None,
            sampling: Sampling::default(),
            threads: None,
            context_tokens: None,
            models: BTreeMap::new(),
            key_commands: BTreeMap::new(),
            plain_http: Vec::new(),
            limits: Limits::default(),
            keymap: None,
            keys: BTreeMap::new(),
            animations: true,
            mouse: true,
        }
    }
}

const KEYS: &[&str] = &[
    "model",
    "base_url",
    "panel",
    "theme",
    "layout",
    "staging",
    "floor",
    "format",
    "until",
    "pace",
    "language",
    "screen_language",
    "sampling",
    "threads",
    "context_tokens",
    "models",
    "key_commands",
    "plain_http",
    "limits",
    "keymap",
    "keys",
    "animations",
    "mouse",
];
const ALIAS_KEYS: &[&str] = &["model", "base_url", "key_env", "key_command", "context_tokens", "shape", "sampling"];
const LIMIT_KEYS: &[&str] = &["connect", "first_token", "silence"];
const SAMPLING_KEYS: &[&str] =
    &["temperature", "min_p", "top_p", "top_k", "repeat_penalty", "presence_penalty", "frequency_penalty", "turn_tokens"];

impl Settings {
    /// Reads a settings file: all that can be read of it, and what is wrong with the rest.
    pub fn parse(text: &str) -> (Self, Vec<Diagnostic>) {
        let (mut reader, fields) = Reader::document(text);
        let mut settings = Self::default();
        for field in fields {
            settings.take(field, &mut reader);
        }
        reader.faults.sort_by_key(|f| (f.line, f.column));
        (settings, reader.faults)
    }

    /// Where each key of a settings file stands: its whole name, and its line from 1.
    pub fn places(text: &str) -> BTreeMap<String, usize> {
        let (mut reader, fields) = Reader::document(text);
        let (mut places, mut open) = (BTreeMap::new(), fields);
        while let Some(field) = open.pop() {
            if field.is_table() {
                open.extend(reader.table(field));
            } else {
                places.insert(field.path.clone(), reader.line(field.at()));
            }
        }
        places
    }

    /// A fault at a key of a settings file, found by somebody who knows more than this room: which themes there are, which actions.
    pub fn fault_at(text: &str, key: &str, what: String) -> Diagnostic {
        let (mut reader, fields) = Reader::document(text);
        let (mut at, mut open) = (0, fields);
        while let Some(field) = open.pop() {
            if field.path == key {
                at = field.at();
                break;
            }
            if field.is_table() {
                open.extend(reader.table(field));
            }
        }
        Diagnostic::at(text, at, what)
    }

    fn take(&mut self, field: Field<'_>, reader: &mut Reader<'_>) {
        match field.key.as_str() {
            "model" => self.model = reader.value(field, words),
            "base_url" => self.base_url = reader.value(field, url),
            "panel" => self.panel = reader.value(field, words),
            "theme" => self.theme = reader.value(field, words),
            "layout" => self.layout = reader.value(field, words),
            "staging" => self.staging = reader.value(field, |_| None),
            "floor" => self.floor = reader.value(field, |_| None),
            "format" => self.format = reader.value(field, words),
            "pace" => self.pace = reader.value(field, |pace| words_a_second(*pace)),
            "until" => self.until = reader.value(field, words),
            "keymap" => self.keymap = reader.value(field, words),
            "language" => self.language = reader.value(field, words),
            "screen_language" => self.screen_language = reader.value(field, |_| None),
            "threads" => self.threads = reader.value(field, |n| at_least(*n, 1)),
            "context_tokens" => self.context_tokens = reader.value(field, |n| at_least(*n, CONTEXT_MIN)),
            "animations" => reader.set(&mut self.animations, field),
            "mouse" => reader.set(&mut self.mouse, field),
            "sampling" => self.sampling = sampling(field, reader),
            "models" => {
                for field in reader.table(field) {
                    let name = field.key.clone();
                    if let Some(alias) = alias(field, reader) {
                        self.models.insert(name, alias);
                    }
                }
            }
            "key_commands" => {
                for field in reader.table(field) {
                    let provider = field.key.clone();
                    if let Some(command) = reader.value(field, |command: &String| command_line(command)) {
                        self.key_commands.insert(provider, command);
                    }
                }
            }
            "plain_http" => {
                if let Some(OneOrMore(hosts)) = reader.value(field, |OneOrMore(hosts)| hosts.iter().find_map(|h| host(h))) {
                    self.plain_http = hosts;
                }
            }
            "limits" => {
                for field in reader.table(field) {
                    let place = match field.key.as_str() {
                        "connect" => &mut self.limits.connect,
                        "first_token" => &mut self.limits.first_token,
                        "silence" => &mut self.limits.silence,
                        _ => {
                            reader.unknown(&field, LIMIT_KEYS);
                            continue;
                        }
                    };
                    *place = reader.value(field, |n| at_least(*n, 1));
                }
            }
            "keys" => {
                for field in reader.table(field) {
                    let action = field.key.clone();
                    if let Some(OneOrMore(keys)) = reader.value(field, |_| None) {
                        self.keys.insert(action, keys);
                    }
                }
            }
            _ => reader.unknown(&field, KEYS),
        }
    }
}

/// An alias is of use only when it names a model.
fn alias(field: Field<'_>, reader: &mut Reader<'_>) -> Option<Alias> {
    let (path, at) = (field.path.clone(), field.at());
    let mut alias = Alias::default();
    for field in reader.table(field) {
        match field.key.as_str() {
            "model" => alias.model = reader.value(field, words)?,
            "base_url" => alias.base_url = reader.value(field, url),
            "key_env" => alias.key_env = reader.value(field, |name: &String| variable(name)),
            "key_command" => alias.key_command = reader.value(field, |command: &String| command_line(command)),
            "context_tokens" => alias.context_tokens = reader.value(field, |n| at_least(*n, CONTEXT_MIN)),
            "shape" => alias.shape = reader.value(field, |_| None),
            "sampling" => alias.sampling = sampling(field, reader),
            _ => reader.unknown(&field, ALIAS_KEYS),
        }
    }
    if alias.model.is_empty() {
        reader.fault(at, format!("`{path}` needs a `model`, such as \"ollama/qwen3\"; left out"));
        return None;
    }
    Some(alias)
}

fn sampling(field: Field<'_>, reader: &mut Reader<'_>) -> Sampling {
    let mut all = Sampling::default();
    for field in reader.table(field) {
        if !SAMPLING_KEYS.contains(&field.key.as_str()) {
            reader.unknown(&field, SAMPLING_KEYS);
        } else if let Some(one) = reader.value(field.alone(), Sampling::fault) {
            all = all.over(one);
        }
    }
    all
}

fn words(text: &Clean) -> Option<String> {
    text.as_str().trim().is_empty().then(|| "it is empty".into())
}

fn url(text: &Clean) -> Option<String> {
    let fits = ["http://", "https://"].iter().any(|scheme| text.as_str().strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
    (!fits || text.as_str().contains(char::is_whitespace)).then(|| format!("“{text}” is no address; it begins with http:// or https://"))
}

fn variable(name: &str) -> Option<String> {
    let fits =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') && !name.starts_with(|c: char| c.is_ascii_digit());
    // It may be the key itself that was put here: don't repeat it.
    (!fits).then(|| "this is no name of an environment variable (the key itself doesn't belong in a file)".into())
}

fn command_line(command: &str) -> Option<String> {
    command.trim().is_empty().then(|| "it is empty; it takes a command that prints the key, such as \"pass show openai\"".into())
}

fn host(host: &str) -> Option<String> {
    let fits = !host.is_empty() && !host.contains(['/', ' ', '@']) && !host.contains("*");
    (!fits).then(|| format!("“{host}” is no host; it takes a name such as \"llm.example.com\", without http:// and path"))
}

fn words_a_second(pace: f32) -> Option<String> {
    (!(0.5..=50.0).contains(&pace)).then(|| format!("it is {pace}; it takes 0.5 to 50 words a second"))
}

fn at_least(n: u32, least: u32) -> Option<String> {
    (n < least).then(|| format!("{n} is too few; it takes {least} or more"))
}

/// `"x"` or `["x", "y"]`.
struct OneOrMore(Vec<String>);

impl<'de> Deserialize<'de> for OneOrMore {
    fn deserialize<D: serde::Deserializer<'de>>(de: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> serde::de::Visitor<'de> for Either {
            type Value = OneOrMore;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key such as \"ctrl-f\", or a list of keys")
            }
            fn visit_str<E>(self, one: &str) -> Result<OneOrMore, E> {
                Ok(OneOrMore(vec![one.to_owned()]))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMore, A::Error> {
                let mut keys = Vec::new();
                while let Some(key) = seq.next_element()? {
                    keys.push(key);
                }
                Ok(OneOrMore(keys))
            }
        }
        de.deserialize_any(Either)
    }
}

#[cfg(test)]
mod tests;
