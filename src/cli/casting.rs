//! A cast for a question nobody named a panel for: made by the model the debate is held with, or else the nearest panel of the library.

use std::sync::Arc;

use tokio::runtime::Runtime;

use super::{
    args::BudgetArgs,
    context::Context,
    debate::{Cast, Casting, by_nearness},
    keep, open,
    report::{Report, say},
    run::Signals,
    screen::Dress,
};
use crate::{
    debate::{Clean, Expert, panel::EXPERTS},
    model::{Model, Usage},
    room::casting::{self, News, Wish},
    script,
    tui::casting::{self as table, Left},
};

/// Whether the model is to be asked for a cast.
pub fn is_due(cast: &Cast, model: &dyn Model) -> bool {
    match cast.casting {
        Casting::No => false,
        Casting::IfItCan => !casting::is_too_small(model.parameters()),
        Casting::Asked => true,
    }
}

/// Casts without a screen; standard error tells who sits, and why nobody was cast where that is so. Gives what it cost.
pub fn without_screen(runtime: &Runtime, cast: &mut Cast, model: &Arc<dyn Model>) -> Result<Usage, Report> {
    runtime.block_on(seated(cast, model, &mut |what| say(format_args!("agon: {what}"))))
}

/// The same for whoever is told otherwise than on standard error.
pub async fn seated(cast: &mut Cast, model: &Arc<dyn Model>, tell: &mut (dyn FnMut(String) + Send)) -> Result<Usage, Report> {
    if !is_due(cast, model.as_ref()) {
        if let Some(why) = library(cast, model.as_ref()) {
            tell(why);
        }
        return Ok(Usage::default());
    }
    tell(format!("nobody named a panel; {} casts one for this question …", Clean::line(model.name())));
    let (experts, spent) = ask(cast, model, tell).await?;
    let panel = experts.and_then(|mut experts| {
        experts.splice(0..0, cast.beside.iter().cloned());
        experts.truncate(*EXPERTS.end());
        let none = || "the people who were cast don't fit at one table".to_owned();
        script::casting::panel(&cast.brief(), experts).ok_or_else(none)
    });
    match panel {
        Ok(panel) => {
            let who = |e: &Expert| format!("  {}: {}", e.label, e.bias);
            let who: Vec<String> = panel.experts.iter().map(who).collect();
            tell(format!("cast for this question:\n{}", who.join("\n")));
            cast.panel = panel;
        }
        Err(why) => {
            seat_beside(cast);
            tell(format!("{why}; so the nearest panel of the library argues: {} (--panel names another)", cast.panel.name));
        }
    }
    Ok(spent)
}

/// Casts on the screen, where a person has the last word. Gives what it cost; `None` where the person went back.
pub fn on_screen(
    context: &Context,
    runtime: &Runtime,
    cast: &mut Cast,
    model: &Arc<dyn Model>,
    dress: &Dress,
) -> Result<Option<Usage>, Report> {
    let (brief, mut seed) = (cast.brief(), cast.seed());
    let (asked, at, who) = (brief.clone(), runtime.handle().clone(), Arc::clone(model));
    let casting = table::Casting {
        library: by_nearness(context, &brief.topic, brief.language.as_str()),
        model: Clean::line(model.name()),
        beside: cast.beside.clone(),
        ask: Box::new(move |wish| {
            let _within = at.enter();
            // Asked for somebody else, it is not to say the same again.
            seed = seed.wrapping_add(1);
            casting::start(Arc::clone(&who), asked.clone(), wish, seed)
        }),
        keep: keep::keeper(context, brief.topic.as_str()),
        keys: context.settings.keys.clone(),
        looks: dress.looks(context),
        brief,
    };
    match runtime.block_on(table::run(casting))? {
        Left::Seated(panel, spent) => {
            cast.panel = *panel;
            Ok(Some(spent))
        }
        Left::Back => Ok(None),
        Left::Signal(_) => Err(Report::interrupted("")),
    }
}

/// Why the nearest panel of the library sits where a cast was due and the model is too weak for it; `None` where a panel was named.
pub fn library(cast: &Cast, model: &dyn Model) -> Option<String> {
    (cast.casting != Casting::No).then(|| {
        format!(
            "{} is too small to cast people for a question, so the nearest panel of the library argues: {} (--panel names another)",
            Clean::line(model.name()),
            cast.panel.name
        )
    })
}

/// Whoever was named beside the cast sits with the panel instead, as far as there are chairs.
fn seat_beside(cast: &mut Cast) {
    for expert in std::mem::take(&mut cast.beside) {
        let free = !cast.panel.experts.iter().chain(&cast.panel.guests).any(|e| e.label == expert.label);
        if free && cast.panel.experts.len() < *EXPERTS.end() {
            cast.panel.experts.push(expert);
        }
    }
}

async fn ask(
    cast: &Cast,
    model: &Arc<dyn Model>,
    tell: &mut (dyn FnMut(String) + Send),
) -> Result<(Result<Vec<Expert>, String>, Usage), Report> {
    let mut signals = Signals::new()?;
    let mut spent = Usage::default();
    let wish = Wish::All { beside: cast.beside.clone() };
    let mut way = casting::start(Arc::clone(model), cast.brief(), wish, cast.seed());
    loop {
        let news = tokio::select! {
            news = way.news.recv() => news,
            () = signals.next() => return Err(Report::interrupted("interrupted before anybody spoke")),
        };
        match news {
            Some(News::Seated(experts)) => return Ok((Ok(experts), spent)),
            Some(News::Failed(why)) => return Ok((Err(why.to_string()), spent)),
            Some(News::Spent(usage)) => add(&mut spent, usage),
            Some(News::Again) => tell("that was no list of people; asked again".to_owned()),
            Some(News::Written(_) | News::Sheet(_)) => {}
            None => return Ok((Err("the casting ended by a fault of its own".to_owned()), spent)),
        }
    }
}

/// Adds up what requests cost.
pub fn add(all: &mut Usage, one: Usage) {
    all.prompt_tokens += one.prompt_tokens;
    all.cached_tokens += one.cached_tokens;
    all.output_tokens += one.output_tokens;
}

/// What is left of a budget after the casting.
pub fn left(context: &Context, budget: &BudgetArgs, model: &dyn Model, spent: &Usage) -> Result<BudgetArgs, Report> {
    let cost = open::price(context)?.of(model.name(), spent).unwrap_or(0.0);
    Ok(BudgetArgs {
        max_cost: budget.max_cost.map(|most| (most - cost).max(0.0)),
        max_tokens: budget.max_tokens.map(|most| most.saturating_sub(spent.prompt_tokens + spent.output_tokens)),
    })
}
