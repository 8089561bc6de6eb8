//! The program: hands the arguments to `cli` and its answer to the shell.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    loaphuong::cli::main()
}
