# What is done often; `just` alone lists it.

default:
    @just --list

# Exactly what the integration machine runs.
ci:
    bash .ci/run

# The quick half of it.
check:
    cargo fmt --check
    cargo clippy --all-targets -- -D warnings

# All tests.
test:
    cargo test

# Receipts a second and peak memory.
bench:
    cargo bench

# One fuzz target for some time: `just fuzz parse 60`.
fuzz target seconds="60":
    cargo +nightly fuzz run {{target}} -- -max_total_time={{seconds}}

# The pages of the library.
doc:
    RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --lib --open

# The size of every source file, largest last.
sizes:
    find src -name '*.rs' | xargs wc -l | sort -n
