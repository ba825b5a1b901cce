//! Models made from their names: with the table's address, the variable's key, and the context that the server tells of.

use std::sync::Arc;

use crate::{
    hear::{chat, hear},
    rules::{KEY, client},
    server::{Server, stream, whole},
};
use agon::model::{
    Model, ModelError, Role, Secret,
    providers::{Providers, Wish},
};

async fn connect(server: &Server, base: &str, name: &str, wish: Wish) -> Result<Arc<dyn Model>, ModelError> {
    let wish = Wish { base_url: Some(format!("{}{base}", server.url)), ..wish };
    let key = |variable: &str| (variable == "GROQ_API_KEY").then(|| Secret::new(KEY).unwrap());
    Providers::shipped().unwrap().model_as_told(name, wish, &key, &client()).await
}

fn json(body: &str) -> Vec<crate::server::Step> {
    whole("200 OK", "application/json", body)
}

#[tokio::test]
async fn the_context_is_the_one_that_the_server_tells_of() {
    for (name, base, told, context) in [
        ("groq/some/model", "/v1", r#"{"object":"list","data":[{"id":"x"},{"id":"some/model","context_window":65536}]}"#, 65_536),
        ("vllm/some/model", "/v1", r#"{"data":[{"id":"some/model","max_model_len":32768}]}"#, 32_768),
        ("gemini/gemini-x", "/v1beta", r#"{"models":[{"name":"models/gemini-x","inputTokenLimit":2097152}]}"#, 2_097_152),
        ("llamacpp/any", "", r#"{"default_generation_settings":{"n_ctx":24576}}"#, 24_576),
        // Ollama has as much as it is asked for, up to what the model was made for.
        ("ollama/small", "", r#"{"model_info":{"gemma.context_length":2048}}"#, 2048),
        ("ollama/large", "", r#"{"model_info":{"gemma.context_length":131072}}"#, 8192),
        // What can't be had is assumed.
        ("vllm/another", "/v1", r#"{"data":[{"id":"some/model","max_model_len":32768}]}"#, 8192),
        ("vllm/another", "/v1", "<html>", 8192),
    ] {
        let server = Server::once(json(told)).await;
        let model = connect(&server, base, name, Wish::default()).await.unwrap();
        assert_eq!((model.name(), model.context_tokens()), (name, context), "{told}");
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::start(vec![]).await;
    let wish = Wish { context_tokens: Some(777), ..Wish::default() };
    assert_eq!(connect(&server, "/v1", "vllm/x", wish).await.unwrap().context_tokens(), 777);
    assert!(server.requests().is_empty(), "what was wished for is not asked about");
}

#[tokio::test]
async fn a_key_goes_from_its_variable_into_its_header() {
    let answer = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let server = Server::once(stream(answer)).await;
    let wish = Wish { context_tokens: Some(8192), ..Wish::default() };
    let model = connect(&server, "/v1", "groq/some/model", wish).await.unwrap();
    assert_eq!(hear(model.ask(chat(&[(Role::User, "x")]))).await.text, "Hi");
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(request.json()["model"], "some/model");
    assert!(request.json().get("logprobs").is_none(), "the table says that they are refused");
}

#[tokio::test]
async fn a_gateway_may_have_a_header_of_its_own_and_a_query_in_its_address() {
    let answer = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let server = Server::once(stream(answer)).await;
    let table = format!(
        "[work]\nwire = \"openai\"\nbase_url = \"{}/llm?api-version=1\"\nkeys = [\"WORK_KEY\"]\ncontext_tokens = 9000\nquirks = {{ key_header = \"api-key\", headers = {{ x-session = \"s\" }} }}",
        server.url
    );
    let providers = Providers::shipped().unwrap().with(&table).unwrap();
    let model = providers.model("work/m", Wish::default(), &|_| Secret::new(KEY), &client()).unwrap();
    assert_eq!(hear(model.ask(chat(&[(Role::User, "x")]))).await.text, "Hi");
    let request = &server.requests()[0];
    assert_eq!(request.line, "POST /llm/chat/completions?api-version=1");
    assert_eq!((request.header("api-key"), request.header("authorization"), request.header("x-session")), (Some(KEY), None, Some("s")));
}

#[tokio::test]
async fn a_key_with_a_line_break_is_told_of_and_not_sent() {
    let server = Server::start(vec![]).await;
    for name in ["openai/m", "anthropic/m", "gemini/m"] {
        let wish = Wish {
            base_url: Some(format!("{}/v1", server.url)),
            key: Some((Secret::new("sk-one\nsk-two").unwrap(), "A_KEY".into())),
            ..Wish::default()
        };
        let model = Providers::shipped().unwrap().model(name, wish, &|_| None, &client()).unwrap();
        let heard = hear(model.ask(chat(&[(Role::User, "x")]))).await;
        assert!(heard.is_final() && heard.what().contains("line break") && !heard.what().contains("sk-"), "{heard:?}");
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_router_can_keep_a_debate_at_one_replica_by_a_header() {
    let answer = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
    let server = Server::start(vec![stream(answer); 3]).await;
    let table = "[cluster]\nwire = \"openai\"\nbase_url = \"http://gpu-box/v1\"\ncontext_tokens = 9000\nquirks = { session_header = \"x-user-id\" }";
    let providers = Providers::shipped().unwrap().with(table).unwrap();
    let wish = || Wish { base_url: Some(format!("{}/v1", server.url)), ..Wish::default() };
    let one = providers.model("cluster/m", wish(), &|_| None, &client()).unwrap();
    let other = providers.model("cluster/m", wish(), &|_| None, &client()).unwrap();
    for model in [&one, &one, &other] {
        hear(model.ask(chat(&[(Role::User, "x")]))).await;
    }
    let requests = server.requests();
    let sent: Vec<&str> = requests.iter().map(|r| r.header("x-user-id").unwrap()).collect();
    assert!(sent[0] == sent[1] && sent[1] != sent[2] && sent[0].len() > 8, "{sent:?}");
}
