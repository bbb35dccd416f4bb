// Ternary products with known sums.

#include "product.h"

#include <stdio.h>
#include <stdlib.h>

#include "contract.h"

const char *const filling_names[FILLINGS] = {
    "random", "all 127 times +1", "all 127 times -1", "all -128 times +1", "all -128 times -1", "aligned extremes",
};

static int8_t random_activation(uint64_t *state) {
  const uint64_t bits = next_random(state);
  return (bits >> 8 & 7) == 0 ? -128 : (int8_t)((int)(bits & 255) - 128);
}

static void fill_weights(const product *out, filling filling) {
  uint64_t state = 1 + out->columns;
  for (size_t row = 0; row < out->rows; row++) {
    // Every aligned row follows one pattern of signs, odd rows its opposite.
    if (filling == ALIGNED) state = 7;
    for (size_t column = 0; column < out->columns; column++) {
      int weight = (int)(next_random(&state) % 3) - 1;
      if (filling == ALIGNED) weight = (next_random(&state) & 1) == (row & 1) ? 1 : -1;
      if (filling == HIGHEST_TIMES_PLUS || filling == LOWEST_TIMES_PLUS) weight = 1;
      if (filling == HIGHEST_TIMES_MINUS || filling == LOWEST_TIMES_MINUS) weight = -1;
      out->weights[row * out->columns + column] = (int8_t)weight;
    }
  }
}

static void fill_activations(const product *out, filling filling) {
  uint64_t state = 2 + out->columns;
  for (size_t i = 0; i < out->vectors * out->columns; i++) {
    int8_t q = random_activation(&state);
    if (filling == HIGHEST_TIMES_PLUS || filling == HIGHEST_TIMES_MINUS) q = 127;
    if (filling == LOWEST_TIMES_PLUS || filling == LOWEST_TIMES_MINUS) q = -128;
    if (filling == ALIGNED) q = out->weights[i % out->columns] > 0 ? 127 : -128;
    out->activations[i] = q;
  }
}

static void sum_up(const product *out) {
  for (size_t j = 0; j < out->vectors; j++) {
    for (size_t row = 0; row < out->rows; row++) {
      const int8_t *w = out->weights + row * out->columns;
      const int8_t *q = out->activations + j * out->columns;
      int32_t sum = 0;
      for (size_t column = 0; column < out->columns; column++) sum += w[column] * q[column];
      out->expected[j * out->rows + row] = sum;
    }
  }
}

const product *product_of(size_t rows, size_t columns, size_t vectors, filling filling) {
  static struct {
    product product;
    int filling;
  } made[256];
  static size_t count;
  for (size_t i = 0; i < count; i++) {
    const product *p = &made[i].product;
    if (p->rows == rows && p->columns == columns && p->vectors == vectors && made[i].filling == (int)filling) {
      return p;
    }
  }
  if (count == sizeof made / sizeof made[0]) {
    fputs("more products than the table holds\n", stderr);
    exit(2);
  }
  product *out = &made[count].product;
  *out = (product){.rows = rows, .columns = columns, .vectors = vectors};
  out->weights = new_memory(rows * columns);
  out->activations = new_memory(vectors * columns);
  out->expected = new_memory(rows * vectors * sizeof(int32_t));
  fill_weights(out, filling);
  fill_activations(out, filling);
  sum_up(out);
  made[count].filling = (int)filling;
  count++;
  return out;
}
