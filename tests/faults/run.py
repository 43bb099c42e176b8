#!/usr/bin/env python3
"""Plants faults in the evaluator and says which of them the second evaluator and the worked-out cases catch.

    tests/faults/run.py [CASES] [NUMBER | FIRST-LAST]... [--second]

Each fault of list.txt is an expression with another one in its place. All are planted at once in a copy of
the crate under target/, each behind a switch, so that the library is built once, and again only after it
changed; then the tests run with one switch on. With --second the worked-out cases are not asked.
"""

import os, re, subprocess, sys

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
scratch = os.path.join(root, "target", "planted", "earnest")

SWITCH = """//! Planted faults: which one is on.
use std::sync::LazyLock;
static ON: LazyLock<u32> = LazyLock::new(|| std::env::var("EARNEST_FAULT").map_or(0, |text| text.parse().unwrap_or(0)));
#[allow(clippy::all, reason = "a scratch copy")]
pub(crate) fn on(fault: u32) -> bool {
    *ON == fault
}
"""


def listed():
    """Each fault: file, context with the expression in it, what replaces it, why it cannot be seen."""
    faults, file, gathered = [], None, []
    for line in open(os.path.join(here, "list.txt"), encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("= ") and not gathered:
            faults[-1][3] = line[2:]
        elif line.startswith("src/") and not gathered:
            file = line
        elif gathered or (line and not line.startswith("#")):
            gathered.append(line)
            if "\t~ " in line:
                context, other = "\n".join(gathered).rsplit("\t~ ", 1)
                gathered = []
                faults.append([file, context, other, None])
    return faults


def planted(faults):
    """The texts of the files in which faults stand."""
    spans, texts = {}, {}
    for number, (file, context, other, _) in enumerate(faults, 1):
        if file not in texts:
            texts[file] = open(os.path.join(root, file), encoding="utf-8").read()
        text = texts[file]
        before, rest = context.split("«", 1)
        inside, after = rest.split("»", 1)
        place = text.find(before + inside + after)
        if place < 0 or text.find(before + inside + after, place + 1) >= 0:
            sys.exit(f"fault {number} in {file} does not stand there exactly once: {context!r}")
        start = place + len(before)
        spans.setdefault(file, {}).setdefault((start, start + len(inside)), []).append((number, other))
    for file, of_file in spans.items():
        text = texts[file]
        last = len(text) + 1
        for (start, end), others in sorted(of_file.items(), reverse=True):
            if end > last:
                sys.exit(f"two faults overlap in {file}: {text[start:end]!r}")
            last = start
            switched = "".join(f"if crate::planted::on({number}) {{ {other} }} else " for number, other in others)
            text = f"{text[:start]}({switched}{{ {text[start:end]} }}){text[end:]}"
        texts[file] = text
    lib = open(os.path.join(root, "src/lib.rs"), encoding="utf-8").read()
    texts["src/lib.rs"] = re.sub(r"\n((pub )?mod )", r"\nmod planted;\n\1", lib, count=1)
    texts["src/planted.rs"] = SWITCH
    return texts


def copy(faults):
    """Only what changed is written, so that only what changed is built."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout.split("\n")
    texts = {file: text.encode() for file, text in planted(faults).items()}
    for file in filter(lambda file: file and os.path.isfile(os.path.join(root, file)), files):
        texts.setdefault(file, open(os.path.join(root, file), "rb").read())
    for file, text in texts.items():
        path = os.path.join(scratch, file)
        if not os.path.exists(path) or open(path, "rb").read() != text:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "wb").write(text)
    for folder, _, names in os.walk(scratch):
        for name in names:
            if os.path.relpath(os.path.join(folder, name), scratch) not in texts:
                os.remove(os.path.join(folder, name))


def binary(env, test):
    build = ["cargo", "test", "--no-default-features", "--features", "files", "--test", test, "--no-run"]
    done = subprocess.run(build, cwd=scratch, env=env, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-6000:])
    return os.path.join(env["CARGO_TARGET_DIR"], re.search(r"\((?:.*target/)?(debug/deps/\S+)\)", done.stderr)[1])


def fails(path, env, *arguments):
    try:
        done = subprocess.run([path, *arguments], cwd=scratch, env=env, capture_output=True, timeout=300)
        return done.returncode != 0
    except subprocess.TimeoutExpired:
        return True


def main():
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    faults = listed()
    copy(faults)
    env = dict(os.environ, CARGO_TARGET_DIR=os.path.join(root, "target", "planted", "target"), EARNEST_STOP="1", EARNEST_SHOW="0")
    env["EARNEST_CASES"] = words[0] if words else "8000"
    tests = [("second", "random_programs"), ("semantics", "holds")][: 1 if "--second" in sys.argv else 2]
    tests = [(name, binary(env, name), argument) for name, argument in tests]
    for name, path, argument in tests:
        if fails(path, env, argument):
            sys.exit(f"{name} fails without a fault")
    wanted = []
    for word in words[1:]:
        first, _, last = word.partition("-")
        wanted.extend(range(int(first), min(int(last or first), len(faults)) + 1))
    caught, asked, missed = {}, 0, []
    for number in wanted or range(1, len(faults) + 1):
        file, context, other, unseen = faults[number - 1]
        env["EARNEST_FAULT"] = str(number)
        by = [name for name, path, argument in tests if fails(path, env, argument)]
        for name in by:
            caught[name] = caught.get(name, 0) + 1
        asked += unseen is None
        if unseen and by:
            sys.exit(f"fault {number} is caught by {by}, and should not be: {unseen}")
        if not unseen and "second" not in by:
            missed.append(str(number))
        said = " ".join(by) or ("equivalent" if unseen else "-")
        print(f"{number:3} {said:16} {file}: {context!r} ~ {other}", flush=True)
    print(f"{asked} faults that could be seen, caught by {caught}")
    print(f"not by the second evaluator: {' '.join(missed)}")


main()
