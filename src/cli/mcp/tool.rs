//! What every tool is: a type that its arguments are read into, with its name, what it teaches, and what it answers.

use std::{future::Future, sync::Arc};

use rmcp::{
    model::{JsonObject, ToolAnnotations},
    schemars::{JsonSchema, generate::SchemaSettings},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::call::Call;
use crate::cli::report::Report;

/// Says in every answer with words of a debate what they are.
pub const SIMULATED: &str = "A simulation by a language model; nobody named in it said any of it.";

/// A tool: its fields are its arguments.
pub trait Tool: DeserializeOwned + JsonSchema + Send + 'static {
    /// What it answers.
    type Answer: Serialize + JsonSchema + Send + 'static;
    /// By which it is called.
    const NAME: &'static str;
    /// For people.
    const TITLE: &'static str;
    /// What it does, when to use it, what comes next: for agents.
    const ABOUT: &'static str;
    /// Whether it only reads.
    const READS: bool = false;
    /// Whether a model may be asked, which costs.
    const ASKS: bool = false;

    /// Does it.
    fn run(self, call: &Call) -> impl Future<Output = Result<Self::Answer, Report>> + Send;
}

/// A tool as a client is told of it.
pub fn described<T: Tool>() -> rmcp::model::Tool {
    let settings = || SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let (input, output) = (schema::<T>(settings()), schema::<T::Answer>(settings().for_serialize()));
    let hints = ToolAnnotations::with_title(T::TITLE).read_only(T::READS).destructive(false).open_world(T::ASKS);
    rmcp::model::Tool::new(T::NAME, T::ABOUT, input).with_title(T::TITLE).with_raw_output_schema(output).with_annotations(hints)
}

fn schema<T: JsonSchema>(settings: SchemaSettings) -> Arc<JsonObject> {
    let mut schema = match settings.into_generator().into_root_schema_for::<T>().to_value() {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    };
    // Names of our types tell an agent nothing.
    for name in ["title", "description", "$schema"] {
        schema.remove(name);
    }
    schema.values_mut().for_each(lean);
    Arc::new(schema)
}

/// Leaves out what an agent pays for in every conversation and learns nothing from: how wide our numbers are, and that what may be left out may be null.
fn lean(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            if fields.get("format").is_some_and(Value::is_string) {
                fields.remove("format");
            }
            if fields.get("default").is_some_and(|default| default.is_null() || default.as_array().is_some_and(Vec::is_empty)) {
                fields.remove("default");
            }
            if let Some(Value::Array(values)) = fields.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            if let Some(Value::Array(types)) = fields.get("type")
                && let [one, null] = types.as_slice()
                && null == "null"
            {
                let one = one.clone();
                fields.insert("type".into(), one);
            }
            fields.values_mut().for_each(lean);
        }
        Value::Array(all) => all.iter_mut().for_each(lean),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Calls it with arguments from outside.
pub async fn ran<T: Tool>(arguments: JsonObject, call: &Call) -> Result<Value, Report> {
    let tool: T = serde_json::from_value(Value::Object(arguments)).map_err(|e| {
        Report::usage(format_args!("`{}` was called with wrong arguments: {e}", T::NAME)).hint("its input schema says what it takes")
    })?;
    Ok(serde_json::to_value(tool.run(call).await?)?)
}
