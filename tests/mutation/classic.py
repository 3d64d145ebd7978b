#!/usr/bin/env python3
"""The three classic bugs of gateways, put into the code on purpose: each must be caught by a test.

For every mutant: edit one line of a copy of the sources' tree in place, build the tests named, run them, and put the line back.
A mutant that no test notices is an error. Takes a minute per mutant; not part of `./dev test`.
usage: tests/mutation/classic.py [--build build/release]
"""
import argparse
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

MUTANTS = [
    # limits: refuse what is allowed, admit what is not
    ("a budget refuses what just fits", "gatewaycore/budget/ledger.cpp", "need <= available", "need < available", ["tst_ledger"]),
    ("a budget admits one too many", "gatewaycore/budget/ledger.cpp", "need <= available", "need <= available + 1", ["tst_ledger"]),
    ("a quota refuses what just fits", "gatewaycore/quota/bucket.h", "m_level + kRounding >= amount", "m_level > amount", ["tst_quota_plane"]),
    # the scorer sends traffic to a candidate that fails
    ("failures do not lower the score", "gatewaycore/routing/route.cpp", "std::max(kLeastHealth, health)", "1000", ["tst_route"]),
    ("failures raise the score", "gatewaycore/routing/route.cpp", "1000 - std::clamp(", "std::clamp(", ["tst_route"]),
    ("an open breaker is no objection", "gatewaycore/routing/filters.cpp", "Moment::Breaker::Open ? \"breaker_open\"", "Moment::Breaker::Open ? \"\"", ["tst_route"]),
    # a credential grants more than it was given
    ("every alias is allowed", "gatewaycore/credential/credential_book.cpp", "return listAllows(aliases, alias);", "return true;", ["tst_credential_book"]),
    ("a revoked credential resolves", "gatewaycore/credential/credential_book.cpp", "revokedAtMs", "expiresAtMs", ["tst_credential_book"]),
]


def run(build, tests):
    made = subprocess.run(["cmake", "--build", build, "--target", *tests], cwd=ROOT, capture_output=True, text=True)
    if made.returncode != 0:
        return None, made.stdout[-2000:]
    done = subprocess.run(["ctest", "--test-dir", build, "--output-on-failure", "-R", "^(" + "|".join(tests) + ")$"], cwd=ROOT,
                          capture_output=True, text=True)
    return done.returncode, done.stdout[-400:]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default="build/release")
    args = parser.parse_args()
    survived = 0
    for name, path, before, after, tests in MUTANTS:
        file = os.path.join(ROOT, path)
        with open(file) as source:
            text = source.read()
        if before not in text:
            print(f"stale     {name}: the line is not there any more")
            survived += 1
            continue
        try:
            with open(file, "w") as source:
                source.write(text.replace(before, after, 1))
            code, output = run(args.build, tests)
        finally:
            with open(file, "w") as source:
                source.write(text)
        if code is None:
            print(f"no build  {name}\n{output}")
            survived += 1
        elif code == 0:
            print(f"SURVIVED  {name} ({', '.join(tests)})")
            survived += 1
        else:
            print(f"caught    {name} ({', '.join(tests)})")
    print(f"{len(MUTANTS) - survived} of {len(MUTANTS)} caught")
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
