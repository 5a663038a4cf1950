//! Events on statements: `ConnectionUsed`, `SQLQuery`, `SQLQueryStatus`.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::{JsonSink, node_info};
use crate::report::lines::{answered, connection_name, sent};

impl JsonSink {
    pub(super) fn sent(&self, connection: &str, adapter: &str, sql: &str) {
        let name = connection_name(connection);
        let info = self.info_of(connection);
        let message = format!("Using {adapter} connection \"{name}\"");
        let data = json!({ "conn_name": name, "conn_type": adapter, "node_info": info });
        self.tell("debug", "ConnectionUsed", "E015", message, data);
        let data = json!({ "conn_name": name, "node_info": info, "sql": sql });
        self.tell("debug", "SQLQuery", "E016", sent(connection, sql), data);
    }

    pub(super) fn answered(&self, connection: &str, status: &str, elapsed: Duration) {
        let data = json!({
            "elapsed": elapsed.as_secs_f64(), "node_info": self.info_of(connection), "status": status,
        });
        self.tell("debug", "SQLQueryStatus", "E017", answered(status, elapsed), data);
    }

    fn info_of(&self, connection: &str) -> Json {
        match self.kept().running.get(connection) {
            Some((node, since)) => node_info(node, "executing", Some(*since), None),
            None => json!({}),
        }
    }
}
