"""The verdicts of a soak run: a leak is found in noise, noise is no leak, and few samples say nothing."""
import random
import unittest

import verdict


def series(minutes, value):
    hours = [5 * i / 3600 for i in range(minutes * 12)]
    return hours, [value(hour) for hour in hours]


class Verdicts(unittest.TestCase):
    def setUp(self):
        self.dice = random.Random(7)

    def noise(self, size):
        return self.dice.gauss(0, size)

    def test_noise_is_steady(self):
        hours, values = series(10, lambda hour: 100 + self.noise(1))
        found = verdict.judge(hours, values, allowed_share=0.02)
        self.assertEqual(found["verdict"], "steady")
        self.assertLess(found["slope_low"], 0)
        self.assertGreater(found["slope_high"], 0)

    def test_a_leak_in_noise_grows(self):
        hours, values = series(10, lambda hour: 100 + 60 * hour + self.noise(1))
        found = verdict.judge(hours, values, allowed_share=0.02)
        self.assertEqual(found["verdict"], "grows")
        self.assertLess(found["slope_low"], 60)
        self.assertGreater(found["slope_high"], 60)

    def test_a_small_leak_within_the_allowance_is_steady_and_its_slope_is_shown(self):
        hours, values = series(10, lambda hour: 100 + 6 * hour)
        found = verdict.judge(hours, values, allowed_share=0.02)
        self.assertEqual(found["verdict"], "steady")
        self.assertAlmostEqual(found["slope_per_hour"], 6)

    def test_one_jump_of_noise_cannot_be_called_a_leak(self):
        hours = [5 * i / 3600 for i in range(12)]
        values = [0, 9, 0, 7, 0, 8, 0, 9, 0, 9, 9, 9]
        self.assertEqual(verdict.judge(hours, values)["verdict"], "cannot say")

    def test_falling_is_steady(self):
        hours, values = series(10, lambda hour: 100 - 30 * hour)
        self.assertEqual(verdict.judge(hours, values)["verdict"], "steady")

    def test_few_samples_say_nothing(self):
        self.assertEqual(verdict.judge([0, 1, 2], [1, 2, 3])["verdict"], "cannot say")
        self.assertEqual(verdict.judge([0] * 20, [None] * 20)["verdict"], "cannot say")

    def test_a_cache_that_fills_levels_off_and_a_leak_does_not(self):
        hours, values = series(10, lambda hour: 100 + 20 * (1 - 2.718 ** (-hour * 20)))
        self.assertEqual(verdict.levelling(hours, values)["verdict"], "levels off")
        hours, values = series(10, lambda hour: 100 + 60 * hour + self.noise(0.1))
        self.assertEqual(verdict.levelling(hours, values)["verdict"], "grows")

    def test_outliers_do_not_move_the_slope(self):
        hours, values = series(10, lambda hour: 100.0)
        values[50] = values[90] = 10_000
        self.assertAlmostEqual(verdict.judge(hours, values, allowed_share=0.02)["slope_per_hour"], 0, places=3)


if __name__ == "__main__":
    unittest.main()
