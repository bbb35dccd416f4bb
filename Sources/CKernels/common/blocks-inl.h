// Weights in blocks, byte for byte as ggml lays them out, so that a GGUF tensor can be read as it is.
// A block starts at an even address, no more: its scale d is an IEEE 754 half.

#ifndef CK_BLOCKS_INL_H
#define CK_BLOCKS_INL_H

#include <stddef.h>
#include <stdint.h>

#include "half-inl.h"

/// 32 weights d·w, w in [-128, 127].
typedef struct ck_block_q8_0 {
  uint16_t d;
  int8_t w[32];
} ck_block_q8_0;

/// 32 weights d·(u − 8), u in [0, 15]: byte i holds weight i in its low half and weight 16 + i in its high half.
typedef struct ck_block_q4_0 {
  uint16_t d;
  uint8_t u[16];
} ck_block_q4_0;

/// 256 weights d·s·(u − 32), u in [0, 63], one s for each 16. Each half of 128 weights has four rows of 32; row v's
/// weight i has its low four bits in ql[32·(v mod 2) + i], the low half for v < 2, and its high two in bits 2v of
/// qh[i].
typedef struct ck_block_q6_k {
  uint8_t ql[128];
  uint8_t qh[64];
  int8_t s[16];
  uint16_t d;
} ck_block_q6_k;

_Static_assert(sizeof(ck_block_q8_0) == 34 && sizeof(ck_block_q4_0) == 18 && sizeof(ck_block_q6_k) == 210,
               "ggml's blocks have no padding");

/// The whole numbers w of one block: weight i is d·w[i], in q6_k d·s[i / 16]·w[i].
static inline void ck_numbers_q8_0(const ck_block_q8_0 *block, int8_t w[32]) { memcpy(w, block->w, 32); }

static inline void ck_numbers_q4_0(const ck_block_q4_0 *block, int8_t w[32]) {
  for (int i = 0; i < 16; i++) {
    w[i] = (int8_t)((block->u[i] & 15) - 8);
    w[16 + i] = (int8_t)((block->u[i] >> 4) - 8);
  }
}

static inline void ck_numbers_q6_k(const ck_block_q6_k *block, int8_t w[256]) {
  for (int k = 0; k < 256; k++) {
    const int half = k / 128, v = k / 32 % 4, i = k % 32;
    const int low = block->ql[64 * half + 32 * (v % 2) + i] >> (v < 2 ? 0 : 4) & 15;
    const int high = block->qh[32 * half + i] >> 2 * v & 3;
    w[k] = (int8_t)((high << 4 | low) - 32);
  }
}

static inline void ck_decode_row_q8_0(const void *weights, size_t k, size_t row, float *out) {
  const ck_block_q8_0 *blocks = (const ck_block_q8_0 *)weights + row * (k / 32);
  for (size_t i = 0; i < k; i++) out[i] = ck_float_of_half(blocks[i / 32].d) * (float)blocks[i / 32].w[i % 32];
}

static inline void ck_decode_row_q4_0(const void *weights, size_t k, size_t row, float *out) {
  const ck_block_q4_0 *blocks = (const ck_block_q4_0 *)weights + row * (k / 32);
  for (size_t b = 0; b < k / 32; b++) {
    int8_t w[32];
    ck_numbers_q4_0(&blocks[b], w);
    for (int i = 0; i < 32; i++) out[32 * b + (size_t)i] = ck_float_of_half(blocks[b].d) * (float)w[i];
  }
}

/// d·s is exact in a float, so a weight is rounded once.
static inline void ck_decode_row_q6_k(const void *weights, size_t k, size_t row, float *out) {
  const ck_block_q6_k *blocks = (const ck_block_q6_k *)weights + row * (k / 256);
  for (size_t b = 0; b < k / 256; b++) {
    int8_t w[256];
    ck_numbers_q6_k(&blocks[b], w);
    for (int i = 0; i < 256; i++) {
      out[256 * b + (size_t)i] = ck_float_of_half(blocks[b].d) * (float)blocks[b].s[i / 16] * (float)w[i];
    }
  }
}

#endif
