#!/usr/bin/env python3
"""Plants faults in the evaluator and says which of them the second evaluator and the worked-out cases catch.

    tests/faults/run.py [CASES] [FROM] [TO]

Each fault of list.txt is an expression with another one in its place. All are planted at once in a scratch
worktree, each behind a switch, so that the library is built once; then the tests run with one switch on.
"""

import os, re, subprocess, sys, tempfile

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
cases = sys.argv[1] if len(sys.argv) > 1 else "1500"

SWITCH = """//! Planted faults: which one is on.
use std::sync::LazyLock;
static ON: LazyLock<u32> = LazyLock::new(|| std::env::var("EARNEST_FAULT").map_or(0, |text| text.parse().unwrap_or(0)));
#[allow(clippy::all, reason = "a scratch copy")]
pub(crate) fn on(fault: u32) -> bool {
    *ON == fault
}
"""


def listed():
    """Each fault: file, context, the expression in it, what replaces it."""
    faults, file, gathered = [], None, []
    for line in open(os.path.join(here, "list.txt"), encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("#") or (not line and not gathered):
            continue
        if line.startswith("src/") and not gathered:
            file = line
            continue
        gathered.append(line)
        if "\t~ " in line:
            context, other = "\n".join(gathered).rsplit("\t~ ", 1)
            gathered = []
            faults.append((file, context, other))
    return faults


def plant(scratch, faults):
    spans = {}
    for number, (file, context, other) in enumerate(faults, 1):
        text = open(os.path.join(scratch, file), encoding="utf-8").read()
        before, rest = context.split("«", 1)
        inside, after = rest.split("»", 1)
        place = text.find(before + inside + after)
        if place < 0 or text.find(before + inside + after, place + 1) >= 0:
            sys.exit(f"fault {number} in {file} does not stand there exactly once: {context!r}")
        start = place + len(before)
        spans.setdefault(file, {}).setdefault((start, start + len(inside)), []).append((number, other))
    for file, of_file in spans.items():
        path = os.path.join(scratch, file)
        text = open(path, encoding="utf-8").read()
        last = len(text) + 1
        for (start, end), others in sorted(of_file.items(), reverse=True):
            if end > last:
                sys.exit(f"two faults overlap in {file}: {text[start:end]!r}")
            last = start
            planted = "".join(f"if crate::planted::on({number}) {{ {other} }} else " for number, other in others)
            text = f"{text[:start]}({planted}{{ {text[start:end]} }}){text[end:]}"
        open(path, "w", encoding="utf-8").write(text)
    lib = os.path.join(scratch, "src/lib.rs")
    text = open(lib, encoding="utf-8").read().replace("\nmod ", "\nmod planted;\nmod ", 1)
    if "mod planted;" not in text:
        text = text.replace("\npub mod ", "\nmod planted;\npub mod ", 1)
    open(lib, "w", encoding="utf-8").write(text)
    open(os.path.join(scratch, "src/planted.rs"), "w", encoding="utf-8").write(SWITCH)


def binary(scratch, env, test):
    build = ["cargo", "test", "--test", test, "--no-run"]
    done = subprocess.run(build, cwd=scratch, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-6000:])
    return os.path.join(env["CARGO_TARGET_DIR"], re.search(r"\((?:.*target/)?(debug/deps/\S+)\)", done.stderr)[1])


def fails(path, scratch, env, *arguments):
    try:
        done = subprocess.run([path, *arguments], cwd=scratch, env=env, capture_output=True, timeout=300)
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True


def main():
    faults = listed()
    scratch = os.path.join(tempfile.mkdtemp(), "earnest")
    subprocess.run(["git", "worktree", "add", "-q", "--detach", scratch], cwd=root, check=True)
    try:
        plant(scratch, faults)
        env = dict(os.environ, CARGO_TARGET_DIR=os.path.join(root, "target"), EARNEST_CASES=cases, EARNEST_STOP="1")
        second, semantics = binary(scratch, env, "second"), binary(scratch, env, "semantics")
        for name, path, argument in [("second", second, "random"), ("semantics", semantics, "holds")]:
            if fails(path, scratch, env, argument):
                sys.exit(f"{name} fails without a fault")
        first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
        last = int(sys.argv[3]) if len(sys.argv) > 3 else len(faults)
        by_second = by_any = 0
        for number in range(first, last + 1):
            file, context, other = faults[number - 1]
            env["EARNEST_FAULT"] = str(number)
            caught = [fails(second, scratch, env, "random"), fails(semantics, scratch, env, "holds")]
            by_second += caught[0]
            by_any += any(caught)
            words = ["second" if caught[0] else "-", "cases" if caught[1] else "-"]
            print(f"{number:3} {words[0]:6} {words[1]:5} {file}: {context!r} ~ {other}", flush=True)
        print(f"{last - first + 1} faults: {by_second} caught by the second evaluator, {by_any} by it or the cases")
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", scratch], cwd=root, check=False)


main()
