"""Numbers that are a pure function of a name: those of test/hashStream.ts."""
import math, struct

M = 0xFFFFFFFF

def fnv1a(text):
    h = 0x811C9DC5
    for c in text:
        h = ((h ^ ord(c)) * 0x01000193) & M
    return h

def mix(t):
    t ^= t >> 16
    t = (t * 0x21F0AAAD) & M
    t ^= t >> 15
    t = (t * 0x735A2D97) & M
    return (t ^ (t >> 15)) & M

def stream(state, n):
    out = []
    for _ in range(n):
        state = (state + 0x9E3779B9) & M
        out.append(mix(state))
    return out

def f32(x):
    return struct.unpack("f", struct.pack("f", x))[0]

def noise(name, shape):  # [0, 1)
    return [f32(u / 2**32) for u in stream(fnv1a(name), math.prod(shape))]
