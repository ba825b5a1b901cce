//! The room on the screen: `agon TOPIC`, `agon open`.
use super::{
    args::{DebateArgs, OpenArgs, ScreenArgs},
    context::Context,
    report::Done,
};
pub fn topic(_: &Context, _: Option<String>, _: &DebateArgs, _: &ScreenArgs) -> Done {
    Ok(())
}
pub fn open(_: &Context, _: &OpenArgs) -> Done {
    Ok(())
}
