//! What is at hand to debate with: servers of this machine and keys of the environment, looked for while something else is shown, and how each is
//! told.

use std::time::Duration;

use tokio::{runtime::Runtime, sync::oneshot};

use super::{context::Context, key, open};
use crate::model::{
    discover::{By, Found, Known, discover},
    http::Client,
    prices::Prices,
};

/// How long a probe of this machine's servers may take to connect.
const CONNECT: Duration = Duration::from_millis(300);

/// Begins to ask this machine's servers what they have; `told` makes of each find what the screen wants.
pub fn look_around<T: Send + 'static>(
    context: &Context,
    runtime: &Runtime,
    told: impl Fn(&Found) -> Option<T> + Send + 'static,
) -> Option<oneshot::Receiver<Vec<T>>> {
    let providers = open::providers(context).ok()?;
    let (tell, found) = oneshot::channel();
    runtime.spawn(async move {
        // Made here: reading the system's certificates takes a while.
        let Ok(client) = Client::new(CONNECT) else { return };
        let found = discover(&providers, &key::variable, &client).await;
        // Nobody listens any more when the screen was left at once.
        let _ = tell.send(found.iter().filter_map(told).collect());
    });
    Some(found)
}

/// What is known of it, each in a few words: context, what it can, what it costs, what it wants.
pub fn facts(found: &Found, prices: Option<&Prices>) -> Vec<String> {
    let mut facts = Vec::new();
    match &found.by {
        By::Server => facts.push("a server on this machine".to_owned()),
        By::Locked(keys) if keys.is_empty() => facts.push("a server on this machine that wants a key".to_owned()),
        By::Locked(keys) => facts.push(format!("a server on this machine that wants a key ({})", keys.join(" or "))),
        By::Key(variable) => facts.push(format!("elsewhere, with the key in {variable}; nobody was asked")),
    }
    facts.extend(found.context_tokens.map(|n| format!("{n} tokens")));
    let mut can = |what: &str, known: Known| match known {
        Known::Yes => facts.push(what.to_owned()),
        Known::No => {}
        Known::Unsure => facts.push(format!("{what}?")),
    };
    can("raw text", found.raw);
    can("log-probabilities", found.logprobs);
    facts.extend(found.name().and_then(|name| price(&name, prices?)));
    facts
}

/// The price of a model in a few words, where one is known.
pub fn price(name: &str, prices: &Prices) -> Option<String> {
    let price = prices.price(name)?;
    Some(if price.input == 0.0 && price.output == 0.0 {
        "free".to_owned()
    } else {
        format!("${} in, ${} out a million tokens", price.input, price.output)
    })
}
