//! The `nexus` binary: hands the process's arguments to [`nexus::cli::run`].

#[cfg(not(feature = "system-allocator"))]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    nexus::cli::run(std::env::args_os())
}
