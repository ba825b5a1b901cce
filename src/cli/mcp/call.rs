//! One call of a tool: who called, how it is stopped, and how it tells that it goes on.

use std::{sync::Arc, time::Duration};

use rmcp::{
    RoleServer,
    model::{ProgressNotificationParam, ProtocolVersion},
    service::RequestContext,
};

use super::{rooms::Rooms, sitting::Sitting};

/// Seconds that a call takes at most where nothing else is said: many agents give a tool a minute.
pub const SECONDS: u16 = 50;

/// One call.
pub struct Call {
    /// All that is here.
    pub rooms: Arc<Rooms>,
    /// Who called.
    pub context: RequestContext<RoleServer>,
}

/// Why waiting ended before what was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Broken {
    /// The agent gave the call up.
    Cancelled,
    /// The server is being left.
    Leaving,
    /// It took too long.
    Late,
}

impl Call {
    /// Waits until the sitting is as wanted; else says why it isn't. `look` is asked at every change.
    pub async fn wait(
        &self,
        sitting: &Sitting,
        seconds: u16,
        look: impl FnMut(&super::sitting::Seen) -> bool + Send,
    ) -> Result<(), Broken> {
        tokio::select! {
            biased;
            () = sitting.until(look) => Ok(()),
            () = self.context.ct.cancelled() => Err(Broken::Cancelled),
            () = self.rooms.until_left() => Err(Broken::Leaving),
            () = tokio::time::sleep(Duration::from_secs(u64::from(seconds))) => Err(Broken::Late),
        }
    }

    /// Tells how far it is, where that was asked for.
    pub async fn progress(&self, done: f64, of: u32, what: &str) {
        let Some(token) = self.context.meta.get_progress_token() else { return };
        let told = ProgressNotificationParam::new(token, done).with_total(f64::from(of)).with_message(what);
        // Whoever doesn't listen any more misses nothing: the answer has it all.
        let _ = self.context.peer.notify_progress(told).await;
    }

    /// Tells that there are other resources now. Clients of the newer protocol listen for it (`server`).
    pub async fn resources_changed(&self) {
        let asked = self.context.protocol_version().is_some_and(|version| version >= ProtocolVersion::V_2026_07_28);
        if !asked {
            let _ = self.context.peer.notify_resource_list_changed().await;
        }
    }
}
