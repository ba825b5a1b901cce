//! `agon panels new`: a panel asked for line by line, on a terminal or through a pipe; or whoever sits at a session's table.

use std::io::{BufRead, IsTerminal, Write};

use crate::{
    cli::{
        args::NewPanelArgs,
        context::Context,
        keep,
        report::{Done, Report, print, say},
        session,
    },
    debate::{
        Clean, Expert, Panel,
        expert::{free_label, safe_label},
        panel::EXPERTS,
    },
    script::wording,
};

/// Lines that are asked for of each.
const LINES: usize = 3;

pub fn new(context: &Context, args: &NewPanelArgs) -> Done {
    if let Some(name) = &args.name {
        keep::is_free(&context.paths, name)?;
    }
    let path = match &args.from_session {
        Some(session) => {
            let archive = context.archive()?;
            let debate = session::load(&archive, &archive.find(session)?.id)?;
            let panel = debate.panel().ok_or_else(|| Report::failed("nobody sat at the table of this session"))?;
            match &args.name {
                Some(name) => keep::keep_as(&context.paths, &Panel { name: Clean::line(name), ..panel })?,
                None => keep::keep(&context.paths, &panel, debate.topic())?,
            }
        }
        None => {
            let stdin = std::io::stdin();
            let mut form = Form { from: stdin.lock(), to: std::io::stderr(), talks: stdin.is_terminal(), line: 0 };
            let panel = form.panel(args.name.as_deref(), &|name| keep::is_free(&context.paths, name).map_err(|r| r.line()))?;
            keep::keep_as(&context.paths, &panel)?
        }
    };
    let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    say(format_args!("agon: the panel is kept; agon \"…\" --panel {name}"));
    print(format_args!("{}\n", path.display())).map(drop)
}

/// Questions, and the lines that answer them.
struct Form<R, W> {
    from: R,
    to: W,
    /// Whether somebody is there who can answer again.
    talks: bool,
    /// The line read last, from 1.
    line: usize,
}

impl<R: BufRead, W: Write> Form<R, W> {
    /// Asks for a whole panel. Nothing is kept of one that breaks off.
    fn panel(&mut self, name: Option<&str>, free: &dyn Fn(&str) -> Result<(), String>) -> Result<Panel, Report> {
        self.tell("A panel: who argues, and where. Enter alone leaves a line out; Ctrl-C leaves everything as it was.\n");
        let name = match name {
            Some(name) => Clean::line(name),
            None => self.must("name (a word, for --panel)", free)?,
        };
        let about = self.must("about (one line, for lists)", &|_| Ok(()))?;
        let language = self.may("language [en]")?;
        let language = if language.is_empty() { Clean::new("en") } else { language };
        let setting = self.may("setting (where they sit, why they talk freely) [a closed room, late in the evening]")?;
        let setting = if setting.is_empty() { Clean::new(wording::of(language.as_str()).setting) } else { setting };
        let mut experts: Vec<Expert> = Vec::new();
        while experts.len() < *EXPERTS.end() {
            match self.expert(&experts)? {
                Some(expert) => experts.push(expert),
                None => break,
            }
        }
        let panel = Panel { name, about, setting, language, experts, ..Panel::default() };
        panel.check().map_err(|e| Report::failed(e).hint("nothing was kept"))?;
        Ok(panel)
    }

    /// One more expert; `None` where the name is left out and enough sit.
    fn expert(&mut self, beside: &[Expert]) -> Result<Option<Expert>, Report> {
        let (n, enough) = (beside.len() + 1, beside.len() >= *EXPERTS.start());
        self.tell("\n");
        let ask = format!("expert {n}, name{}", if enough { " (enter: that is all)" } else { "" });
        let name = if enough { self.may(&ask)? } else { self.must(&ask, &|name| named(name))? };
        if name.is_empty() {
            return Ok(None);
        }
        if let Err(why) = named(name.as_str()) {
            return Err(self.wrong(&why));
        }
        let role = self.may("  role (what for, in a few words)")?;
        let bias = self.must("  bias (how this mind works, what it won't grant)", &|_| Ok(()))?;
        let voice = self.may("  voice (how it talks)")?;
        let mut samples = Vec::new();
        while samples.len() < LINES {
            let line = self.may(&format!("  line {} in that voice", samples.len() + 1))?;
            if line.is_empty() {
                break;
            }
            samples.push(line);
        }
        let label = free_label(&safe_label(name.as_str()), beside);
        Ok(Some(Expert { name, label, role, bias, voice, samples, ..Expert::default() }))
    }

    /// A line that can't be left out. A person is asked again; a pipe is told where it was wrong.
    fn must(&mut self, question: &str, fits: &dyn Fn(&str) -> Result<(), String>) -> Result<Clean, Report> {
        loop {
            let Some(line) = self.read(question)? else {
                return Err(Report::failed(format_args!("the input ended where “{}” was asked for; nothing was kept", question.trim())));
            };
            let fault = if line.is_empty() { Err("it can't be left out".to_owned()) } else { fits(line.as_str()) };
            match fault {
                Ok(()) => return Ok(line),
                Err(why) if self.talks => self.tell(&format!("  {why}\n")),
                Err(why) => return Err(self.wrong(&format!("{}: {why}", question.trim()))),
            }
        }
    }

    /// A line that may be left out, also by ending the input.
    fn may(&mut self, question: &str) -> Result<Clean, Report> {
        Ok(self.read(question)?.unwrap_or_default())
    }

    fn read(&mut self, question: &str) -> Result<Option<Clean>, Report> {
        self.tell(&format!("{question}: "));
        let mut bytes = Vec::new();
        let read = self.from.read_until(b'\n', &mut bytes)?;
        self.line += 1;
        Ok((read > 0).then(|| Clean::line(&String::from_utf8_lossy(&bytes))))
    }

    fn wrong(&self, why: &str) -> Report {
        Report::failed(format_args!("line {}: {why}; nothing was kept", self.line))
    }

    fn tell(&mut self, text: &str) {
        // Whoever doesn't see the question may still answer it.
        let _ = self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush());
    }
}

fn named(name: &str) -> Result<(), String> {
    if safe_label(name).is_empty() { Err("a name needs a letter".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(input: &str, talks: bool) -> (Result<Panel, Report>, String) {
        let mut to = Vec::new();
        let panel = Form { from: input.as_bytes(), to: &mut to, talks, line: 0 }.panel(None, &|name| {
            if name == "taken" { Err("there is a panel “taken” already".to_owned()) } else { Ok(()) }
        });
        (panel, String::from_utf8(to).unwrap())
    }

    #[test]
    fn a_panel_is_asked_for_line_by_line() {
        let (panel, told) = asked(
            "mine\nabout it\nde\n\nAda: Lovelace\nmath\nwants proof\nshort\nOne.\nTwo.\n\nAlan\n\nbreaks codes\n\n\nada: lovelace\n\nagain\n\n\n\n",
            false,
        );
        let panel = panel.unwrap();
        assert_eq!(panel.experts.iter().map(|e| e.label.as_str()).collect::<Vec<_>>(), ["ADA LOVELACE", "ALAN", "ADA LOVELACE 2"]);
        assert_eq!((panel.language.as_str(), panel.experts[0].samples.len()), ("de", 2));
        assert!(panel.setting.as_str().contains("geschlossener Raum"));
        assert!(told.contains("expert 3, name (enter: that is all)"));
        assert_eq!(Panel::parse(&panel.to_toml()).unwrap(), panel);
    }

    #[test]
    fn a_person_is_asked_again_and_a_pipe_is_told_the_line() {
        let (panel, told) = asked("\ntaken\nmine\nabout\n\n\nAda\n\nb\n\n\nAlan\n\nc\n", true);
        assert!(panel.is_ok() && told.contains("can't be left out") && told.contains("“taken” already"), "{told}");
        let (panel, _) = asked("mine\nabout\n\n\nAda\n\n\n", false);
        let why = panel.unwrap_err().line();
        assert!(why.contains("line 7") && why.contains("bias") && why.contains("nothing was kept"), "{why}");
        let (panel, _) = asked("mine\nabout\n\n\nAda\n\nb\n", false);
        assert!(panel.unwrap_err().line().contains("the input ended where “expert 2, name”"));
    }
}
