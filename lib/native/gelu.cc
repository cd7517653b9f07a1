// Bias and GELU, exact form (Hendrycks & Gimpel 2016, section 2): x · Φ(x), of z + bias.
#include "functions.h"
#include "runtime.h"

namespace mrl {
namespace {

constexpr float kSqrtHalf = 0.70710678118654752f;
constexpr float kDensity = 0.39894228040143268f;  // 1 / √(2π)

template <class T>
void gelu(const Attributes&, Call& call) {
  const int64_t N = call.dim(0, 0), F = call.dim(0, 1);
  const T* z = call.in<T>(0);
  const float* bias = call.in<float>(1);
  T* y = call.out<T>(0, {N, F});
  overRows(N, [&](int64_t, int64_t first, int64_t last) {
    for (int64_t row = first; row < last; row++) {
      const T* from = z + row * F;
      T* to = y + row * F;
#pragma omp simd
      for (int64_t j = 0; j < F; j++) {
        const float x = toFloat(from[j]) + bias[j];
        to[j] = fromFloat<T>(0.5f * x * (1 + errorFunction(x * kSqrtHalf)));
      }
    }
  });
}

/** dy, z, bias → dz, y once more (for the gradient of the weights behind it), the bias's gradient. */
template <class T>
void geluBackward(const Attributes&, Call& call) {
  const int64_t N = call.dim(0, 0), F = call.dim(0, 1);
  const T *dy = call.in<T>(0), *z = call.in<T>(1);
  const float* bias = call.in<float>(2);
  T* dz = call.out<T>(0, {N, F});
  T* y = call.out<T>(1, {N, F});
  float* dBias = call.out<float>(2, {F});
  Partials sums((N + kRows - 1) / kRows, F);
  overRows(N, [&](int64_t piece, int64_t first, int64_t last) {
    float* sum = sums.of(piece);
    for (int64_t row = first; row < last; row++) {
      const T *d = dy + row * F, *from = z + row * F;
      T *to = dz + row * F, *again = y + row * F;
#pragma omp simd
      for (int64_t j = 0; j < F; j++) {
        const float x = toFloat(from[j]) + bias[j];
        const float share = 0.5f * (1 + errorFunction(x * kSqrtHalf));
        const float slope = share + x * kDensity * exponential(-0.5f * x * x);
        const float change = toFloat(d[j]) * slope;
        to[j] = fromFloat<T>(change);
        again[j] = fromFloat<T>(x * share);
        sum[j] += change;
      }
    }
  });
  sums.reduce(0, F, dBias);
}

const bool registered = [] {
  const Names type = {"T: {float, bfloat16}"};
  registerOperation<byType<gelu<float>, gelu<bf16>>>("MrlGelu", type, {"z: T", "bias: float"},
                                                     {"y: T"});
  registerOperation<byType<geluBackward<float>, geluBackward<bf16>>>(
      "MrlGeluBackward", type, {"dy: T", "z: T", "bias: float"},
      {"dz: T", "y: T", "dbias: float"});
  return true;
}();

}  // namespace
}  // namespace mrl
