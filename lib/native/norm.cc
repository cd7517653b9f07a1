// Layer normalisation (Ba et al. 2016, section 3.1) with what stands around it in a transformer block.
#include <cmath>

#include "runtime.h"

namespace mrl {
namespace {

/** Normalises a row of `H` values in place and returns 1/σ. */
inline float normalise(float* row, int64_t H, float epsilon) {
  float sum = 0, squares = 0;
#pragma omp simd reduction(+ : sum)
  for (int64_t j = 0; j < H; j++) sum += row[j];
  const float mean = sum / H;
#pragma omp simd reduction(+ : squares)
  for (int64_t j = 0; j < H; j++) {
    row[j] -= mean;
    squares += row[j] * row[j];
  }
  const float inverse = 1 / std::sqrt(squares / H + epsilon);
  for (int64_t j = 0; j < H; j++) row[j] *= inverse;
  return inverse;
}

/** From dy of a row: g = dy · gain, then (g − mean g − x̂ · mean(g · x̂)) / σ in its place. */
inline void normaliseBackward(float* row, const float* normalised, float inverse, const float* gain,
                              int64_t H) {
  float sum = 0, product = 0;
#pragma omp simd reduction(+ : sum, product)
  for (int64_t j = 0; j < H; j++) {
    row[j] *= gain[j];
    sum += row[j];
    product += row[j] * normalised[j];
  }
  sum /= H;
  product /= H;
  for (int64_t j = 0; j < H; j++) row[j] = (row[j] - sum - normalised[j] * product) * inverse;
}

/** Where a normalisation's results go. */
template <class T>
struct Outputs {
  const int64_t H;
  float* const y;
  /** y as an operand of products; null for float32, where that is y itself. */
  T* const operand;
  /** x̂ and 1/σ, which the backward pass reads; null where there will be none. */
  T* const normalised;
  float* const inverse;

  Outputs(const Attributes& attributes, Call& call, int64_t N, int64_t H)
      : H(H),
        y(call.out<float>(0, {N, H})),
        operand(allocate<T>(call, 1, sizeof(T) != sizeof(float), {N, H})),
        normalised(allocate<T>(call, 2, attributes.stash, {N, H})),
        inverse(allocate<float>(call, 3, attributes.stash, {N, 1})) {}

  /** Writes y = dropout(x̂ · gain + shift) of a row, and what else is asked for. */
  void write(int64_t row, const float* values, float inverseOfRow, const float* gain,
             const float* shift, Dropout dropout) const {
    const int64_t at = row * H;
#pragma omp simd
    for (int64_t j = 0; j < H; j++) y[at + j] = values[j] * gain[j] + shift[j];
    applyDropout(y + at, H, dropout, uint32_t(at));
    if (inverse) inverse[row] = inverseOfRow;
    if (normalised)
      for (int64_t j = 0; j < H; j++) normalised[at + j] = fromFloat<T>(values[j]);
    if (operand)
      for (int64_t j = 0; j < H; j++) operand[at + j] = fromFloat<T>(y[at + j]);
  }

 private:
  /** An output of this shape, or an empty one and null. */
  template <class V>
  static V* allocate(Call& call, int i, bool wanted, std::initializer_list<int64_t> shape) {
    if (wanted) return call.out<V>(i, shape);
    call.out<V>(i, {0, 0});
    return nullptr;
  }
};

/** y = norm(dropout(branch + bias) + residual) · gain + shift. */
template <class T>
void addNorm(const Attributes& attributes, Call& call) {
  const int64_t N = call.dim(0, 0), H = call.dim(0, 1);
  const T* branch = call.in<T>(0);
  const float *bias = call.in<float>(1), *residual = call.in<float>(2);
  const float *gain = call.in<float>(3), *shift = call.in<float>(4);
  const Dropout dropout(call.in<int32_t>(5), attributes.rate);
  const Dropout none(nullptr, 0);
  const Outputs<T> to(attributes, call, N, H);
  overRows(N, [&](int64_t, int64_t first, int64_t last) {
    scratch().reset(H);
    float* values = scratch().take(H);
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * H;
#pragma omp simd
      for (int64_t j = 0; j < H; j++) values[j] = toFloat(branch[at + j]) + bias[j];
      applyDropout(values, H, dropout, uint32_t(at));
#pragma omp simd
      for (int64_t j = 0; j < H; j++) values[j] += residual[at + j];
      const float inverse = normalise(values, H, attributes.epsilon);
      to.write(row, values, inverse, gain, shift, none);
    }
  });
}

/** dy (+ a second part of it, or empty) → the residual's gradient, the branch's, gain's, shift's, bias's. */
template <class T>
void addNormBackward(const Attributes& attributes, Call& call) {
  const int64_t N = call.dim(0, 0), H = call.dim(0, 1);
  const float* dy = call.in<float>(0);
  const T* second = call.size(1) ? call.in<T>(1) : nullptr;
  const T* normalised = call.in<T>(2);
  const float *inverse = call.in<float>(3), *gain = call.in<float>(4);
  const Dropout dropout(call.in<int32_t>(5), attributes.rate);
  float* dResidual = call.out<float>(0, {N, H});
  T* dBranch = call.out<T>(1, {N, H});
  float *dGain = call.out<float>(2, {H}), *dShift = call.out<float>(3, {H});
  float* dBias = call.out<float>(4, {H});
  Partials sums((N + kRows - 1) / kRows, 3 * H);
  overRows(N, [&](int64_t piece, int64_t first, int64_t last) {
    float *gains = sums.of(piece), *shifts = gains + H, *biases = shifts + H;
    scratch().reset(2 * H);
    float *values = scratch().take(H), *x = scratch().take(H);
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * H;
#pragma omp simd
      for (int64_t j = 0; j < H; j++) values[j] = dy[at + j];
      if (second)
#pragma omp simd
        for (int64_t j = 0; j < H; j++) values[j] += toFloat(second[at + j]);
#pragma omp simd
      for (int64_t j = 0; j < H; j++) {
        x[j] = toFloat(normalised[at + j]);
        gains[j] += values[j] * x[j];
        shifts[j] += values[j];
      }
      normaliseBackward(values, x, inverse[row], gain, H);
      for (int64_t j = 0; j < H; j++) dResidual[at + j] = values[j];
      applyDropout(values, H, dropout, uint32_t(at));
#pragma omp simd
      for (int64_t j = 0; j < H; j++) {
        dBranch[at + j] = fromFloat<T>(values[j]);
        biases[j] += values[j];
      }
    }
  });
  sums.reduce(0, H, dGain);
  sums.reduce(H, H, dShift);
  sums.reduce(2 * H, H, dBias);
}

/** y = dropout(norm(word + position + type) · gain + shift), for token `ids` at `places`. */
template <class T>
void embed(const Attributes& attributes, Call& call) {
  const int64_t N = call.size(0), H = call.dim(2, 1);
  const int32_t *ids = call.in<int32_t>(0), *places = call.in<int32_t>(1);
  const float *words = call.in<float>(2), *positions = call.in<float>(3), *type = call.in<float>(4);
  const float *gain = call.in<float>(5), *shift = call.in<float>(6);
  const Dropout dropout(call.in<int32_t>(7), attributes.rate);
  for (int64_t i = 0; i < N; i++)
    if (ids[i] < 0 || ids[i] >= call.dim(2, 0) || places[i] < 0 || places[i] >= call.dim(3, 0))
      return call.fail("token " + std::to_string(ids[i]) + " at place " +
                       std::to_string(places[i]) + " is outside the tables");
  const Outputs<T> to(attributes, call, N, H);
  overRows(N, [&](int64_t, int64_t first, int64_t last) {
    scratch().reset(H);
    float* values = scratch().take(H);
    for (int64_t row = first; row < last; row++) {
      const float *word = words + ids[row] * H, *position = positions + places[row] * H;
      for (int64_t j = 0; j < H; j++) values[j] = word[j] + position[j] + type[j];
      const float inverse = normalise(values, H, attributes.epsilon);
      to.write(row, values, inverse, gain, shift, dropout);
    }
  });
}

/** dy (+ a second part) → the gradient of each token's sum of vectors, of gain and shift. */
template <class T>
void embedBackward(const Attributes& attributes, Call& call) {
  const int64_t N = call.dim(0, 0), H = call.dim(0, 1);
  const float* dy = call.in<float>(0);
  const T* second = call.size(1) ? call.in<T>(1) : nullptr;
  const T* normalised = call.in<T>(2);
  const float *inverse = call.in<float>(3), *gain = call.in<float>(4);
  const Dropout dropout(call.in<int32_t>(5), attributes.rate);
  float* dx = call.out<float>(0, {N, H});
  float *dGain = call.out<float>(1, {H}), *dShift = call.out<float>(2, {H});
  Partials sums((N + kRows - 1) / kRows, 2 * H);
  overRows(N, [&](int64_t piece, int64_t first, int64_t last) {
    float *gains = sums.of(piece), *shifts = gains + H;
    scratch().reset(H);
    float* x = scratch().take(H);
    for (int64_t row = first; row < last; row++) {
      const int64_t at = row * H;
      float* values = dx + at;
#pragma omp simd
      for (int64_t j = 0; j < H; j++) values[j] = dy[at + j];
      if (second)
#pragma omp simd
        for (int64_t j = 0; j < H; j++) values[j] += toFloat(second[at + j]);
      applyDropout(values, H, dropout, uint32_t(at));
      for (int64_t j = 0; j < H; j++) {
        x[j] = toFloat(normalised[at + j]);
        gains[j] += values[j] * x[j];
        shifts[j] += values[j];
      }
      normaliseBackward(values, x, inverse[row], gain, H);
    }
  });
  sums.reduce(0, H, dGain);
  sums.reduce(H, H, dShift);
}

const bool registered = [] {
  const Names attributes = {"T: {float, bfloat16}", "rate: float", "epsilon: float"};
  Names forward = attributes;
  forward.push_back("stash: bool");
  const Names results = {"y: float", "operand: T", "normalised: T", "inverse: float"};
  const Names gradients = {"dy: float",      "second: T",   "normalised: T",
                           "inverse: float", "gain: float", "key: int32"};
  registerOperation<byType<addNorm<float>, addNorm<bf16>>>(
      "MrlAddNorm", forward,
      {"branch: T", "bias: float", "residual: float", "gain: float", "shift: float", "key: int32"},
      results);
  registerOperation<byType<addNormBackward<float>, addNormBackward<bf16>>>(
      "MrlAddNormBackward", attributes, gradients,
      {"dresidual: float", "dbranch: T", "dgain: float", "dshift: float", "dbias: float"});
  registerOperation<byType<embed<float>, embed<bf16>>>(
      "MrlEmbed", forward,
      {"ids: int32", "places: int32", "words: float", "positions: float", "type: float",
       "gain: float", "shift: float", "key: int32"},
      results);
  registerOperation<byType<embedBackward<float>, embedBackward<bf16>>>(
      "MrlEmbedBackward", attributes, gradients, {"dx: float", "dgain: float", "dshift: float"});
  return true;
}();

}  // namespace
}  // namespace mrl
