//! The program's door: everything else is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    // Before anything else: guards stand beside the commands of the agents, so
    // they must be small and quick.
    if arguments.next().is_some_and(|first| first == "guard") {
        return auteur::tools::guard_main(arguments);
    }
    auteur::cli::main()
}
