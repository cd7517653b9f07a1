// exp and erf without branches, so that many are computed at once.
#pragma once
#include <cstdint>
#include <cstring>

namespace mrl {

// ── Values that an instruction takes together ────────────────────────────────────────────────────

#if defined(__AVX512F__)
constexpr int kWidth = 16;
#elif defined(__AVX2__)
constexpr int kWidth = 8;
#else
constexpr int kWidth = 4;
#endif

typedef float Vector __attribute__((vector_size(kWidth * 4)));
typedef float Unaligned __attribute__((vector_size(kWidth * 4), aligned(4)));
typedef uint32_t Whole __attribute__((vector_size(kWidth * 4)));

inline Vector largerOf(Vector a, Vector b) { return a > b ? a : b; }

/** Combines a vector's values to one; in halves, so that few steps wait for each other. */
template <class Combine>
inline float reduce(Vector x, const Combine& combine) {
  float values[kWidth];
  std::memcpy(values, &x, sizeof x);
  for (int half = kWidth / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) values[i] = combine(values[i], values[i + half]);
  return values[0];
}

inline float sumOf(Vector x) {
  return reduce(x, [](float a, float b) { return a + b; });
}

inline float largestOf(Vector x) {
  return reduce(x, [](float a, float b) { return a > b ? a : b; });
}

// ── Functions ────────────────────────────────────────────────────────────────────────────────────

/**
 * e^x of a float or of a vector of them, −87 ≤ x ≤ 88, to about 1e-7 of its value: 2^n · e^r with |r| ≤ ln 2 / 2, e^r
 * by its Taylor series. `Bits` is the unsigned integer, or the vector of them, of the same size.
 */
template <class Bits, class Float>
inline Float exponentialWithin(Float x) {
  // Adding 1.5 · 2^23 leaves the nearest whole number in the lower bits.
  const float magic = 12582912.f;
  const Float shifted = x * 1.44269504088896341f + magic;
  const Float n = shifted - magic;
  const Float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Float p = Float{} + 1.f / 5040;
  p = p * r + 1.f / 720;
  p = p * r + 1.f / 120;
  p = p * r + 1.f / 24;
  p = p * r + 1.f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.f;
  p = p * r + 1.f;
  Bits bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  bits = (bits + 127) << 23;
  Float power;
  std::memcpy(&power, &bits, sizeof power);
  return p * power;
}

/** e^x, 0 below −87. */
inline float exponential(float x) {
  const float low = -87.f, high = 88.f;
  const float clamped = x < low ? low : x > high ? high : x;
  const float power = exponentialWithin<uint32_t>(clamped);
  return x < low ? 0.f : power;
}

/** e^x of many values, none above 88; below −87 it gives e^−87, which no sum in float32 notices. */
inline Vector exponential(Vector x) {
  return exponentialWithin<Whole>(largerOf(x, Vector{} - 87.f));
}

/** erf x to about 2e-7: a quotient of polynomials on [−4, 4], ±1 to float32's precision outside (Eigen's fit). */
inline float errorFunction(float x) {
  const float c = x < -4.f ? -4.f : x > 4.f ? 4.f : x;
  const float s = c * c;
  float p = -2.72614225801306e-10f;
  p = p * s + 2.77068142495902e-08f;
  p = p * s - 2.10102402082508e-06f;
  p = p * s - 5.69250639462346e-05f;
  p = p * s - 7.34990630326855e-04f;
  p = p * s - 2.95459980854025e-03f;
  p = p * s - 1.60960333262415e-02f;
  float q = -1.45660718464996e-05f;
  q = q * s - 2.13374055278905e-04f;
  q = q * s - 1.68282697438203e-03f;
  q = q * s - 7.37332916720468e-03f;
  q = q * s - 1.42647390514189e-02f;
  return c * p / q;
}

}  // namespace mrl
