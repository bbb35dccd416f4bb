// Exact sums of table lookups: what `lut` and `lut2` share on every instruction set.
//
// A byte shuffle looks up bytes, and a table's entries E need ten bits. So E = 29·h + l, and both parts are looked up
// and summed as plain bytes over one block of eight lookups: |h| ≤ 14 and −15 ≤ l ≤ 14, and 8·15 = 120 fits. Then
// 29·Σh + Σl goes to int16 lanes, and those to Int32 before they can overflow. Nothing is rounded.

#ifndef CK_LOOKUP_INL_H
#define CK_LOOKUP_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  LOOKUP_BASE = 29,
  LOOKUP_ROWS = 32,
  LOOKUP_TABLE_BYTES = 32,  // 16 entries: their 16 bytes l, then their 16 bytes h
  // E·1130/2¹⁵ is E/29 to within 0.001: it rounds to the h that leaves −15 ≤ l ≤ 14 for every |E| ≤ 399.
  LOOKUP_RECIPROCAL = 1130,
  // Far enough to hide memory's latency at one core's bandwidth, near enough to stay in the first-level cache.
  LOOKUP_PREFETCH_BYTES = 3072,
};

/// One vector of activations as tables, in the order in which the weights meet them. The line that `start` takes also
/// keeps the tables of two vectors from starting 2ⁿ bytes apart.
typedef struct {
  int32_t start;  // what every row's sum starts from
  uint8_t unused[60];
  uint8_t tables[];
} lookup_tables;

#endif
