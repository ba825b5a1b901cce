//! Starts the server and ends it: at the end of standard input, or when a signal asks for it.

use std::{io::IsTerminal, sync::Arc};

use rmcp::{ServiceExt, service::ServerInitializeError, transport::stdio_pipes};

use super::{args::McpArgs, input::Input, rooms::Rooms, server::Server};
use crate::cli::{
    context::Context,
    report::{Done, Report},
    run::Signals,
};

/// `agon mcp`.
pub fn mcp(context: Context, args: McpArgs) -> Done {
    if std::io::stdin().is_terminal() {
        return Err(Report::usage("agon mcp is started by an agent, which speaks MCP to it on standard input")
            .hint("in the agent's settings: {\"mcpServers\": {\"agon\": {\"command\": \"agon\", \"args\": [\"mcp\"]}}}"));
    }
    let rooms = Arc::new(Rooms::new(context, args)?);
    let runtime = crate::cli::runtime()?;
    let done = runtime.block_on(serve(&rooms));
    // A read of standard input that never comes back must not keep the program.
    runtime.shutdown_background();
    done
}

async fn serve(rooms: &Arc<Rooms>) -> Done {
    let mut signals = Signals::new()?;
    let (input, output) = stdio_pipes();
    let input = Input { inner: input, over: rooms.leaving.clone() };
    let server = Server { rooms: Arc::clone(rooms) };
    let running = tokio::select! {
        running = server.serve((input, output)) => running,
        () = signals.next() => return Ok(()),
    };
    let running = match running {
        Ok(running) => running,
        Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
        Err(e) => return Err(Report::failed(format_args!("no agent could be talked to: {e}"))),
    };
    let cancel = running.cancellation_token();
    let mut over = std::pin::pin!(running.waiting());
    tokio::select! {
        _ = &mut over => {}
        () = signals.next() => {
            // Calls that wait for a model give up first, and are answered.
            rooms.leaving.send_replace(true);
            cancel.cancel();
            let _ = over.await;
        }
    }
    rooms.leave().await;
    Ok(())
}
