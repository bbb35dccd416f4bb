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

static size_t run_scale(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->scale(x->a, 0.3f, out, x->n);
  return x->n;
}

static size_t run_scale_alone(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->scale(out, -1.3f, out, x->n);
  return x->n;
}

static size_t run_silu_multiply(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->silu_multiply(x->a, x->b, out, x->n);
  return x->n;
}

static size_t run_silu_in_place(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->silu_multiply(out, x->b, out, x->n);
  return x->n;
}

static size_t run_gelu_multiply(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->gelu_multiply(x->a, x->b, out, x->n);
  return x->n;
}

static size_t run_gelu_in_place(const ck_vector_ops *ops, const inputs *x, float *out) {
  ops->gelu_multiply(out, x->b, out, x->n);
  return x->n;
}

static size_t run_exponentials(const ck_vector_ops *ops, const inputs *x, float *out) {
  float largest;
  ops->exponentials(out, x->n, &largest);
  return x->n;
}

// The sum, and the largest.
static size_t run_sum_of_exponentials(const ck_vector_ops *ops, const inputs *x, float *out) {
  float *values = new_memory(x->n * sizeof(float));
  for (size_t i = 0; i < x->n; i++) values[i] = x->c[i] / 16;
  float largest;
  const float sum = ops->exponentials(values, x->n, &largest);
  if (x->n > 0) out[0] = sum;
  if (x->n > 1) out[1] = largest;
  free(values);
  return x->n;
}

static size_t run_halves(const ck_vector_ops *ops, const inputs *x, float *out) {
  uint16_t *halves = new_memory(x->n * sizeof(uint16_t));
  ops->halves(x->a, halves, x->n);
  // A half's NaN may have any fraction.
  for (size_t i = 0; i < x->n; i++) out[i] = (halves[i] & 0x7fff) > 0x7c00 ? NAN : halves[i];
  free(halves);
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
    {"scale", run_scale},
    {"scale in place", run_scale_alone},
    {"silu_multiply", run_silu_multiply},
    {"silu_multiply in place", run_silu_in_place},
    {"gelu_multiply", run_gelu_multiply},
    {"gelu_multiply in place", run_gelu_in_place},
    {"exponentials", run_exponentials},
    {"the sum of exponentials", run_sum_of_exponentials},
    {"halves", run_halves},
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

// The arrays of a scan, one behind another; each row of tokens has a few floats to spare.
typedef struct {
  ck_scan scan;
  float *memory;
  float *written;  // hidden, y and out
  size_t count;
} scan_inputs;

static scan_inputs new_scan(size_t tokens, size_t states, size_t channels, uint64_t seed, bool has_y) {
  const size_t stride = channels + 3, selected_stride = 2 * states + 1;
  const size_t block = states * CK_SCAN_CHANNELS, rows = tokens * stride;
  const size_t count = 2 * channels + block + 3 * rows + tokens * selected_stride;
  uint64_t state = seed;
  float *const x = random_floats(&state, count, seed % 2 == 1);
  // Steps and decays as models have them: e^x of what is scaled to ±300 is mostly 0 or infinite.
  for (size_t i = 0; i < count; i++) x[i] /= 64;
  const size_t written = block + 2 * rows;
  float *const out = new_guarded(written * sizeof(float));
  for (size_t i = 0; i < written; i++) out[i] = next_float(&state, 2);
  float *const selected = x + 2 * channels + block + 3 * rows;
  const ck_scan scan = {
      .tokens = tokens, .states = states, .channels = channels, .delta_bias = x, .skip = x + channels,
      .decay = x + 2 * channels, .hidden = out, .delta = x + 2 * channels + block, .delta_stride = stride,
      .u = x + 2 * channels + block + rows, .u_stride = stride, .z = x + 2 * channels + block + 2 * rows,
      .z_stride = stride, .b = selected, .c = selected + states, .selected_stride = selected_stride,
      .y = has_y ? out + block : NULL, .out = out + block + rows, .out_stride = stride,
  };
  return (scan_inputs){.scan = scan, .memory = x, .written = out, .count = written};
}

// Whether a place of hidden, y and out belongs to a channel: the others are anyone's.
static bool is_scanned(const ck_scan *scan, size_t place) {
  const size_t block = scan->states * CK_SCAN_CHANNELS;
  return place >= block || place % CK_SCAN_CHANNELS < scan->channels;
}

static bool is_same_scan(const ck_vector_ops *ops, const ck_vector_ops *portable, size_t tokens, size_t states,
                         size_t channels, uint64_t seed) {
  scan_inputs expected = new_scan(tokens, states, channels, seed, seed % 3 > 0);
  scan_inputs actual = new_scan(tokens, states, channels, seed, seed % 3 > 0);
  portable->selective_scan(&expected.scan);
  ops->selective_scan(&actual.scan);
  bool passed = is_guard_intact(actual.written, actual.count * sizeof(float)) ||
                failed("selective_scan of %zu x %zu x %zu writes past its end", tokens, states, channels);
  for (size_t i = 0; passed && i < actual.count; i++) {
    passed = !is_scanned(&actual.scan, i) || is_same_float(actual.written[i], expected.written[i]) ||
             failed("selective_scan of %zu x %zu x %zu: element %zu is %a instead of %a", tokens, states, channels, i,
                    (double)actual.written[i], (double)expected.written[i]);
  }
  free(expected.memory);
  free(expected.written);
  free(actual.memory);
  free(actual.written);
  return passed;
}

static bool check_scan(const ck_vector_ops *ops, const ck_vector_ops *portable) {
  static const size_t states[] = {1, 2, 5, 16, 17};
  for (size_t channels = 1; channels <= CK_SCAN_CHANNELS; channels++) {
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++) {
      for (uint64_t seed = 0; seed < 12; seed++) {
        if (!is_same_scan(ops, portable, seed % 4, states[i], channels, seed + 100 * channels)) return false;
      }
    }
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
  return check_max_abs(ops) && check_matrices(ops, portable) && check_scan(ops, portable);
}
