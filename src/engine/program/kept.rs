//! How much of a program's result is kept: none may fill the journal.

/// In bytes.
const KEPT: usize = 64 << 10;

/// The start of a long text, and a word about the rest.
pub fn kept(mut whole: String) -> String {
    let bytes = whole.len();
    if bytes > KEPT {
        whole.truncate(whole.floor_char_boundary(KEPT));
        let left_out = bytes - whole.len();
        whole = format!("{whole}\n[{left_out} bytes left out]");
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_result_is_kept_in_part_with_the_size_of_the_rest() {
        assert_eq!(kept("short".to_owned()), "short");
        let long = kept("é".repeat(KEPT));
        assert!(
            long.len() < KEPT + 40 && long.ends_with("[65536 bytes left out]"),
            "{}",
            long.len()
        );
    }
}
