// `lut` with NEON: one lookup for three weights of 16 rows, straight from memory; batches go through tiles.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>
#include <string.h>

#include "../common/activations-inl.h"
#include "../common/target-inl.h"
#include "trit3-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

enum { TILE_COLUMNS = 1008 };
#include "../common/tile-inl.h"
#include "trit3-tile-neon-inl.h"
#include "../common/tile-neon-inl.h"
#include "../common/tile-gemm-inl.h"

// MARK: - One vector

#include "lookup-neon-inl.h"
#include "trit3-lookup-inl.h"

CK_INLINE void look_up(byte_sums *sums, const uint8_t *table, uint8x16_t indices, int8x16_t signs) {
  const int8x16_t negative = vshrq_n_s8(signs, 7);
  const int8x16_t low = vqtbl1q_s8(vld1q_s8((const int8_t *)table), indices);
  const int8x16_t high = vqtbl1q_s8(vld1q_s8((const int8_t *)table + 16), indices);
  sums->low = vaddq_s8(sums->low, veorq_s8(low, negative));
  sums->high = vaddq_s8(sums->high, veorq_s8(high, negative));
}

// One block of 16 rows: the sums of its eight groups.
CK_INLINE byte_sums block_sums(const uint8_t *bytes, const uint8_t *tables) {
  byte_sums sums = {vdupq_n_s8(0), vdupq_n_s8(0)};
  int8x16_t signs = vld1q_s8((const int8_t *)bytes + TRIT3_SIGN_BYTES);
#pragma unroll
  for (int i = 0; i < TRIT3_GROUPS / 2; i++) {
    const uint8_t *table = tables + 2 * i * LOOKUP_TABLE_BYTES;
    const uint8x16_t pair = vld1q_u8(bytes + i * TRIT3_ROWS);
    look_up(&sums, table, vandq_u8(pair, vdupq_n_u8(15)), signs);
    signs = vaddq_s8(signs, signs);  // brings the next group's sign to bit 7
    look_up(&sums, table + LOOKUP_TABLE_BYTES, vshrq_n_u8(pair, 4), signs);
    signs = vaddq_s8(signs, signs);
  }
  return sums;
}

CK_INLINE void add_unit(const uint8_t *const weights[], int streams, const uint8_t *tables,
                        word_sums rows[][LOOKUP_PARTS]) {
#pragma unroll
  for (int block = 0; block < 2; block++) {
#pragma unroll
    for (int i = 0; i < streams * LOOKUP_PARTS; i++) {
      const int s = i / LOOKUP_PARTS, part = i % LOOKUP_PARTS;
      const uint8_t *bytes = weights[s] + block * TRIT3_BLOCK_BYTES + 16 * part;
      rows[s][part] = plus_block(rows[s][part], block_sums(bytes, tables + block * BLOCK_TABLE_BYTES));
    }
  }
}

#include "lookup-gemv-neon-inl.h"

// MARK: - Tables

// The table of columns 0, 4 and 8.
CK_INLINE void store_group(uint8_t *table, const int8_t *q) {
  // The digits of the numbers 0–13, where 4 = 9·0 + 3·1 + 1 and 5 = 9·1 − 3·1 − 1.
  static const int16_t first[16] = {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0};
  static const int16_t second[16] = {0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0};
  static const int16_t third[16] = {0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0};
  int16x8_t sums[2];
#pragma unroll
  for (int i = 0; i < 2; i++) {
    sums[i] = vmlaq_n_s16(vdupq_n_s16(-SHORTFALL), vld1q_s16(first + 8 * i), q[0]);
    sums[i] = vmlaq_n_s16(sums[i], vld1q_s16(second + 8 * i), q[4]);
    sums[i] = vmlaq_n_s16(sums[i], vld1q_s16(third + 8 * i), q[8]);
  }
  store_table(table, sums[0], sums[1]);
}

static void prepare_tables(const int8_t *q, size_t k, lookup_tables *out) {
  out->start = trit3_start(k);
  memset(out->unused, 0, sizeof out->unused);
  uint8_t *tables = out->tables;
  for (size_t column = 0; column < trit3_blocks(k) * TRIT3_COLUMNS; column += 12) {
    int8_t padded[12] = {0};
    if (column < k) memcpy(padded, q + column, k - column < sizeof padded ? k - column : sizeof padded);
    for (int i = 0; i < 4; i++, tables += LOOKUP_TABLE_BYTES) store_group(tables, padded + i);
  }
}

// As with AVX2, where it was measured.
enum { FEW_VECTORS = 10 };
#include "lookup-batches-inl.h"

CK_TARGET_END

static const ck_kernel lut_neon = {
    .name = "lut",
    .isa = "neon",
    .packing = "trit3",
    .summary = "three weights per lookup, exact tables in two byte parts, two streams of 32 rows; batches as in tiled",
    .needs = CK_ISA_NEON,
    .priority = 10,
    .verified = CK_VERIFIED_EMULATED,
    .prepared_bytes = prepared_bytes,
    .prepare = prepare,
    .gemv = gemv,
    .gemm = gemm,
};
CK_REGISTER_KERNEL(lut_neon);

#endif
