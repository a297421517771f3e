# Sums the bookings of each account.
/^[0-9]/ { sum[$2] += cents($3) }

END {
    for (account in sum)
        printf "%-18s %10s\n", account, money(sum[account])
}
