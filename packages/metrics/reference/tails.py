"""Writes ../test/golden/tails.json: tails of F, t, chi-square and non-central F from mpmath at 50 digits, in every regime. Takes a few minutes.

pip install -r requirements.txt, then python tails.py
"""

import json
import math
import pathlib

import mpmath
from mpmath import erfc, exp, expm1, gammainc, inf, betainc, log, loggamma, mp, mpf, quad, sqrt

mp.dps = 50


def beyond(density, decay, drift, spread):
    """The density at the end times the integral of exp(-decay) outward, piece by piece."""
    scale = 2 / (drift + sqrt(drift * drift + 2 * spread))
    return density * quad(lambda s: exp(-decay(s)), [0] + [scale * 2**k for k in range(8)])


def f_tail(f, df1, df2):
    if df2 == inf:
        return chi_tail(mpf(f) * df1, df1)
    f, a, b = mpf(f), mpf(df2) / 2, mpf(df1) / 2
    x = a / (a + b * f)
    if max(a, b) < 2e4:
        return betainc(a, b, 0, x, regularized=True)
    n, y = a + b, 1 - x
    density = exp(a * log(x) + b * log(y) - loggamma(a) - loggamma(b) + loggamma(n))
    drift = n * y - b
    sign = 1 if drift >= 0 else -1
    tail = beyond(density, lambda s: n * log(x + y * exp(sign * s)) - sign * b * s, abs(drift), n * x * y)
    return tail if sign > 0 else 1 - tail


def chi_tail(x, df):
    a, x = mpf(df) / 2, mpf(x) / 2
    if a < 2e4:
        return gammainc(a, x, inf, regularized=True)
    density = exp(a * log(x) - x - loggamma(a))
    sign = 1 if x >= a else -1
    tail = beyond(density, lambda s: x * expm1(sign * s) - sign * a * s, abs(x - a), x)
    return tail if sign > 0 else 1 - tail


def noncentral(f, df1, df2, noncentrality):
    half, deviation = mpf(noncentrality) / 2, math.sqrt(noncentrality / 2)
    total = mpf(0)
    for j in range(max(0, int(half - 14 * deviation - 40)), int(half + 14 * deviation + 60)):
        more = df1 + 2 * j
        total += exp(j * log(half) - half - loggamma(j + 1)) * f_tail(mpf(f) * df1 / more, more, df2)
    return total


def rows(function, cells):
    for cell in cells:
        p = function(*cell)
        if p > mpf("1e-300"):
            yield [*("Infinity" if value == inf else float(value) for value in cell), float(p)]


f = [(f, df1, df2) for f in (1e-4, 0.3, 1, 1.000001, 4, 40, 1e4, 1e20) for df1 in (1, 3, 50, 1e9) for df2 in (0.5, 1, 3.7, 400, 1e5, 1e12, 1e16, inf)]
chi = [(df + m * math.sqrt(2 * df), df) for df in (0.5, 1, 2, 9, 100, 1e8, 1e14) for m in (-3, -0.1, 0, 1e-3, 2, 10, 30) if df + m * math.sqrt(2 * df) > 0]
t = [(t, df) for t in (1e-8, 0.1, 0.9, 1, 1.0000001, 5, 37, 1e4, 1e10, 1e200) for df in (0.3, 1, 4.3, 150, 1e7, 1e15, 1e17)]
nc = [(f, 1, df2, d) for f in (1, 4, 12) for df2 in (4, 15.2, 1e6, inf) for d in (0.5, 7.8, 40)]
nc += [(f, 3, df2, d) for f in (4, 300, 700) for df2 in (30, inf) for d in (1000,)]

path = pathlib.Path(__file__).parent.parent / "test" / "golden" / "tails.json"
tables = {
    "fTail": list(rows(f_tail, f)),
    "chiSquareTail": list(rows(chi_tail, chi)),
    "studentTwoSided": list(rows(lambda t, df: f_tail(mpf(t) ** 2, 1, df), t)) + list(rows(lambda t, df: erfc(t / sqrt(mpf(2))), [(t, inf) for t in (0.1, 1, 9, 37)])),
    "noncentralFTail": list(rows(noncentral, nc)),
}
made = f"mpmath {mpmath.__version__}, 50 digits, reference/tails.py"
lines = ",\n".join(f' "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in table) + "\n ]" for name, table in tables.items())
path.write_text(f'{{\n "made by": "{made}",\n{lines}\n}}\n')
