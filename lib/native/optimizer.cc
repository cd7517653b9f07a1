// AdamW (Loshchilov & Hutter 2019, algorithm 2) and the length of a gradient, in one pass over memory each.
#include <cmath>

#include "runtime.h"

namespace mrl {
namespace {

constexpr int64_t kPiece = 1 << 16;

template <class Work>
void overPieces(int64_t size, const Work& work) {
  Pool::get().run((size + kPiece - 1) / kPiece, [&](int64_t piece) {
    work(piece, piece * kPiece, std::min(size, (piece + 1) * kPiece));
  });
}

/** value, gradient, mean, square, [factor, rate, root, decay] → the new value, mean and square. */
void adamW(const Attributes& attributes, Call& call) {
  const int64_t size = call.size(0);
  const float *value = call.in<float>(0), *gradient = call.in<float>(1);
  const float *mean = call.in<float>(2), *square = call.in<float>(3), *step = call.in<float>(4);
  float* newValue = call.out<float>(0, {size});
  float *newMean = call.out<float>(1, {size}), *newSquare = call.out<float>(2, {size});
  const float beta1 = attributes.beta1, beta2 = attributes.beta2, epsilon = attributes.epsilon;
  const float factor = step[0], rate = step[1], root = step[2], decay = step[3];
  overPieces(size, [&](int64_t, int64_t first, int64_t last) {
#pragma omp simd
    for (int64_t i = first; i < last; i++) {
      const float g = gradient[i] * factor;
      const float m = beta1 * mean[i] + (1 - beta1) * g;
      const float s = beta2 * square[i] + (1 - beta2) * g * g;
      newMean[i] = m;
      newSquare[i] = s;
      newValue[i] = value[i] * decay - rate * m / (std::sqrt(s) * root + epsilon);
    }
  });
}

void sumOfSquares(const Attributes&, Call& call) {
  const int64_t size = call.size(0);
  const float* x = call.in<float>(0);
  std::vector<double> sums((size + kPiece - 1) / kPiece);
  overPieces(size, [&](int64_t piece, int64_t first, int64_t last) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = first; i < last; i++) sum += double(x[i]) * x[i];
    sums[piece] = sum;
  });
  double whole = 0;
  for (double sum : sums) whole += sum;
  *call.out<float>(0, {}) = static_cast<float>(whole);
}

const bool registered = [] {
  registerOperation<adamW>(
      "MrlAdamW", {"beta1: float", "beta2: float", "epsilon: float"},
      {"value: float", "gradient: float", "mean: float", "square: float", "step: float"},
      {"newvalue: float", "newmean: float", "newsquare: float"});
  registerOperation<sumOfSquares>("MrlSumOfSquares", {}, {"x: float"}, {"sum: float"});
  return true;
}();

}  // namespace
}  // namespace mrl
