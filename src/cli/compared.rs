//! What was measured of a comparison, put into documents: its own, and that of the session it belongs to.

use super::{args::CompareOutput, context::Context, report::Report};
use crate::{
    debate::{Arm, Beside, Comparison, Debate, Event},
    export::{self, Compared, Form, Made, NoBranch, Unwritten},
    lens,
};

/// A session as a file's text, with the comparisons that were made of the branch on stage, or of the one of that name.
pub fn written(events: &[Event], form: Form, branch: Option<&str>, made: &Made<'_>) -> Result<String, Unwritten> {
    export::written(events, form, branch, &appendix(&Debate::replay(events)?, branch, form), made)
}

/// A branch as plain text, with what was measured in comparisons of it.
pub fn text(debate: &Debate, branch: Option<&str>, made: &Made<'_>) -> Result<String, NoBranch> {
    Ok(export::text(debate, branch, made)? + &appendix(debate, branch, Form::Text))
}

fn appendix(debate: &Debate, branch: Option<&str>, form: Form) -> String {
    let all = of_branch(debate, branch);
    let parts = all.iter().map(|(comparison, pairs)| {
        let compared = Compared { debate, comparison, pairs };
        match form {
            Form::Markdown => format!("\n{}", export::comparison_section(&compared)),
            Form::Text => format!("\n— — —\n\n{}", export::comparison_text(&compared)),
            Form::Html => export::comparison_part(&compared),
            Form::Jsonl | Form::Asciicast => String::new(),
        }
    });
    parts.collect()
}

/// What was measured in the last comparison, as plain text.
pub fn last(debate: &Debate) -> String {
    let Some(comparison) = debate.comparisons().last() else { return String::new() };
    let pairs = lens::compare::pairs(debate, comparison);
    export::comparison_text(&Compared { debate, comparison, pairs: &pairs })
}

fn of_branch<'a>(debate: &'a Debate, branch: Option<&str>) -> Vec<(&'a Comparison, Vec<Beside>)> {
    let branch = branch.map_or_else(|| debate.branch(), |name| debate.find_branch(name));
    let all = branch.map(|b| debate.comparisons_of(b)).unwrap_or_default();
    all.into_iter().filter(|c| !c.is_empty()).map(|c| (c, lens::compare::pairs(debate, c))).collect()
}

/// A comparison as a document of its own.
pub fn document(context: &Context, debate: &Debate, comparison: &Comparison, output: CompareOutput) -> Result<String, Report> {
    let pairs = lens::compare::pairs(debate, comparison);
    let compared = Compared { debate, comparison, pairs: &pairs };
    Ok(match output {
        CompareOutput::Markdown => export::comparison_markdown(&compared, &context.made()),
        CompareOutput::Html => export::comparison_html(&compared, &context.made()),
        CompareOutput::Json => serde_json::to_string_pretty(&json(&compared))? + "\n",
    })
}

fn json(compared: &Compared<'_>) -> serde_json::Value {
    let Compared { debate, comparison, pairs } = *compared;
    let panel = debate.compared_turns(comparison);
    let turns = || panel.iter().copied().filter(|t| !t.said().is_empty());
    let said: Vec<_> = turns().map(|t| serde_json::json!({ "turn": t.id, "label": t.label, "text": t.said() })).collect();
    let arms: Vec<_> = Arm::ALL
        .iter()
        .map(|arm| {
            let answers = comparison.of(*arm);
            let texts: Vec<&str> = answers.samples.iter().map(|s| s.text.as_str()).collect();
            serde_json::json!({ "arm": arm, "output_tokens": answers.output_tokens, "how": answers.how, "texts": texts })
        })
        .collect();
    let of: Vec<_> = pairs
        .iter()
        .map(|pair| {
            let mut value = serde_json::json!(pair);
            value["sentence"] = pair.sentence().into();
            value
        })
        .collect();
    serde_json::json!({
        "topic": debate.topic(),
        "session": debate.opening().map(|o| o.session.clone()),
        "seed": debate.opening().map(|o| o.seed),
        "model": comparison.model,
        "at": comparison.at,
        "branch": comparison.branch,
        "upto": comparison.upto,
        "budget": comparison.tokens,
        "how": comparison.how,
        "panel": { "output_tokens": debate.tokens_of(turns()), "turns": said },
        "assistant": arms,
        "measured": of,
    })
}
