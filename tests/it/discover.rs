//! What is found on this machine, from servers that answer as Ollama's "API", llama.cpp's README, LM Studio's "REST API" and vLLM's
//! "OpenAI Compatible Server" say (looked up 2026-11-24).

use std::time::{Duration, Instant};

use agon::model::{
    Secret,
    discover::{By, Found, Known, discover},
    providers::Providers,
};

use crate::{
    rules::client,
    server::{Server, Step, whole},
};

fn json(body: &str) -> Vec<Step> {
    whole("200 OK", "application/json", body)
}

/// Providers of the shipped table that are on this machine, each moved to where the test says (or where nobody is).
fn providers(at: &[(&str, String)]) -> Providers {
    let mut table = String::new();
    for name in ["ollama", "llamacpp", "lmstudio", "vllm", "sglang", "localai"] {
        let url = at.iter().find(|(n, _)| *n == name).map_or("http://127.0.0.1:9", |(_, url)| url.as_str());
        table.push_str(&format!("[{name}]\nbase_url = \"{url}\"\nalso = []\n"));
    }
    Providers::shipped().unwrap().with(&table).unwrap()
}

fn none(_: &str) -> Option<Secret> {
    None
}

async fn find(at: &[(&str, String)]) -> Vec<Found> {
    discover(&providers(at), &none, &client()).await
}

#[tokio::test]
async fn servers_are_found_side_by_side_with_what_they_tell_of_their_models() {
    let tags =
        r#"{"models":[{"name":"llama3:8b","model":"llama3:8b","details":{"context_length":131072}},{"name":"nomic-embed-text:latest"}]}"#;
    let ollama = Server::once(json(tags)).await;
    let vllm =
        Server::once(json(r#"{"object":"list","data":[{"id":"big/model","object":"model","owned_by":"vllm","max_model_len":32768}]}"#))
            .await;
    let studio = r#"{"data":[{"id":"gemma","type":"llm","state":"loaded","max_context_length":32768,"loaded_context_length":4096}]}"#;
    let lmstudio = Server::once(json(studio)).await;
    let found =
        find(&[("ollama", ollama.url.clone()), ("vllm", format!("{}/v1", vllm.url)), ("lmstudio", format!("{}/v1", lmstudio.url))]).await;
    let told: Vec<(String, Option<u32>, Known)> = found.iter().map(|f| (f.name().unwrap(), f.context_tokens, f.raw)).collect();
    let want = [
        ("lmstudio/gemma".to_owned(), Some(4096), Known::Yes),
        ("ollama/llama3:8b".to_owned(), Some(8192), Known::Yes),
        ("vllm/big/model".to_owned(), Some(32_768), Known::Yes),
    ];
    assert_eq!(told, want);
    assert_eq!(lmstudio.requests()[0].line, "GET /api/v0/models");
}

#[tokio::test]
async fn one_port_that_two_kinds_of_server_use_is_told_apart() {
    let models = r#"{"object":"list","data":[{"id":"some.gguf","meta":{"n_ctx_train":131072}}]}"#;
    // llama.cpp answers to its own wire and to OpenAI's: it is found once, with the context that it really has.
    let router =
        Server::by_path(vec![("/props", json(r#"{"default_generation_settings":{"n_ctx":4096}}"#)), ("/v1/models", json(models))]).await;
    let found = find(&[("llamacpp", router.url.clone()), ("localai", format!("{}/v1", router.url))]).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].provider.as_str(), found[0].context_tokens, found[0].logprobs), ("llamacpp", Some(4096), Known::Yes));

    let router = Server::by_path(vec![("/v1/models", json(models))]).await;
    let found = find(&[("llamacpp", router.url.clone()), ("localai", format!("{}/v1", router.url))]).await;
    assert_eq!(found.iter().map(|f| f.provider.as_str()).collect::<Vec<_>>(), ["localai"]);
}

#[tokio::test]
async fn silent_servers_strange_ones_and_none_at_all_don_t_hold_it_up() {
    let silent = Server::start(vec![vec![Step::Hold]; 9]).await;
    let strange = Server::start(vec![whole("200 OK", "text/html", "<html>a web site</html>"); 9]).await;
    let locked = Server::start(vec![whole("401 Unauthorized", "application/json", r#"{"error":"no"}"#); 9]).await;
    let began = Instant::now();
    let found =
        find(&[("ollama", silent.url.clone()), ("sglang", format!("{}/v1", strange.url)), ("vllm", format!("{}/v1", locked.url))]).await;
    // Three tenths of a second by itself; a machine at work takes its time. Without a limit it would be for ever.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].provider.as_str(), &found[0].by), ("vllm", &By::Locked(vec!["VLLM_API_KEY".into()])));
}
