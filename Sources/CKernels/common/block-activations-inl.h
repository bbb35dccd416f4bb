// Activations for weights in blocks: int8 in blocks of 32, the same whole numbers and scales for every kernel.
//
// The scale of a block is its own, so a large activation costs precision only to its 31 neighbours. For q6_k the eight
// scales of 256 activations are whole multiples of one number: the products of 256 weights then stay whole numbers and
// become a float once. A scale is at most 1/32 of the largest one above what it needs to be.

#ifndef CK_BLOCK_ACTIVATIONS_INL_H
#define CK_BLOCK_ACTIVATIONS_INL_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "half-inl.h"

// A product and a sum meet in one rounding nowhere here, whatever instructions there are.
#pragma STDC FP_CONTRACT OFF

enum {
  CK_ACTIVATION_BLOCK = 32,
  CK_GROUP_BLOCKS = 8,
  CK_GROUP = CK_ACTIVATION_BLOCK * CK_GROUP_BLOCKS,
  CK_ACTIVATION_MAX = 127,
  // The largest m. A lane of q6_k is then at most (32·63·127 + 2·32·(16·127))·128·32 < 2³¹ in magnitude.
  CK_MULTIPLE_MAX = 32,
};

/// Up to 256 activations, the rest zeros.
typedef struct ck_activation_group {
  int8_t a[CK_GROUP];
  float scale[CK_GROUP_BLOCKS];  // q8_0, q4_0: activation k is scale[k / 32]·a[k]
  float unit;                    // q6_k: activation k is unit·multiple[k / 32]·a[k]
  int8_t multiple[CK_GROUP_BLOCKS];
} ck_activation_group;

// Below this all activations of a block count as zeros, so that no scale or reciprocal of one nears the ends of a
// float.
#define CK_ACTIVATION_FLOOR 0x1p-60f

/// The largest magnitude of 32 finite floats. Magnitudes are in the order of their bits.
static inline float ck_block_magnitude(const float *x) {
  int32_t largest = 0;
  for (int i = 0; i < CK_ACTIVATION_BLOCK; i++) {
    const int32_t bits = (int32_t)(ck_bits_of_float(x[i]) & 0x7fffffffu);
    largest = bits > largest ? bits : largest;
  }
  return ck_float_of_bits((uint32_t)largest);
}

/// a = x·inverse rounded to a whole number, ties to even, at most 127 in magnitude.
static inline void ck_block_round(const float *x, float inverse, int8_t *a) {
  for (int i = 0; i < CK_ACTIVATION_BLOCK; i++) {
    // The last bit of a float near 1.5·2²³ is worth 1, so adding that number rounds; no product here exceeds 128.
    const int32_t whole = (int32_t)(ck_bits_of_float(x[i] * inverse + 0x1.8p23f) - ck_bits_of_float(0x1.8p23f));
    const int32_t low = whole < -CK_ACTIVATION_MAX ? -CK_ACTIVATION_MAX : whole;
    a[i] = (int8_t)(low > CK_ACTIVATION_MAX ? CK_ACTIVATION_MAX : low);
  }
}

// Copies what is left of k activations from `first` on, and zeros behind them.
static inline void ck_group_load(const float *x, size_t k, size_t first, float padded[CK_GROUP]) {
  const size_t count = k - first < CK_GROUP ? k - first : CK_GROUP;
  memcpy(padded, x + first, count * sizeof *x);
  memset(padded + count, 0, (CK_GROUP - count) * sizeof *x);
}

/// Rounds activations first … first + 255 of k, each block of 32 with a scale of its own.
static inline void ck_group_quantize(const float *x, size_t k, size_t first, ck_activation_group *group) {
  float padded[CK_GROUP];
  ck_group_load(x, k, first, padded);
  for (int b = 0; b < CK_GROUP_BLOCKS; b++) {
    const float magnitude = ck_block_magnitude(padded + CK_ACTIVATION_BLOCK * b);
    const int is_zero = magnitude < CK_ACTIVATION_FLOOR;
    group->scale[b] = is_zero ? 0 : magnitude / CK_ACTIVATION_MAX;
    ck_block_round(padded + CK_ACTIVATION_BLOCK * b, is_zero ? 0 : CK_ACTIVATION_MAX / magnitude,
                   group->a + CK_ACTIVATION_BLOCK * b);
  }
}

/// The same, with scales that are whole multiples of one.
static inline void ck_group_quantize_multiples(const float *x, size_t k, size_t first, ck_activation_group *group) {
  float padded[CK_GROUP];
  float magnitudes[CK_GROUP_BLOCKS];
  float largest = 0;
  ck_group_load(x, k, first, padded);
  for (int b = 0; b < CK_GROUP_BLOCKS; b++) {
    magnitudes[b] = ck_block_magnitude(padded + CK_ACTIVATION_BLOCK * b);
    largest = magnitudes[b] > largest ? magnitudes[b] : largest;
  }
  const int is_zero = largest < CK_ACTIVATION_FLOOR;
  group->unit = is_zero ? 0 : largest / (CK_ACTIVATION_MAX * CK_MULTIPLE_MAX);
  for (int b = 0; b < CK_GROUP_BLOCKS; b++) {
    const float wanted = is_zero ? 0 : magnitudes[b] / largest * CK_MULTIPLE_MAX;
    const int multiple = (int)wanted + ((float)(int)wanted < wanted);
    group->multiple[b] = (int8_t)multiple;
    ck_block_round(padded + CK_ACTIVATION_BLOCK * b, multiple == 0 ? 0 : 1 / (group->unit * (float)multiple),
                   group->a + CK_ACTIVATION_BLOCK * b);
  }
}

#endif
