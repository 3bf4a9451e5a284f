// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The version that is imitated, where it decides something.

/// Whether a version is that one or a later one; what is no number counts as 0.
pub fn at_least(version: &str, wanted: (u64, u64, u64)) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= wanted
}

#[cfg(test)]
mod tests {
    use super::at_least;

    #[test]
    fn versions_are_compared_by_number() {
        assert!(at_least("0.4.12", (0, 4, 12)) && at_least("0.10.0", (0, 4, 12)) && at_least("1", (0, 4, 12)));
        assert!(!at_least("0.4.11", (0, 4, 12)) && !at_least("0.4", (0, 4, 1)));
    }
}
