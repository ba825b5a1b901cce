//! The screen in another language: the locale or the settings decide, and what programs read stays English.

use crate::{
    home::Home,
    run::{begins, says},
    server::Server,
    terminal::Terminal,
};

const CHINESE: &[(&str, &str)] = &[("LANG", "zh_CN.UTF-8")];

async fn blocking<T: Send + 'static>(live: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(live).await.unwrap()
}

/// A terminal with a room whose expert goes on for ever.
async fn room(home: &Home, around: &'static [(&'static str, &'static str)]) -> (Server, Terminal) {
    let mut scripts = vec![says("Taste is the moat.")];
    scripts.extend((0..8).map(|_| begins("And so")));
    let server = Server::start(scripts).await;
    let url = format!("{}/v1", server.url);
    let args = ["What is a moat?", "--base-url", &url, "--model", "openai/fake", "--panel", "founders", "--floor", "rotate"];
    let terminal = Terminal::start_in(home, around, &args, (110, 34));
    (server, terminal)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chinese_locale_has_a_chinese_room_and_what_the_room_refuses_is_told_in_chinese() {
    let home = Home::new();
    let (server, mut terminal) = room(&home, CHINESE).await;
    blocking(move || {
        terminal.sees("And so");
        let screen = terminal.screen();
        assert!(screen.contains("模拟") && screen.contains("帮助") && screen.contains("分支 main"), "{screen}");
        assert!(!screen.contains("SIMULATION") && !screen.contains("help"), "{screen}");
        terminal.press("?");
        terminal.sees("对全场说一句");
        terminal.press("\x1b");
        terminal.until("help is gone", |s| !s.contains("对全场说一句"));
        // Said by the room, in English, wherever that is stored.
        terminal.press(":rewind 99\r");
        terminal.sees("第 99 轮不在这条分支上");
        terminal.press("i");
        terminal.sees("对全场");
        terminal.press("谁来付钱？\r");
        terminal.sees("谁来付钱？");
        terminal.press("w");
        terminal.sees("存成 markdown");
        terminal.press("\r");
        terminal.sees("已存到");
        terminal.press("q");
        let (code, last) = terminal.ends();
        assert_eq!(code, 0, "{last}");
        assert!(last.contains("agon open"), "{last}");
        drop(server);
    })
    .await;
    assert!(home.agon(&["--help"]).env("LANG", "zh_CN.UTF-8").output().is_ok_and(|o| String::from_utf8_lossy(&o.stdout).contains("Usage")));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_go_before_the_locale_in_the_room_and_in_the_lobby() {
    let home = Home::new();
    home.file("config/agon/config.toml", "screen_language = \"en\"\n");
    let (server, mut terminal) = room(&home, CHINESE).await;
    let home = blocking(move || {
        terminal.sees("SIMULATION");
        terminal.press("q");
        terminal.ends();
        drop(server);
        home.file("config/agon/config.toml", "screen_language = \"zh\"\n");
        let mut lobby = Terminal::start_in(&home, &[("LC_ALL", "de_DE.UTF-8")], &[], (100, 30));
        lobby.sees("争论什么？");
        lobby.sees("专家组");
        lobby.sees("What is a moat?");
        lobby.press("\x1b");
        lobby.sees("再按一次离开");
        lobby.press("\x1b");
        lobby.ends();
        home
    })
    .await;
    home.file("config/agon/config.toml", "screen_language = \"klingon\"\n");
    let shown = home.run(&["config", "show"]).good();
    assert!(shown.contains("screen_language") && shown.contains("can't be used"), "{shown}");
}
