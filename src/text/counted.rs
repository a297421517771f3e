//! Numbers of things, as a person reads them.

/// `9880` as `9,880`.
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 turn`, `2 turns`.
pub fn counted(number: u64, one: &str, more: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { more })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands_separators() {
        let told = [0, 999, 1_000, 98_765, 1_204_000].map(count);
        assert_eq!(told, ["0", "999", "1,000", "98,765", "1,204,000"]);
    }

    #[test]
    fn one_of_a_thing_is_not_many() {
        let told = [0, 1, 1_200].map(|it| counted(it, "turn", "turns"));
        assert_eq!(told, ["0 turns", "1 turn", "1,200 turns"]);
    }
}
