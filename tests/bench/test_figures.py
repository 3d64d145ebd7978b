"""What the benches make of their figures: a verdict needs every repeat and more than the noise, a quick run settles nothing, and
the report has a row for each goal, measured or not."""
import json
import os
import shutil
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases_calls  # noqa: E402
import measure  # noqa: E402
import report  # noqa: E402
import targets  # noqa: E402

import peers  # noqa: E402


def rows(*rates):
    return [{"calls_per_second": rate} for rate in rates]


class Ratios(unittest.TestCase):
    def test_each_ratio_is_taken_within_its_repeat(self):
        runs = {"ours": rows(100, 60, 90), "theirs": rows(50, 20, 30)}  # the machine was slower in the second
        self.assertEqual(cases_calls.ratio_and_range(runs, "ours", "theirs"), (3.0, 2.0, 3.0))

    def test_a_peer_that_answered_nothing_has_no_ratio(self):
        self.assertEqual(cases_calls.ratio_and_range({"ours": rows(9, 9), "theirs": rows(3, 0)}, "ours", "theirs"), (None, None, None))

    def test_verdicts(self):
        self.assertEqual(measure.judge((30, 29, 31), 25, 0.02), "met")
        self.assertEqual(measure.judge((20, 19, 21), 25, 0.02), "short")
        self.assertEqual(measure.judge((26, 24, 27), 25, 0.02), "within the noise")  # the repeats do not agree
        self.assertEqual(measure.judge((26, 25.5, 27), 25, 0.05), "within the noise")  # nearer than two equal runs are
        self.assertEqual(measure.judge((None, None, None), 25, 0.02), "not measured")
        self.assertEqual(measure.judge((1, 1, 1), None, 0.02), "")


class Report(unittest.TestCase):
    def setUp(self):
        self.out = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.out)

    def found(self, case=None, **result):
        if case:
            with open(os.path.join(self.out, f"{case}.json"), "w") as f:
                json.dump({"quick": False, **result}, f)
        return report.Goals(self.out).all()

    def row(self, found, goal):
        return next(row for row in found if row[0].startswith(goal))

    def test_nothing_measured_has_a_row_for_each_goal(self):
        found = self.found()
        self.assertEqual({row[1] for row in found}, {"not measured"})
        self.assertEqual({row[4] for row in found}, set(report.METHODS))

    def test_a_goal_is_met_or_not_or_too_near(self):
        def row(ratio, floor=0.02):
            return self.row(self.found("throughput", noise_floor=floor, ratios={"signalboxd queued, 1 worker": ratio},
                                       rows={"signalboxd queued, 1 worker": {"spread": 0.01}}), "calls/s, queued, 1 worker")
        self.assertEqual(row(0.9)[3], "met")
        self.assertEqual(row(0.7)[3], "NOT met")
        self.assertEqual(row(0.79)[3], "within the noise")

    def test_a_quick_run_settles_nothing(self):
        found = self.found("start", quick=True, rows={"empty data directory": {"p50_ms": 80, "min_ms": 70, "max_ms": 90}})
        self.assertEqual(self.row(found, "cold start")[3], "quick run")

    def test_fewer_streams_settle_nothing(self):
        found = self.found("many", rows={"signalboxd queued, 1 worker": {
            "streams": 1000, "begun": 2000, "clean": 2000, "errors": 0, "kib_per_stream": 20}})
        self.assertEqual(self.row(found, "8,000 streams, queued: none")[3], "1,000 only")

    def test_a_peers_verdict_is_the_runs_own(self):
        goal = {"peer": "smg", "mode": "queued", "least": 3, "ratio": 3.1, "low": 2.9, "high": 3.2, "verdict": "within the noise"}
        row = self.row(self.found("peers", noise_floor=0.01, goals=[goal]), "calls/s, queued: at least 3 x SMG")
        self.assertEqual(row[1:4], ("3.1 x", "floor 1.0%, 2.9 to 3.2", "within the noise"))


class Starting(unittest.TestCase):
    def test_what_never_becomes_ready_is_given_up_and_ended_with_its_children(self):
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder)
        target = peers.Gateway("stuck", targets.free_port())
        with self.assertRaises(targets.Unavailable):  # its first process goes at once, and leaves a child
            peers.launch(target, ["sh", "-c", "sleep 600 & echo $! >child"], folder, seconds=20)
        with open(os.path.join(folder, "child")) as f:
            stat = f"/proc/{int(f.read())}/stat"
        for _ in range(1000):  # the signal is sent; when it is obeyed is the system's affair
            if self.gone(stat):
                return
            time.sleep(0.01)
        self.fail("a child outlived its peer")

    @staticmethod
    def gone(stat):
        try:
            with open(stat) as f:
                return f.read().rsplit(")", 1)[1].split()[0] == "Z"
        except OSError:
            return True


if __name__ == "__main__":
    unittest.main()
