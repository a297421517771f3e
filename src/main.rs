//! The program's door: everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    // Before anything else: a guard stands beside each command of each agent,
    // so it must be small and quick.
    if arguments.next().is_some_and(|first| first == "guard") {
        return auteur::tools::guard_main(arguments);
    }
    auteur::cli::main()
}
