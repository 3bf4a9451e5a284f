// SPDX-FileCopyrightText: 2026 The robustmq.placement_center developers
// SPDX-License-Identifier: GPL-3.0-or-later

//! The reference member's command line: `--conf FILE [--data-path DIR]`, or `fault ...` to switch faults.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match args.split_first() {
        Some((word, rest)) if word == "fault" => reference_member::fault(rest).map(|answer| println!("{answer}")),
        _ => reference_member::serve(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("reference-member: {error}");
            ExitCode::FAILURE
        }
    }
}
