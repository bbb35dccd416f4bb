// The definition of correct: multiply, add, next. Every other kernel is tested against this one.

#include "CKernels.h"

#include <string.h>

#include "../common/align-inl.h"

static size_t prepared_bytes(size_t k, size_t m) {
  (void)m;  // the same form for every batch
  return ck_round_up(k, 64);
}

static void prepare(const int8_t *q, size_t k, size_t m, void *prepared) {
  memset(prepared, 0, prepared_bytes(k, m));
  memcpy(prepared, q, k);
}

static void gemv(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
                 int32_t *sums) {
  const size_t row_bytes = ck_round_up(k, 64);  // the packing's panel_bytes
  const int8_t *q = prepared;
  for (size_t row = row_begin; row < row_end; row++) {
    const int8_t *w = (const int8_t *)(weights + row * row_bytes);
    int32_t sum = 0;
    for (size_t i = 0; i < k; i++) sum += (int32_t)w[i] * (int32_t)q[i];
    sums[row] = sum;
  }
}

static void gemm(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                 int32_t *sums, size_t stride) {
  for (size_t j = 0; j < m; j++) {
    gemv(weights, k, row_begin, row_end, (const uint8_t *)prepared + j * prepared_bytes(k, m), sums + j * stride);
  }
}

static const ck_kernel naive_portable = {
    .name = "naive",
    .isa = "portable",
    .packing = "int8",
    .summary = "scalar reference: the definition of correct",
    .needs = 0,
    .priority = 0,
    .verified = CK_VERIFIED_HARDWARE,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(naive_portable);
