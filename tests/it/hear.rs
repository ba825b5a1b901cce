//! Asks a model and listens to the end of its answer.

use agon::model::{Answer, Ask, Message, ModelError, Piece, Prompt, Role, Sampling, Stop, Token, Usage};

/// All that an answer told.
#[derive(Debug, Default, PartialEq)]
pub struct Heard {
    pub text: String,
    pub tokens: Vec<Token>,
    pub usage: Option<Usage>,
    pub stop: Option<Stop>,
    pub error: Option<ModelError>,
}

impl Heard {
    /// The error's words.
    pub fn what(&self) -> String {
        self.error.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    pub fn is_passing(&self) -> bool {
        matches!(self.error, Some(ModelError::Passing { .. }))
    }

    pub fn is_final(&self) -> bool {
        matches!(self.error, Some(ModelError::Final { .. }))
    }
}

/// Listens to the end.
pub async fn hear(mut answer: Answer) -> Heard {
    let mut heard = Heard::default();
    while let Some(piece) = answer.next().await {
        assert!(heard.stop.is_none() && heard.error.is_none(), "nothing comes after the end");
        match piece {
            Ok(Piece::Text { text, tokens }) => {
                assert!(!text.is_empty());
                assert!(tokens.is_empty() || tokens.iter().map(|t| t.bytes as usize).sum::<usize>() == text.len(), "{text:?} {tokens:?}");
                heard.text.push_str(&text);
                heard.tokens.extend(tokens);
            }
            Ok(Piece::Usage(usage)) => assert_eq!(heard.usage.replace(usage), None, "usage comes once"),
            Ok(Piece::End(stop)) => heard.stop = Some(stop),
            Err(error) => heard.error = Some(error),
        }
    }
    heard
}

/// A question in chat.
pub fn chat(messages: &[(Role, &str)]) -> Ask {
    Ask {
        prompt: Prompt::Chat(messages.iter().map(|(role, text)| Message { role: *role, content: (*text).to_owned() }).collect()),
        ..raw("")
    }
}

/// Text to go on with.
pub fn raw(text: &str) -> Ask {
    let sampling = Sampling { temperature: 0.8, seed: 7, ..Sampling::default() };
    Ask {
        prompt: Prompt::Raw(text.to_owned()),
        stop: vec!["\nSTEVE JOBS:".into()],
        max_tokens: 64,
        sampling,
        enough: agon::model::Enough::default(),
    }
}
