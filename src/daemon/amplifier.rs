//! Runs the commands that switch amplifiers and transmitters. Effects: starts programs.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;

use super::input::Input;
use super::turn::send;
use crate::engine::{Event, Switch};
use crate::model::station::Output;
use crate::text;

/// How long such a command may take.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs the command of one output in the background; what came of it arrives as an input.
pub(super) fn switch(output: &Output, switch: Switch, inputs: &UnboundedSender<Input>) -> Option<JoinHandle<()>> {
    let amplifier = output.amplifier.as_ref()?;
    let words = match switch {
        Switch::On => amplifier.on.clone(),
        Switch::Off => amplifier.off.clone(),
    };
    let (output, inputs) = (output.id.to_string(), inputs.clone());
    Some(tokio::spawn(async move {
        let trouble = run(&words).await.err();
        if let Some(trouble) = &trouble {
            tracing::error!(output, ?switch, trouble, "the amplifier's command failed");
        }
        send(&inputs, Input::Amplifier { output, trouble });
    }))
}

async fn run(words: &[String]) -> Result<(), String> {
    let (program, arguments) = words.split_first().ok_or("no command")?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let status = tokio::time::timeout(LIMIT, command.status()).await.map_err(|_| "took longer than 10 s".to_owned())?;
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(status.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// What the engine is told of a command that has ended.
pub(super) fn event(output: String, trouble: Option<String>) -> Event {
    let code = "amplifier";
    let Some(trouble) = trouble else { return Event::TroubleOver { code, subject: Some(output) } };
    Event::Trouble {
        code,
        message: text!(
            "{output}: lệnh bật, tắt âm ly không chạy được ({trouble}).",
            "{output}: the amplifier's command failed ({trouble})."
        ),
        remedy: text!(
            "Hãy kiểm tra mục [output.amplifier] trong station.toml và dây nối âm ly.",
            "Check [output.amplifier] in station.toml, and the amplifier's cable."
        ),
        subject: Some(output),
    }
}
