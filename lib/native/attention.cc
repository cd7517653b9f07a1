// Self-attention (Vaswani et al. 2017, section 3.2) of texts of any length that lie one after another in
// [N, 3H]. Scores live in a core's cache, a few rows at a time, and are computed again in the backward pass from
// the log of the softmax's sum (Dao et al. 2022, section 3.1): nothing of size T × T is kept.
#include <cmath>

#include "functions.h"
#include "gemm.h"
#include "runtime.h"

namespace mrl {
namespace {

/** Rows of scores that are computed at a time. */
constexpr int64_t kBlock = 48;

/** One head of one text. */
template <class T>
struct Head {
  int64_t H, D, heads, head, start, L;
  /** Padded: width of a head, length of the text. */
  int64_t Dp, Lp;
  float scale;

  Head(int64_t width, int64_t heads, int64_t head, int64_t start, int64_t length)
      : H(width), D(width / heads), heads(heads), head(head), start(start), L(length),
        Dp(padded(width / heads)), Lp(padded(length)), scale(1 / std::sqrt(float(width / heads))) {}

  /** First value of part `which` (query, key, value) of qkv. */
  int64_t part(int which) const { return start * 3 * H + which * H + head * D; }

  /** Reads a part of qkv + bias, times `factor`: [L, Dp], 0 in the padding. */
  void read(const T* qkv, const float* bias, int which, float factor, float* to) const {
    readRows(qkv + part(which), 3 * H, bias + which * H + head * D, factor, to);
  }

  void readRows(const T* from, int64_t stride, const float* bias, float factor, float* to) const {
    for (int64_t i = 0; i < L; i++) {
      float* row = to + i * Dp;
#pragma omp simd
      for (int64_t d = 0; d < D; d++)
        row[d] = (toFloat(from[i * stride + d]) + (bias ? bias[d] : 0.f)) * factor;
      for (int64_t d = D; d < Dp; d++) row[d] = 0;
    }
  }

  /** [L, Dp] → [Dp, Lp], 0 in the padding; in squares, which a core's registers hold. */
  void transpose(const float* from, float* to) const {
    for (int64_t i = 0; i < Lp; i += kPad)
      for (int64_t d = 0; d < Dp; d += kPad)
        transposeSquare(from + i * Dp + d, std::min(kPad, L - i), to + d * Lp + i);
  }

  void transposeSquare(const float* from, int64_t rows, float* to) const {
    float square[kPad][kPad] = {};
    for (int64_t i = 0; i < rows; i++)
      for (int64_t d = 0; d < kPad; d++) square[d][i] = from[i * Dp + d];
    for (int64_t d = 0; d < kPad; d++) std::memcpy(to + d * Lp, square[d], sizeof square[d]);
  }

  void write(const float* from, float factor, T* to, int64_t stride) const {
    for (int64_t i = 0; i < L; i++)
      for (int64_t d = 0; d < D; d++) to[i * stride + d] = fromFloat<T>(from[i * Dp + d] * factor);
  }

  /** Writes a part of d qkv and its sums over the text. */
  void writeGradient(const float* from, int which, float factor, T* dqkv, float* dBias) const {
    const int64_t column = which * H + head * D;
    write(from, factor, dqkv + start * 3 * H + column, 3 * H);
    for (int64_t i = 0; i < L; i++)
      for (int64_t d = 0; d < D; d++) dBias[column + d] += from[i * Dp + d] * factor;
  }

  /** Scores of `rows` queries from row `first` on: q kᵀ (+ the bias of relative positions); −∞ in the padding. */
  void score(const float* q, const float* kT, const float* relative, int64_t reach, int64_t first,
             int64_t rows, float* scores) const {
    multiply({q + first * Dp, Dp, 1}, kT, Lp, scores, Lp, rows, Lp, D, false);
    for (int64_t i = 0; i < rows; i++) {
      float* row = scores + i * Lp;
      for (int64_t j = L; j < Lp; j++) row[j] = -INFINITY;
      if (!relative) continue;
      const float* bias = relative + head * (2 * reach - 1) + reach - 1 - (first + i);
      for (int64_t j = 0; j < L; j++) row[j] += bias[j];
    }
  }

  /** Asks for what the head after this one reads and writes in these rows, as no core foresees such strides. */
  void prefetchNext(const T* qkv, const T* context, int64_t first, int64_t rows) const {
    constexpr int64_t kLine = 64 / sizeof(T);
    for (int64_t i = first; i < first + rows; i++)
      for (int64_t d = D; d < 2 * D; d += kLine) {
        for (int which = 0; which < 3; which++)
          __builtin_prefetch(qkv + part(which) + i * 3 * H + d, 0, 2);
        __builtin_prefetch(context + (start + i) * H + head * D + d, 1, 2);
      }
  }

  /** Index of a row's first probability among all, for dropout. */
  uint32_t index(int64_t row) const {
    return static_cast<uint32_t>(((start + row) * heads + head) * 4096);
  }
};

/** How the texts lie, and by how much relative positions reach. */
struct Texts {
  const int32_t* offsets;
  int64_t count, reach;
  const float* relative;
  Texts(Call& call, int offsetsAt, int relativeAt)
      : offsets(call.in<int32_t>(offsetsAt)), count(call.size(offsetsAt) - 1),
        reach(call.size(relativeAt) ? (call.dim(relativeAt, 1) + 1) / 2 : 0),
        relative(reach ? call.in<float>(relativeAt) : nullptr) {}
};

/** The greatest of a row's scores. */
inline float largestScore(const float* row, int64_t Lp) {
  const auto* scores = reinterpret_cast<const Vector*>(row);
  Vector largest = scores[0];
  for (int64_t j = 1; j < Lp / kWidth; j++) largest = largerOf(scores[j], largest);
  return largestOf(largest);
}

/** Puts e^(score − largest) in the scores' place and returns their sum. */
inline float exponentiate(float* row, int64_t Lp, float largest) {
  auto* scores = reinterpret_cast<Vector*>(row);
  Vector sums{};
  for (int64_t j = 0; j < Lp / kWidth; j++) sums += scores[j] = exponential(scores[j] - largest);
  return sumOf(sums);
}

/** Heads of a text that one thread computes one after another, so that it can ask for the next one's values. */
constexpr int64_t kHeads = 4;

/** Calls `work(text, head)` for all, a few heads of a text at a time on each thread. */
template <class Work>
void overHeads(int64_t texts, int64_t heads, const Work& work) {
  const int64_t groups = (heads + kHeads - 1) / kHeads;
  Pool::get().run(texts * groups, [&](int64_t task) {
    const int64_t first = task % groups * kHeads;
    for (int64_t head = first; head < std::min(heads, first + kHeads); head++) work(task / groups, head);
  });
}

template <class T>
void attention(const Attributes& attributes, Call& call) {
  const int64_t N = call.dim(0, 0), H = call.dim(0, 1) / 3, heads = attributes.heads;
  const T* qkv = call.in<T>(0);
  const float* bias = call.in<float>(1);
  const Texts texts(call, 2, 3);
  const Dropout dropout(call.in<int32_t>(4), attributes.rate);
  T* context = call.out<T>(0, {N, H});
  float* logSums = call.out<float>(1, {N, heads});
  overHeads(texts.count, heads, [&](int64_t text, int64_t number) {
    const int64_t start = texts.offsets[text];
    const Head<T> head(H, heads, number, start, texts.offsets[text + 1] - start);
    const int64_t L = head.L, Lp = head.Lp, Dp = head.Dp;
    Scratch& memory = scratch();
    memory.reset(3 * L * Dp + Dp * Lp + kBlock * Lp);
    float *q = memory.take(L * Dp), *v = memory.take(L * Dp), *result = memory.take(L * Dp);
    float *kT = memory.take(Dp * Lp), *scores = memory.take(kBlock * Lp);
    head.read(qkv, bias, 1, 1, result);
    head.transpose(result, kT);
    head.read(qkv, bias, 0, head.scale, q);
    head.read(qkv, bias, 2, 1, v);
    for (int64_t first = 0; first < L; first += kBlock) {
      const int64_t rows = std::min(kBlock, L - first);
      head.score(q, kT, texts.relative, texts.reach, first, rows, scores);
      if (number + 1 < heads) head.prefetchNext(qkv, context, first, rows);
      // Row after row in each step: a core computes several at once where none waits for another.
      float largest[kBlock], sums[kBlock];
      for (int64_t i = 0; i < rows; i++) largest[i] = largestScore(scores + i * Lp, Lp);
      for (int64_t i = 0; i < rows; i++)
        sums[i] = exponentiate(scores + i * Lp, Lp, largest[i]);
      for (int64_t i = 0; i < rows; i++) {
        applyDropout(scores + i * Lp, L, dropout, head.index(first + i));
        logSums[(start + first + i) * heads + number] = largest[i] + std::log(sums[i]);
      }
      float* rowsOut = result + first * Dp;
      multiply({scores, Lp, 1}, v, Dp, rowsOut, Dp, rows, Dp, L, false);
      for (int64_t i = 0; i < rows; i++)
        for (int64_t d = 0; d < Dp; d++) rowsOut[i * Dp + d] /= sums[i];
    }
    head.write(result, 1, context + start * H + number * head.D, H);
  });
}

/** What the backward pass of every head reads and writes. */
template <class T>
struct Backward {
  const Texts& texts;
  Dropout dropout;
  const T *dContext, *qkv;
  const float *bias, *logSums;
  T* dqkv;
};

/** From a row of scores and of dP: the probabilities after dropout, and the scores' gradients P · (dP − Σ P · dP). */
inline void softmaxBackward(float* scores, float* change, float* probability, int64_t L, int64_t Lp,
                            float logSum, Dropout dropout, uint32_t index) {
  auto *s = reinterpret_cast<Vector*>(scores), *c = reinterpret_cast<Vector*>(change);
  auto* p = reinterpret_cast<Vector*>(probability);
  const int64_t count = Lp / kWidth;
  for (int64_t j = 0; j < count; j++) s[j] = p[j] = exponential(s[j] - logSum);
  if (dropout.on()) {
#pragma omp simd
    for (int64_t j = 0; j < L; j++) {
      const float factor = dropout.factor(index + uint32_t(j));
      scores[j] *= factor;
      change[j] *= factor;
    }
  }
  // In the padding dP is 0, and P as good as 0.
  Vector slopes{};
  for (int64_t j = 0; j < count; j++) slopes += p[j] * c[j];
  const float slope = sumOf(slopes);
  for (int64_t j = 0; j < count; j++) c[j] = p[j] * (c[j] - slope);
}

/** Gradients of one head of one text. `dRelative` is this head's row, or null. */
template <class T>
void headBackward(const Head<T>& head, const Backward<T>& with, float* dBias, float* dRelative) {
  const int64_t L = head.L, Lp = head.Lp, Dp = head.Dp, D = head.D, H = head.H;
  const int64_t reach = with.texts.reach;
  Scratch& memory = scratch();
  memory.reset(7 * L * Dp + 2 * Dp * Lp + (2 * kBlock + 1) * Lp);
  float *q = memory.take(L * Dp), *k = memory.take(L * Dp), *v = memory.take(L * Dp);
  float *d = memory.take(L * Dp), *dq = memory.take(L * Dp), *dk = memory.take(L * Dp);
  float *dv = memory.take(L * Dp), *kT = memory.take(Dp * Lp), *vT = memory.take(Dp * Lp);
  float *p = memory.take(kBlock * Lp), *ds = memory.take(kBlock * Lp), *whole = memory.take(Lp);
  head.read(with.qkv, with.bias, 0, head.scale, q);
  head.read(with.qkv, with.bias, 1, 1, k);
  head.read(with.qkv, with.bias, 2, 1, v);
  head.readRows(with.dContext + head.start * H + head.head * D, H, nullptr, 1, d);
  head.transpose(k, kT);
  head.transpose(v, vT);
  for (int64_t first = 0; first < L; first += kBlock) {
    const int64_t rows = std::min(kBlock, L - first);
    const bool add = first > 0;
    head.score(q, kT, with.texts.relative, reach, first, rows, p);
    multiply({d + first * Dp, Dp, 1}, vT, Lp, ds, Lp, rows, Lp, D, false);
    for (int64_t i = 0; i < rows; i++) {
      const float logSum = with.logSums[(head.start + first + i) * head.heads + head.head];
      softmaxBackward(p + i * Lp, ds + i * Lp, whole, L, Lp, logSum, with.dropout,
                      head.index(first + i));
      if (!dRelative) continue;
      float* sums = dRelative + reach - 1 - (first + i);
      for (int64_t j = 0; j < L; j++) sums[j] += ds[i * Lp + j];
    }
    multiply({ds, Lp, 1}, k, Dp, dq + first * Dp, Dp, rows, Dp, L, false);
    multiply({ds, 1, Lp}, q + first * Dp, Dp, dk, Dp, L, Dp, rows, add);
    multiply({p, 1, Lp}, d + first * Dp, Dp, dv, Dp, L, Dp, rows, add);
  }
  head.writeGradient(dq, 0, head.scale, with.dqkv, dBias);
  head.writeGradient(dk, 1, 1, with.dqkv, dBias);
  head.writeGradient(dv, 2, 1, with.dqkv, dBias);
}

/** d context, qkv, bias, the softmax's sums, … → d qkv, the bias's gradient, that of the relative positions. */
template <class T>
void attentionBackward(const Attributes& attributes, Call& call) {
  const int64_t N = call.dim(1, 0), H = call.dim(1, 1) / 3, heads = attributes.heads;
  const Texts texts(call, 4, 5);
  const Dropout dropout(call.in<int32_t>(6), attributes.rate);
  const Backward<T> with{texts,
                         dropout,
                         call.in<T>(0),
                         call.in<T>(1),
                         call.in<float>(2),
                         call.in<float>(3),
                         call.out<T>(0, {N, 3 * H})};
  float* dBias = call.out<float>(1, {3 * H});
  const int64_t width = texts.reach ? 2 * texts.reach - 1 : 0;
  float* dRelative = call.out<float>(2, {heads, width});
  std::fill(dRelative, dRelative + heads * width, 0.f);
  Partials sums(texts.count, 3 * H);
  const auto work = [&](int64_t text, int64_t number) {
    const int64_t start = texts.offsets[text];
    const Head<T> head(H, heads, number, start, texts.offsets[text + 1] - start);
    headBackward(head, with, sums.of(text), width ? dRelative + number * width : nullptr);
  };
  // A head's texts add to one row of `dRelative`: they follow each other.
  if (width)
    Pool::get().run(heads, [&](int64_t head) {
      for (int64_t text = 0; text < texts.count; text++) work(text, head);
    });
  else
    Pool::get().run(texts.count * heads, [&](int64_t task) { work(task / heads, task % heads); });
  sums.reduce(0, 3 * H, dBias);
}

const bool registered = [] {
  const Names attributes = {"T: {float, bfloat16}", "heads: int", "rate: float"};
  registerOperation<byType<attention<float>, attention<bf16>>>(
      "MrlAttention", attributes,
      {"qkv: T", "bias: float", "offsets: int32", "relative: float", "key: int32"},
      {"context: T", "logsums: float"});
  registerOperation<byType<attentionBackward<float>, attentionBackward<bf16>>>(
      "MrlAttentionBackward", attributes,
      {"dcontext: T", "qkv: T", "bias: float", "logsums: float", "offsets: int32",
       "relative: float", "key: int32"},
      {"dqkv: T", "dbias: float", "drelative: float"});
  return true;
}();

}  // namespace
}  // namespace mrl
