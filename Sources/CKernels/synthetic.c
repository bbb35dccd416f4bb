// Synthetic ternary weights: eight weights from each 64-bit output of a counter-based generator.

#include "CKernels.h"

#include <string.h>

// The output function of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
static inline uint64_t mix(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

// Each byte b becomes (3·b >> 8) − 1: −1 for 86 of the 256 values of b, 0 and +1 for 85 each.
static inline uint64_t ternary_bytes(uint64_t bits) {
  const uint64_t even_bytes = 0x00ff00ff00ff00ffu;
  const uint64_t even = (((bits & even_bytes) * 3) >> 8) & even_bytes;
  const uint64_t odd = (((bits >> 8) & even_bytes) * 3) & ~even_bytes;
  // Minus one in every byte at once: the top bit is lent to each byte, so that no borrow crosses into the next.
  return (((even | odd) | 0x8080808080808080u) - 0x0101010101010101u) ^ 0x8080808080808080u;
}

void ck_synthetic_row(uint64_t seed, uint64_t row, size_t k, int8_t *weights) {
  const uint64_t stream = mix(mix(seed) + 0x9e3779b97f4a7c15u * (row + 1));
  const size_t whole = k / 8;
  for (size_t i = 0; i < whole; i++) {
    const uint64_t bytes = ternary_bytes(mix(stream + 0x9e3779b97f4a7c15u * (i + 1)));
    memcpy(weights + 8 * i, &bytes, 8);
  }
  const uint64_t bytes = ternary_bytes(mix(stream + 0x9e3779b97f4a7c15u * (whole + 1)));
  memcpy(weights + 8 * whole, &bytes, k % 8);
}
