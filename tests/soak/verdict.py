"""Does a series grow? Medians of the first and the last quarter, a slope with its interval, and one word.

The slope is Theil and Sen's (the median of all pairwise slopes: a few outliers do not move it); its 95 % interval comes
from a moving-block bootstrap of the residuals, because samples that follow each other are alike.
"""
import random
import statistics

BLOCK = 6
ROUNDS = 200
PAIRS = 4000


def slope_of(times, values, dice):
    """Per unit of time. All pairs if they are few, else a sample of them."""
    count = len(times)
    if count * (count - 1) // 2 <= PAIRS:
        pairs = ((i, j) for i in range(count) for j in range(i + 1, count))
    else:
        pairs = ((min(p), max(p)) for p in (dice.sample(range(count), 2) for _ in range(PAIRS)))
    return statistics.median([(values[j] - values[i]) / (times[j] - times[i]) for i, j in pairs])


def interval(times, values, slope, dice):
    """95 % of what the slope could be, had the noise fallen otherwise."""
    centre = statistics.median(value - slope * time for time, value in zip(times, values))
    noise = [value - slope * time - centre for time, value in zip(times, values)]
    found = []
    for _ in range(ROUNDS):
        drawn = []
        while len(drawn) < len(noise):
            at = dice.randrange(max(1, len(noise) - BLOCK + 1))
            drawn += noise[at:at + BLOCK]
        again = [slope * time + centre + error for time, error in zip(times, drawn)]
        # ordinary least squares here: 200 rounds of all pairs would take longer than the run was worth
        mean_t, mean_v = statistics.fmean(times), statistics.fmean(again)
        found.append(sum((t - mean_t) * (v - mean_v) for t, v in zip(times, again)) / sum((t - mean_t) ** 2 for t in times))
    found.sort()
    return found[int(ROUNDS * 0.025)], found[int(ROUNDS * 0.975) - 1]


def judge(hours, values, allowed_share=0.0, allowed_more=0.0):
    """hours and values of one series, after the warm-up. What may be more at the end: a share of the first quarter, or
    an amount, whichever is larger.

    steady       the last quarter is not above the first by more than that
    grows        it is, and the slope's whole interval is above zero
    cannot say   it is, but the slope may as well be zero; or there are too few samples
    """
    pairs = [(hour, value) for hour, value in zip(hours, values) if value is not None]
    result = {"samples": len(pairs)}
    if len(pairs) < 12:
        return result | {"verdict": "cannot say"}
    hours, values = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    quarter = len(values) // 4
    first, last = statistics.median(values[:quarter]), statistics.median(values[-quarter:])
    dice = random.Random(1)
    slope = slope_of(hours, values, dice)
    low, high = interval(hours, values, slope, dice)
    allowed = max(allowed_more, abs(first) * allowed_share)
    verdict = "steady" if last - first <= allowed else "grows" if low > 0 else "cannot say"
    return result | {"first": first, "last": last, "slope_per_hour": slope, "slope_low": low, "slope_high": high,
                     "allowed": allowed, "verdict": verdict}


def levelling(hours, values):
    """For memory in a run that is shorter than its caches need to fill: the slopes of its thirds. "levels off" if the last is
    less than half of the first: not steady, and not a leak that goes on at its pace either. A longer run tells."""
    third = len(values) // 3
    dice = random.Random(2)
    slopes = [slope_of(hours[i * third:(i + 1) * third], values[i * third:(i + 1) * third], dice) for i in range(3)]
    return {"thirds": slopes, "verdict": "levels off" if slopes[2] < slopes[0] / 2 else "grows"}
