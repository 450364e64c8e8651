#!/usr/bin/env python3
"""Reads the reports of scripts/scan.sh; fails on anything above informational that is not accepted below."""

import json
import sys

# Every finding that may stay: its name, what it must be about (a part of the text), and why.
ACCEPTED = [
    (
        "Cross Site Request Forgery",
        "Lack of anti CSRF token",
        "forms of other sites are told by what browsers themselves say (Sec-Fetch-Site, Origin) and by SameSite cookies, "
        "not by a token; scripts/scan.sh sends such forms and demands 403, tests/flows have them too",
    ),
    (
        "engine_problem",
        "GOST",
        "not of the product: the scanner's own OpenSSL lacks an engine",
    ),
    (
        "sessionresumption_ticket",
        "check failed because of connect problem",
        "not of the product: on a busy machine the scanner does not connect in time; no tickets are given at all "
        "(no-tls-tickets in deploy/haproxy.cfg)",
    ),
]
TLS_INFORMATIONAL = {"OK", "INFO", "DEBUG"}


def findings(report):
    """Name and text of each finding above informational."""
    if isinstance(report, list):
        for finding in report:
            if finding["severity"] not in TLS_INFORMATIONAL:
                yield finding["id"], f"{finding['severity']}: {finding['finding']}"
        return
    for kind in ("vulnerabilities", "anomalies"):
        for name, found in report[kind].items():
            for finding in found:
                if finding["level"] > 0:
                    yield name, f"{finding['info']} ({finding['method']} {finding['path']}, {finding['parameter']})"


def main():
    left, accepted = [], {}
    for file in sys.argv[1:]:
        with open(file, encoding="utf-8") as report:
            for name, text in findings(json.load(report)):
                known = [entry for entry in ACCEPTED if entry[0] == name and entry[1] in text]
                if known:
                    accepted[known[0]] = accepted.get(known[0], 0) + 1
                else:
                    left.append(f"{file}: {name}: {text}")
    for (name, part, why), count in accepted.items():
        print(f"accepted, {count} times: {name}: {part}: {why}")
    print("\n".join(left) or "nothing above informational is left")
    sys.exit(bool(left))


main()
