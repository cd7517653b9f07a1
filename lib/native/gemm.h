// Products of the small matrices inside attention, which stay in a core's cache.
#pragma once
#include <cstdint>

#include "functions.h"

namespace mrl {

/** Columns are padded to a multiple of this, whatever the machine. */
constexpr int64_t kPad = 16;
inline int64_t padded(int64_t n) { return (n + kPad - 1) / kPad * kPad; }

/** A matrix read value by value: a(m, k) = data[m · row + k · column]. */
struct Left {
  const float* data;
  int64_t row, column;
};

template <int ROWS, int VECTORS>
inline void tile(Left a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t K, bool add) {
  Vector sums[ROWS][VECTORS];
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < VECTORS; j++)
      sums[i][j] = add ? *(const Unaligned*)(c + i * ldc + j * kWidth) : Vector{};
  for (int64_t k = 0; k < K; k++) {
    Vector row[VECTORS];
    for (int j = 0; j < VECTORS; j++) row[j] = *(const Unaligned*)(b + k * ldb + j * kWidth);
#pragma GCC unroll 8
    for (int i = 0; i < ROWS; i++) {
      const float value = a.data[i * a.row + k * a.column];
#pragma GCC unroll 4
      for (int j = 0; j < VECTORS; j++) sums[i][j] += value * row[j];
    }
  }
  for (int i = 0; i < ROWS; i++)
    for (int j = 0; j < VECTORS; j++) *(Unaligned*)(c + i * ldc + j * kWidth) = sums[i][j];
}

template <int VECTORS>
inline void strip(Left a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t M, int64_t K,
                  bool add) {
  constexpr int kTall = 6;
  int64_t m = 0;
  const auto at = [&](int64_t row) { return Left{a.data + row * a.row, a.row, a.column}; };
  for (; m + kTall <= M; m += kTall)
    tile<kTall, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add);
  switch (M - m) {
    case 5: tile<5, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add); break;
    case 4: tile<4, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add); break;
    case 3: tile<3, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add); break;
    case 2: tile<2, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add); break;
    case 1: tile<1, VECTORS>(at(m), b, ldb, c + m * ldc, ldc, K, add); break;
  }
}

/** c = a b, or c += a b where `add`: [M, K] · [K, N] → [M, N]; N a multiple of kPad. */
inline void multiply(Left a, const float* b, int64_t ldb, float* c, int64_t ldc, int64_t M,
                     int64_t N, int64_t K, bool add) {
  int64_t n = 0;
  for (; n + 4 * kWidth <= N; n += 4 * kWidth) strip<4>(a, b + n, ldb, c + n, ldc, M, K, add);
  for (; n + 2 * kWidth <= N; n += 2 * kWidth) strip<2>(a, b + n, ldb, c + n, ldc, M, K, add);
  for (; n < N; n += kWidth) strip<1>(a, b + n, ldb, c + n, ldc, M, K, add);
}

}  // namespace mrl
