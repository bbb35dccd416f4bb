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

/// Groups of a panel, those of its padding included.
static inline size_t escape5_groups(size_t k) { return escape5_blocks(k) * ESCAPE5_BLOCK_GROUPS; }

static inline size_t escape5_panel_bytes(size_t k) { return escape5_blocks(k) * ESCAPE5_BLOCK_BYTES; }

/// The weights t₀ and t₁ of the pair in bits 0 … 2 of a byte that is not escaped.
static const int8_t escape5_pairs[2][8] = {
    {-1, -1, -1, 0, 0, 1, 1, 1},
    {-1, 0, 1, -1, 1, -1, 0, 1},
};

/// The weights t₂, t₃ and t₄ of m = 9·t₂ + 3·t₃ + t₄. There is no m above 13.
static const int8_t escape5_triples[3][16] = {
    {0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0},
    {0, 0, 1, 1, 1, -1, -1, -1, 0, 0, 0, 1, 1, 1, 0, 0},
    {0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, -1, 0, 1, 0, 0},
};

static inline int escape5_is_escaped(uint8_t byte) { return (byte >> 3 & 15) >= ESCAPE5_FIRST_ESCAPE; }

/// The m of a byte.
static inline int escape5_triple(uint8_t byte) { return escape5_is_escaped(byte) ? byte & 15 : byte >> 3 & 15; }

/// The five weights of a byte.
static inline void escape5_decode(uint8_t byte, int8_t weights[ESCAPE5_GROUP]) {
  const int m = escape5_triple(byte);
  for (int i = 0; i < 2; i++) weights[i] = escape5_is_escaped(byte) ? 0 : escape5_pairs[i][byte & 7];
  for (int i = 0; i < 3; i++) weights[2 + i] = (int8_t)(byte & 128 ? -escape5_triples[i][m] : escape5_triples[i][m]);
}

#endif
