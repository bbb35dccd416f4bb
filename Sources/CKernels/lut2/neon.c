// `lut2` with NEON: two lookups for four weights of 16 rows, straight from memory; batches go through tiles.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>
#include <string.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "planes2-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

enum { TILE_COLUMNS = 1024 };
#include "../common/tile-inl.h"
#include "planes2-tile-neon-inl.h"
#include "../common/tile-neon-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "../lut/lookup-neon-inl.h"
#include "planes2-lookup-inl.h"

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, uint8x16_t indices) {
  sums->low = vaddq_s8(sums->low, vqtbl1q_s8(vld1q_s8((const int8_t *)table), indices));
  sums->high = vaddq_s8(sums->high, vqtbl1q_s8(vld1q_s8((const int8_t *)table + 16), indices));
}

// One block of 16 rows: the sums of its four groups in both planes.
CK_INLINE byte_sums block_sums(const uint8_t *bytes, const uint8_t *tables) {
  byte_sums sums = {vdupq_n_s8(0), vdupq_n_s8(0)};
#pragma unroll
  for (int i = 0; i < PLANES2_GROUPS; i++) {
    const uint8x16_t planes = vld1q_u8(bytes + i * PLANES2_ROWS);
    look_up(&sums, tables + i * LOOKUP_TABLE_BYTES, vandq_u8(planes, vdupq_n_u8(15)));
    look_up(&sums, tables + i * LOOKUP_TABLE_BYTES, vshrq_n_u8(planes, 4));
  }
  return sums;
}

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables,
                        word_sums rows[][LOOKUP_PARTS]) {
#pragma unroll
  for (int i = 0; i < streams * LOOKUP_PARTS; i++) {
    const int s = i / LOOKUP_PARTS, part = i % LOOKUP_PARTS;
    rows[s][part] = plus_block(rows[s][part], block_sums(weights[s] + 16 * part, tables));
  }
}

#include "../lut/lookup-gemv-neon-inl.h"

// MARK: - Tables

// The table of columns 0, 4, 8 and 12. An entry is what the columns whose bits are set sum to, less half of what all
// four do, rounded down: within ±256.
CK_INLINE void store_group(uint8_t *table, const int8_t *q, int sum) {
  static const int16_t bits[3][8] = {{0, 1, 0, 1, 0, 1, 0, 1}, {0, 0, 1, 1, 0, 0, 1, 1}, {0, 0, 0, 0, 1, 1, 1, 1}};
  int16x8_t lower = vdupq_n_s16((int16_t)-(sum >> 1));
#pragma unroll
  for (int bit = 0; bit < 3; bit++) lower = vmlaq_n_s16(lower, vld1q_s16(bits[bit]), q[4 * bit]);
  store_table(table, lower, vaddq_s16(lower, vdupq_n_s16(q[12])));
}

// Both planes lack half of a group's sum, rounded down, and a code is the weight plus one: what is left to subtract is
// one for every group whose sum is odd.
static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  out->start = 0;
  memset(out->unused, 0, sizeof out->unused);
  uint8_t *tables = out->tables;
  for (size_t column = 0; column < k; column += PLANES2_COLUMNS) {
    int8_t padded[PLANES2_COLUMNS] = {0};
    memcpy(padded, q + column, k - column < sizeof padded ? k - column : sizeof padded);
    for (int i = 0; i < PLANES2_GROUPS; i++, tables += LOOKUP_TABLE_BYTES) {
      const int sum = padded[i] + padded[i + 4] + padded[i + 8] + padded[i + 12];
      store_group(tables, padded + i, sum);
      out->start -= sum & 1;
    }
  }
}

// As with AVX2, where it was measured.
enum { FEW_VECTORS = 8 };
#include "../lut/lookup-batches-inl.h"

CK_TARGET_END

static const ck_kernel lut2_neon = {
    .name = "lut2",
    .isa = "neon",
    .packing = "planes2",
    .summary = "two weights per lookup, exact tables in two byte parts, two streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut2_neon);

#endif
