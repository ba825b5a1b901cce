//! `agon` alone: what the lobby is handed, and what becomes of what was picked there.

use super::{
    args::{DebateArgs, OpenArgs, ScreenArgs},
    context::{Context, date_and_time},
    fetch,
    found::{facts, look_around, price},
    open,
    report::{Done, Report},
    screen::{self, Dress},
    session,
    sessions::short,
};
use crate::{
    archive::{Archive, Query, Summary},
    config::{formats, panels},
    debate::{Clean, Panel, Speaker, Turn, TurnId},
    model::{discover::Found, prices::Prices, weights},
    script::casting,
    tui::lobby::{self, Kept, Lobby, Offer, Picked},
};

/// Sessions that are shown.
const SESSIONS: usize = 200;
/// Turns that are found.
const HITS: usize = 30;
/// Turns of a session that its preview has.
const PREVIEWED: usize = 12;

/// Shows the lobby again and again until something picked there goes well, or nothing is picked.
pub fn enter(context: &Context, args: &DebateArgs, screen: &ScreenArgs) -> Done {
    let runtime = super::runtime()?;
    let dress = Dress::settle(context, screen)?;
    let looks = dress.looks(context);
    let (mut args, mut topic, mut fault, mut chosen) = (args.clone(), String::new(), None, None::<Offer>);
    let formats = format_names(context, args.format.as_deref());
    loop {
        let usual = || context.settings.panel.as_ref().map(ToString::to_string).filter(|_| !args.casts);
        let lobby = Lobby {
            topic: topic.clone(),
            formats: formats.clone(),
            format: args.format.clone().or(context.settings.format.as_ref().map(Clean::to_string)),
            panels: std::iter::once(to_cast()).chain(panels::list(&context.paths.panels()).0.into_iter().map(|(panel, _)| panel)).collect(),
            panel: args.panel.clone().or_else(usual).unwrap_or_else(|| casting::NAME.to_owned()),
            models: at_hand(context, &args, chosen.as_ref()),
            found: look_around(context, &runtime, {
                let prices = open::prices(context).ok();
                move |found| offer(found, prices.as_ref())
            }),
            absent: fetch::absent(context),
            fetch: Some(fetch::fetcher(context, runtime.handle())),
            sessions: context.archive()?.sessions(SESSIONS)?.iter().map(kept).collect(),
            preview: preview(context),
            find: find(context.archive()?),
            fault: fault.take(),
            looks: looks.clone(),
        };
        match runtime.block_on(lobby::run(lobby))? {
            Picked::Nothing(None) => return Ok(()),
            Picked::Nothing(Some(_)) => return Err(Report::interrupted("")),
            Picked::Open { id, turn } => {
                let open = OpenArgs {
                    session: id,
                    at: turn.map(|turn| turn.0),
                    model: args.model.clone(),
                    base_url: args.base_url.clone(),
                    engine: args.engine.clone(),
                    budget: args.budget.clone(),
                    screen: screen.clone(),
                };
                match screen::open(context, &open) {
                    Ok(()) => return Ok(()),
                    Err(report) if report.is_about_the_call() => fault = Some(report.line()),
                    Err(report) => return Err(report),
                }
            }
            Picked::Begin { topic: asked, panel, format, model } => {
                args.format = Some(format.unwrap_or_else(|| "free".to_owned()));
                // Chosen here, a cast is made where the model is up to it; `--panel cast` asks whichever there is.
                let casts = panel == casting::NAME;
                if !casts || args.panel.as_ref().is_some_and(|p| p != casting::NAME) {
                    args.panel = Some(panel).filter(|_| !casts);
                }
                args.casts = casts;
                if let Some(offer) = &model {
                    args.model = Some(offer.name.clone());
                    args.base_url.clone_from(&offer.base_url);
                }
                match screen::begin(context, &asked, &args, screen) {
                    Ok(true) => return Ok(()),
                    // The person went back while it was cast.
                    Ok(false) => (topic, chosen) = (asked, model),
                    Err(report) if report.is_about_the_call() => (fault, topic, chosen) = (Some(report.line()), asked, model),
                    Err(report) => return Err(report),
                }
            }
        }
    }
}

/// The names of all formats, free first; a file that was named on the command line is one of them.
fn format_names(context: &Context, named: Option<&str>) -> Vec<String> {
    let mut names: Vec<String> = formats::list(&context.paths.formats()).0.into_iter().map(|f| f.format.name.to_string()).collect();
    names.extend(named.filter(|name| !names.iter().any(|n| n == name)).map(str::to_owned));
    names.sort_by_key(|name| name != "free");
    names
}

/// The first choice in the list of panels: nobody yet.
fn to_cast() -> Panel {
    Panel { name: casting::NAME.into(), about: "a cast for this question, named by the model".into(), ..Panel::default() }
}

/// Models that are known without asking anybody, the chosen one first.
fn at_hand(context: &Context, args: &DebateArgs, chosen: Option<&Offer>) -> Vec<Offer> {
    let mut offers: Vec<Offer> = Vec::new();
    let mut add = |offer: Offer| {
        if !offers.iter().any(|o| o.name == offer.name && o.base_url == offer.base_url) {
            offers.push(offer);
        }
    };
    chosen.into_iter().for_each(|offer| add(offer.clone()));
    if let Some(name) = &args.model {
        add(Offer { name: name.clone(), about: "from the command line".into(), base_url: args.base_url.clone() });
    } else if let Some(name) = &context.settings.model {
        // Its server is in the settings too.
        add(Offer {
            name: name.to_string(),
            about: "your settings' own".into(),
            base_url: context.settings.base_url.as_ref().map(Clean::to_string),
        });
    }
    if cfg!(feature = "embedded") {
        for known in weights::known().iter().filter(|known| weights::resolve(&known.name, &context.paths.models).is_ok()) {
            add(Offer { name: format!("embedded/{}", known.name), about: format!("in this program · {}", known.about), base_url: None });
        }
    }
    let prices = open::prices(context).ok();
    for (name, alias) in &context.settings.models {
        let at = alias.base_url.as_ref().map(|url| format!(" at {url}")).unwrap_or_default();
        let cost =
            prices.as_ref().and_then(|prices| price(alias.model.as_str(), prices)).map(|price| format!(", {price}")).unwrap_or_default();
        let about = format!("{}{at}, from your settings{cost}", alias.model);
        add(Offer { name: name.clone(), about, base_url: None });
    }
    if cfg!(feature = "embedded") {
        for known in weights::known().iter().filter(|known| weights::resolve(&known.name, &context.paths.models).is_err()) {
            let about = format!("in this program · not here yet, {} MB to fetch", known.bytes / 1_000_000);
            add(Offer { name: format!("embedded/{}", known.name), about, base_url: None });
        }
    }
    offers
}

/// What can be chosen of what was found: a key alone names no model.
fn offer(found: &Found, prices: Option<&Prices>) -> Option<Offer> {
    let name = Clean::line(&found.name()?).to_string();
    Some(Offer { name, about: facts(found, prices).join(", "), base_url: found.base_url.clone() })
}

fn kept(summary: &Summary) -> Kept {
    let about = format!("{} turns · {}", summary.turns, date_and_time(summary.changed_at));
    Kept {
        id: summary.id.to_string(),
        title: summary.name.clone().unwrap_or_else(|| summary.topic.clone()),
        about: Clean::line(&about),
        turn: None,
    }
}

/// Turns of all sessions, by words that were said in them.
fn find(archive: Archive) -> lobby::Find {
    Box::new(move |text| {
        // Half a filter finds nothing yet; so does an archive that fails.
        let hits = Query::parse(text, &jiff::tz::TimeZone::system()).ok().and_then(|query| archive.search(&query, HITS).ok());
        let turns = hits.into_iter().flatten().filter_map(|hit| {
            let turn = hit.turn?;
            let who = if hit.label.is_empty() { String::new() } else { format!("{}: ", hit.label) };
            let title = Clean::line(&format!("#{turn} {who}{}", hit.excerpt));
            Some(Kept { id: hit.session.to_string(), title, about: Clean::line(&date_and_time(hit.at)), turn: Some(turn) })
        });
        turns.collect()
    })
}

/// The end of a session, as it would be read; or what was said around a turn.
fn preview(context: &Context) -> lobby::Preview {
    let state = context.paths.state.clone();
    Box::new(move |kept| {
        let id = kept.id.as_str();
        let read = crate::archive::Archive::open(&state).map_err(Report::from).and_then(|archive| session::load(&archive, &Clean::new(id)));
        let debate = match read {
            Ok(debate) => debate,
            Err(report) => return report.line(),
        };
        let mut turns: Vec<&Turn> = debate.staged_turns().collect();
        if let Some(turn) = kept.turn {
            let to: Vec<TurnId> = debate.path_to(turn);
            turns.retain(|t| t.id > turn && to.iter().all(|id| *id != t.id) && t.parent.is_some_and(|p| p >= turn));
            turns = to.iter().skip(to.len().saturating_sub(2)).filter_map(|id| debate.turn(*id)).chain(turns).take(PREVIEWED).collect();
        }
        let count = turns.len();
        let mut text = format!("{}\n\n", debate.topic());
        if count > PREVIEWED {
            text.push_str(&format!("… {} turns before\n\n", count - PREVIEWED));
        }
        for turn in turns.iter().skip(count.saturating_sub(PREVIEWED)) {
            match turn.speaker {
                Speaker::Stage => text.push_str(&format!("[{}]\n\n", turn.said())),
                Speaker::Expert(_) | Speaker::WalkOn | Speaker::Audience { .. } => {
                    text.push_str(&format!("{}: {}\n\n", turn.label, turn.said()))
                }
            }
        }
        if count == 0 {
            text.push_str("Nothing was said yet.\n\n");
        }
        let model = debate.opening().map(|o| o.model.to_string()).unwrap_or_default();
        text.push_str(&format!(
            "{} · {model} · agon open {}",
            debate.opening().map_or("", |o| o.panel.name.as_str()),
            short(&Clean::new(id))
        ));
        text
    })
}
