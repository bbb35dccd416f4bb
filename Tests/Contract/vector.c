// Every set of vector operations gives the bytes of the portable one, over odd lengths and odd numbers.

#include "contract.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// The inputs of one case: ordinary numbers, and in every other case some that instruction sets treat apart.
typedef struct {
  size_t n;
  float *a;
  float *b;
  float *c;
  int32_t *integers;
} inputs;

static const uint32_t special[] = {
    0x3f000000, 0x3fc00000, 0x40200000, 0xbf000000, 0x42fd0000, 0x42ff0000, 0xc2ff0000, 0xc3008000,  // ties to round
    0x00000000, 0x80000000, 0x00000001, 0x807fffff, 0x00800000, 0x7f7fffff, 0xff7fffff, 0x4f32d05e,  // smallest, largest
    0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000,                                                  // infinite, NaN
};

static float *random_floats(uint64_t *state, size_t n, bool odd) {
  float *out = new_memory(n * sizeof(float));
  for (size_t i = 0; i < n; i++) {
    out[i] = next_float(state, 300);
    const uint64_t choice = next_random(state);
    if (odd && choice % 5 == 0) memcpy(out + i, &special[choice / 5 % (sizeof special / 4)], sizeof(float));
  }
  return out;
}

static inputs new_inputs(size_t n, uint64_t seed) {
  uint64_t state = seed;
  const bool odd = seed % 2 == 1;
  inputs out = {.n = n, .integers = new_memory(n * sizeof(int32_t))};
  out.a = random_floats(&state, n, odd);
  out.b = random_floats(&state, n, odd);
  out.c = random_floats(&state, n, odd);
  for (size_t i = 0; i < n; i++) out.integers[i] = (int32_t)(next_random(&state) >> 40) - (1 << 23);
  if (n > 1) {
    out.integers[0] = INT32_MAX;
    out.integers[1] = INT32_MIN;
  }
  return out;
}

static void free_inputs(inputs *x) {
  free(x->a);
  free(x->b);
  free(x->c);
  free(x->integers);
}

// What one operation writes into `out`, which holds c before. Returns the number of floats that it owns.
typedef size_t (*operation)(const ck_vector_ops *ops, const inputs *x, float *out);

static size_t run_dot(const ck_vector_ops *ops, const inputs *x, float *out) {
  const float sum = ops->dot(x->a, x->b, x->n);
  if (x->n > 0) out[0] = sum;
  return x->n;
}

static size_t run_axpy(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->axpy(1.7f, x->a, out, x->n);
  return x->n;
}

static size_t run_add(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->add(x->a, out, x->n);
  return x->n;
}

static size_t run_max_abs(const ck_vector_ops *ops, const inputs *x, float *out) {
  const float max = ops->max_abs(x->a, x->n);
  if (x->n > 0) out[0] = max;
  return x->n;
}

static size_t run_scale_by_weights(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->scale_by_weights(x->a, 0.3f, x->b, out, x->n);
  return x->n;
}

static size_t run_scale_in_place(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->scale_by_weights(out, 0.3f, x->b, out, x->n);
  return x->n;
}

static size_t run_quantize(const ck_vector_ops *ops, const inputs *x, float *out) {
  int8_t *q = new_memory(x->n);
  ops->quantize(x->a, 0.43f, q, x->n);
  for (size_t i = 0; i < x->n; i++) out[i] = q[i];
  free(q);
  return x->n;
}

static size_t run_rescale(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->rescale(x->integers, 0.013f, out, x->n);
  return x->n;
}

static size_t run_relu2_multiply(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->relu2_multiply(x->a, x->b, out, x->n);
  return x->n;
}

static size_t run_relu2_in_place(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->relu2_multiply(out, x->b, out, x->n);
  return x->n;
}

static size_t run_rope(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->rope(out, x->a, x->b, x->n / 2);
  return x->n / 2 * 2;
}

static const struct {
  const char *name;
  operation run;
} operations[] = {
    {"dot", run_dot},
    {"axpy", run_axpy},
    {"add", run_add},
    {"max_abs", run_max_abs},
    {"scale_by_weights", run_scale_by_weights},
    {"scale_by_weights in place", run_scale_in_place},
    {"quantize", run_quantize},
    {"rescale", run_rescale},
    {"relu2_multiply", run_relu2_multiply},
    {"relu2_multiply in place", run_relu2_in_place},
    {"rope", run_rope},
};

static float *result_of(operation run, const ck_vector_ops *ops, const inputs *x, size_t *count) {
  float *out = new_guarded(x->n * sizeof(float));
  if (x->n > 0) memcpy(out, x->c, x->n * sizeof(float));
  *count = run(ops, x, out);
  return out;
}

static bool is_same_operation(const ck_vector_ops *ops, const ck_vector_ops *portable, const inputs *x, size_t which) {
  size_t count;
  float *expected = result_of(operations[which].run, portable, x, &count);
  float *actual = result_of(operations[which].run, ops, x, &count);
  const char *name = operations[which].name;
  bool passed = is_guard_intact(actual, x->n * sizeof(float)) || failed("%s of %zu writes past its end", name, x->n);
  for (size_t i = 0; passed && i < x->n; i++) {
    const float wanted = i < count ? expected[i] : x->c[i];
    passed = is_same_float(actual[i], wanted) ||
             failed("%s of %zu: element %zu is %a instead of %a", name, x->n, i, (double)actual[i], (double)wanted);
  }
  free(expected);
  free(actual);
  return passed;
}

static const ck_vector_ops *portable_ops(void) {
  for (size_t i = 0; i < ck_vector_ops_count(); i++) {
    if (strcmp(ck_vector_ops_at(i)->isa, "portable") == 0) return ck_vector_ops_at(i);
  }
  return NULL;
}

// A NaN in any place is found.
static bool check_max_abs(const ck_vector_ops *ops) {
  for (size_t n = 1; n < 70; n++) {
    float *x = new_memory(n * sizeof(float));
    bool passed = true;
    for (size_t place = 0; passed && place < n; place++) {
      for (size_t i = 0; i < n; i++) x[i] = i == place ? (i % 2 == 0 ? NAN : -NAN) : INFINITY;
      passed = isnan(ops->max_abs(x, n)) || failed("max_abs of %zu misses the NaN at %zu", n, place);
    }
    free(x);
    if (!passed) return false;
  }
  return true;
}

bool check_vector_ops(const ck_vector_ops *ops) {
  const ck_vector_ops *portable = portable_ops();
  REQUIRE(portable != NULL, "there is no portable row to be compared with");
  for (size_t n = 0; n <= 300; n += n < 70 ? 1 : 23) {
    for (uint64_t seed = 0; seed < 6; seed++) {
      inputs x = new_inputs(n, seed + 100 * n);
      bool passed = true;
      for (size_t i = 0; passed && i < sizeof operations / sizeof operations[0]; i++) {
        passed = is_same_operation(ops, portable, &x, i);
      }
      free_inputs(&x);
      if (!passed) return false;
    }
  }
  return check_max_abs(ops);
}
