// Panels for multiply_tile: what a tile multiplies at one step of k lies side by side, the next step behind it. Packing
// moves floats and is the same for every instruction set; four at a time are a register of every CPU.

#include "CKernels.h"

#include <string.h>

#include "common/target-inl.h"

typedef float floats4 __attribute__((vector_size(16)));

enum {
  CK_FLOATS_PER_LINE = 16,
  // Rows of x that are asked for before they are read: they lie so far apart that no CPU foresees the next.
  CK_PACK_AHEAD = 16,
};

CK_INLINE floats4 load4(const float *x) {
  floats4 out;
  memcpy(&out, x, sizeof(out));
  return out;
}

CK_INLINE void store4(float *out, floats4 x) { memcpy(out, &x, sizeof(x)); }

// Four rows of four floats become columns: out[j][0..<4] = {rows[0][j], …, rows[3][j]}, rows of out `width` apart.
CK_INLINE void transpose4(const floats4 rows[4], float *out, size_t width) {
  const floats4 low01 = __builtin_shufflevector(rows[0], rows[1], 0, 4, 1, 5);
  const floats4 high01 = __builtin_shufflevector(rows[0], rows[1], 2, 6, 3, 7);
  const floats4 low23 = __builtin_shufflevector(rows[2], rows[3], 0, 4, 1, 5);
  const floats4 high23 = __builtin_shufflevector(rows[2], rows[3], 2, 6, 3, 7);
  store4(out, __builtin_shufflevector(low01, low23, 0, 1, 4, 5));
  store4(out + width, __builtin_shufflevector(low01, low23, 2, 3, 6, 7));
  store4(out + 2 * width, __builtin_shufflevector(high01, high23, 0, 1, 4, 5));
  store4(out + 3 * width, __builtin_shufflevector(high01, high23, 2, 3, 6, 7));
}

// One line, or what is left of it.
CK_INLINE void pack_line(const float *x, size_t from, size_t k, size_t width, float factor, float *out) {
  for (size_t j = from; j < k; j++) out[j * width] = x[j] * factor;
}

// Four lines of one panel; `next` are those that come after them, NULL behind the last.
CK_INLINE void pack_lines4(const float *x, const float *next, size_t stride, size_t k, size_t width,
                           const float factors[4], float *out) {
  size_t j = 0;
  for (; j + 4 <= k; j += 4) {
    floats4 rows[4];
#pragma unroll
    for (size_t i = 0; i < 4; i++) {
      if (next != NULL && j % CK_FLOATS_PER_LINE == 0) __builtin_prefetch(next + i * stride + j);
      rows[i] = load4(x + i * stride + j) * factors[i];
    }
    transpose4(rows, out + j * width, width);
  }
  for (size_t i = 0; i < 4; i++) pack_line(x + i * stride, j, k, width, factors[i], out + i);
}

void ck_pack_along(const float *x, size_t stride, size_t lines, size_t k, size_t width, const float *factors,
                   float *out) {
  static const float ones[4] = {1, 1, 1, 1};
  for (size_t first = 0; first < lines; first += width, out += width * k) {
    const size_t count = lines - first < width ? lines - first : width;
    if (count < width) memset(out, 0, width * k * sizeof(float));
    size_t i = 0;
    for (; i + 4 <= count; i += 4) {
      const size_t line = first + i;
      const float *const next = line + 8 <= lines ? x + (line + 4) * stride : NULL;
      pack_lines4(x + line * stride, next, stride, k, width, factors == NULL ? ones : factors + line, out + i);
    }
    for (; i < count; i++) {
      const size_t line = first + i;
      pack_line(x + line * stride, 0, k, width, factors == NULL ? 1 : factors[line], out + i);
    }
  }
}

void ck_pack_across(const float *x, size_t stride, size_t lines, size_t k, size_t width, const float *factors,
                    float *out) {
  const size_t whole = lines / width * width;
  if (whole < lines) memset(out + whole * k, 0, width * k * sizeof(float));
  for (size_t j = 0; j < k; j++) {
    const float *const row = x + j * stride;
    const float factor = factors == NULL ? 1 : factors[j];
    for (size_t i = 0; j + CK_PACK_AHEAD < k && i < lines; i += CK_FLOATS_PER_LINE) {
      __builtin_prefetch(row + CK_PACK_AHEAD * stride + i);
    }
    for (size_t first = 0; first < lines; first += width) {
      const size_t count = lines - first < width ? lines - first : width;
      float *const target = out + first * k + j * width;
      size_t i = 0;
      for (; i + 4 <= count; i += 4) store4(target + i, load4(row + first + i) * factor);
      for (; i < count; i++) target[i] = row[first + i] * factor;
    }
  }
}
