# Amounts are counted in whole cents, so that sums are exact.

# "12.50" -> 1250
function cents(text,    parts) {
    split(text, parts, ".")
    return parts[1] * 100 + substr(parts[2] "00", 1, 2)
}

# 1250 -> "12.50"
function money(sum) {
    return sprintf("%d.%02d", sum / 100, sum % 100)
}
