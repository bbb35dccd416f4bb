// The layout of the packing `escape5`: five weights to a byte, 1.6 bits each, made for table lookups by nibble.
//
// A panel is 32 rows. Its columns come in groups of five, 32 bytes each: byte r holds the weights t₀ … t₄ of row r. Two
// groups are a block, a cache line. A byte has three fields:
//
//     pair     u = 3·t₀ + t₁          in −4 … 4     nine values
//     triple   v = 9·t₂ + 3·t₃ + t₄   in −13 … 13   as a sign and m = |v|, fourteen values
//
// 9 · 14 · 2 = 252 codes fit a byte, and they split without a division because the ninth pair escapes into what the
// fourteen leave free of a nibble:
//
//     bit     7        6 … 3           2 … 0
//             sign     m               u, 0 left out       (u ≠ 0)
//             sign     14 + m / 8      m % 8               (u = 0)
//
// So bits 0 … 3 of an escaped byte are m as it stands, and adding 16 to the seven low bits carries into bit 7 exactly
// when the byte is escaped: an index that a byte shuffle answers with zero, what the pair (0, 0) is worth.

#ifndef CK_ESCAPE5_INL_H
#define CK_ESCAPE5_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  ESCAPE5_ROWS = 32,
  ESCAPE5_GROUP = 5,
  ESCAPE5_BLOCK_GROUPS = 2,
  ESCAPE5_COLUMNS = ESCAPE5_GROUP * ESCAPE5_BLOCK_GROUPS,
  ESCAPE5_BLOCK_BYTES = ESCAPE5_ROWS * ESCAPE5_BLOCK_GROUPS,
  ESCAPE5_FIRST_ESCAPE = 14,
  ESCAPE5_ZEROS = ESCAPE5_FIRST_ESCAPE << 3,  // the byte of five zero weights
};

static inline size_t escape5_blocks(size_t k) { return (k + ESCAPE5_COLUMNS - 1) / ESCAPE5_COLUMNS; }

static inline size_t escape5_panel_bytes(size_t k) { return escape5_blocks(k) * ESCAPE5_BLOCK_BYTES; }

/// The pair u that bits 0 … 2 of a byte that is not escaped stand for.
static inline int escape5_pair(int bits) { return bits < 4 ? bits - 4 : bits - 3; }

/// The five weights of a byte.
static inline void escape5_decode(uint8_t byte, int8_t weights[ESCAPE5_GROUP]) {
  const int field = byte >> 3 & 15;
  const int escaped = field >= ESCAPE5_FIRST_ESCAPE;
  const int m = escaped ? byte & 15 : field;
  const int u = escaped ? 0 : escape5_pair(byte & 7);
  const int v = byte & 128 ? -m : m;
  // Balanced digits: the quotient that is nearest, ties do not occur.
  const int high = (u + 4) / 3 - 1, first = (v + 13) / 9 - 1;
  const int second = (v - 9 * first + 4) / 3 - 1;
  weights[0] = (int8_t)high;
  weights[1] = (int8_t)(u - 3 * high);
  weights[2] = (int8_t)first;
  weights[3] = (int8_t)second;
  weights[4] = (int8_t)(v - 9 * first - 3 * second);
}

#endif
