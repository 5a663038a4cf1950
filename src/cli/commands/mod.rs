//! One file a command: resolve, one library call, outcome.

mod clean;
mod compile;
mod debug;
mod debug_as_dbt;
mod declared_source;
mod deps;
mod docs;
mod eject;
mod freshness;
mod identity;
mod init;
mod ls;
mod operation;
mod parse;
mod retry;
mod run;
mod scaffold;
mod show;
mod source;

use super::args::{Command, DocsCommand, SourceCommand};
use super::{Call, Outcome};

/// Runs a command.
pub(super) fn dispatch(command: &Command, call: &Call) -> Outcome {
    match command {
        Command::Run(args) => run::run(call, args),
        Command::Build(args) => run::build(call, args),
        Command::Test(args) => run::test(call, args),
        Command::Seed(args) => run::seed(call, args),
        Command::Snapshot(args) => run::snapshot(call, args),
        Command::Compile(args) => compile::run(call, args),
        Command::Show(args) => show::run(call, args),
        Command::Ls(args) => ls::run(call, args),
        Command::Source(args) => match &args.command {
            SourceCommand::Freshness(args) => freshness::run(call, args),
            SourceCommand::Add(args) if args.declared => declared_source::add(call, &args.name),
            SourceCommand::Add(args) => source::add(call, &args.name),
            SourceCommand::New(args) if args.sql => source::new(call, &args.name),
            SourceCommand::New(args) => declared_source::new(call, &args.name),
            SourceCommand::Eject(args) => declared_source::eject(call, &args.name),
        },
        Command::Identity(args) => identity::run(call, &args.command),
        Command::Docs(args) => match &args.command {
            DocsCommand::Generate(args) => docs::generate(call, args),
            DocsCommand::Serve(args) => docs::serve(call, args),
        },
        Command::Parse(_) => parse::run(call),
        Command::Retry(args) => retry::run(call, args),
        Command::Clone(args) => run::clone(call, args),
        Command::RunOperation(args) => operation::run(call, args),
        Command::Debug(args) => debug::run(call, args),
        Command::Clean(args) => clean::run(call, args),
        Command::Init(args) => init::run(call, args),
        Command::Deps(args) => deps::run(call, args),
        Command::Eject(args) => eject::run(call, args),
    }
}
