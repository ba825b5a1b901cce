//! The system's proxy is honoured for hosts beyond this machine, and never asked for this machine's own servers.
//!
//! The variables are those of another process: this test starts itself again with them.

use std::{env, process::Command};

use agon::model::{Model, Role, endpoint::Endpoint, openai::OpenAi};

use crate::{
    hear::{chat, hear},
    rules::{KEY, client},
    server::{Server, stream},
};

const ASKED: &str = "AGON_TEST_ASKED";
const ANSWER: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Asks the server that the variable names; does nothing in an ordinary run.
#[tokio::test]
async fn a_process_with_a_proxy_asks() {
    let Ok(url) = env::var(ASKED) else { return };
    let model = OpenAi::new(Endpoint::new("test/m", url, "m"), client()).unwrap();
    let heard = hear(model.ask(chat(&[(Role::User, "x")]))).await;
    assert_eq!(heard.text, "Hi", "{heard:?}");
}

async fn ask_through(proxy: &Server, url: String) {
    let proxy = proxy.url.clone();
    let asked = tokio::task::spawn_blocking(move || {
        let mut command = Command::new(env::current_exe().unwrap());
        command.args(["--exact", "proxy::a_process_with_a_proxy_asks"]);
        for name in ["NO_PROXY", "no_proxy", "HTTPS_PROXY", "https_proxy"] {
            command.env_remove(name);
        }
        for name in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env(name, &proxy);
        }
        command.env(ASKED, url).env("OPENAI_API_KEY", KEY).output().unwrap()
    })
    .await
    .unwrap();
    assert!(asked.status.success(), "{}", String::from_utf8_lossy(&asked.stdout));
}

#[tokio::test]
async fn a_proxy_is_used_for_other_machines_and_not_for_this_one() {
    let proxy = Server::start(vec![stream(ANSWER)]).await;
    let server = Server::once(stream(ANSWER)).await;
    ask_through(&proxy, format!("{}/v1", server.url)).await;
    assert_eq!((proxy.requests().len(), server.requests().len()), (0, 1));

    ask_through(&proxy, "http://gpu-box.internal:8000/v1".into()).await;
    let request = &proxy.requests()[0];
    assert_eq!(request.line, "POST http://gpu-box.internal:8000/v1/chat/completions");
    assert!(!format!("{request:?}").contains(KEY), "a key that nobody handed in is not read from the environment");
}
