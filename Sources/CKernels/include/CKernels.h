// The whole contract between Swift and the C kernels: packings, kernels, dense kernels, vector operations, probes.
//
// Adding a kernel is adding one .c file that ends with one CK_REGISTER_* line: the row lands in a linker section,
// the registry walks the section, and every test, `tern list kernels` and every suite sees it. No other file changes.
// The linker sections are ELF's, as libpfm4 and libnuma are Linux's; Tern runs on Linux.
//
// Instruction sets are chosen at run time. A kernel file wraps its functions in
//     CK_TARGET_BEGIN("avx2,fma") … CK_TARGET_END        (common/target-inl.h)
// so no wide instruction can leak into the portable paths; there are no -march flags.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

// MARK: - Instruction sets

enum {
  CK_ISA_AVX2 = 1u << 0,
  CK_ISA_FMA = 1u << 1,
  CK_ISA_F16C = 1u << 2,
  CK_ISA_AVXVNNI = 1u << 3,
  CK_ISA_AVX512BW = 1u << 4,    // F, BW, VL, DQ together: what every AVX-512 server CPU since Skylake-SP has
  CK_ISA_AVX512VNNI = 1u << 5,
  CK_ISA_NEON = 1u << 6,
  CK_ISA_DOTPROD = 1u << 7,
  CK_ISA_I8MM = 1u << 8,
};

/// The CK_ISA_* bits that this CPU and its operating system support.
uint64_t ck_isa_detected(void);
/// The name of one CK_ISA_* bit ("avx2"), or NULL for a bit that means nothing.
const char *ck_isa_name(uint64_t bit);

// MARK: - Packings

/// How the ternary weights of one matrix [n, k] lie in memory: panels of `row_block` rows, one after another. Every
/// panel of a matrix has the same size, which depends on k alone, so a thread finds its rows by multiplication.
/// Missing rows of the last panel and missing columns of the last block hold zero weights.
typedef struct ck_packing {
  const char *name;        // stable, stands in records
  const char *summary;     // one sentence for `tern list kernels`
  double bits_per_weight;  // of a full block, padding not counted
  size_t row_block;        // rows of one panel
  size_t column_block;     // columns are padded to a multiple of this
  /// Bytes of one panel for k columns; a multiple of 64, so that every panel starts on a cache line.
  size_t (*panel_bytes)(size_t k);
  /// Packs `rows` ≤ row_block rows of weights in {-1, 0, +1}; row r starts at weights + r·stride.
  void (*pack_panel)(const int8_t *weights, size_t stride, size_t rows, size_t k, uint8_t *panel);
  /// The inverse of pack_panel.
  void (*unpack_panel)(const uint8_t *panel, size_t rows, size_t k, int8_t *weights, size_t stride);
} ck_packing;

// MARK: - Ternary kernels

/// Where a kernel has been proven equal to the scalar reference.
enum { CK_VERIFIED_HARDWARE = 0, CK_VERIFIED_EMULATED = 1 };

/// Exact products of ternary weights with int8 activations. Every kernel returns the same Int32 sums, to the bit:
///     sums[j][r] = Σ_k W[r][k] · q[j][k],   q in [-128, 127],   W in {-1, 0, +1}.
typedef struct ck_kernel {
  const char *name;     // the family, as a user spells it: "naive", "simd", "f16"
  const char *isa;      // "portable", "avx2", …: name@isa is the kernel's unique id
  const char *packing;  // the name of a registered packing
  const char *summary;
  uint64_t needs;       // CK_ISA_* bits
  int priority;         // within a name the highest available row wins; portable rows have 0
  int verified;         // CK_VERIFIED_*
  /// Bytes of one vector of k activations in the form the kernel reads when it meets m of them at once; a multiple of
  /// 64. The form may depend on m: tables pay for one vector, and would flood the cache for a hundred.
  size_t (*prepared_bytes)(size_t k, size_t m);
  /// Turns k activations into that form (pads, sums, widens, builds tables). Once per vector and input.
  /// `prepared` is 64-byte aligned.
  void (*prepare)(const int8_t *q, size_t k, size_t m, void *prepared);
  /// One vector, rows [row_begin, row_end): both are multiples of the packing's row_block, row_end may pass n, and
  /// sums[0..<row_end] has room for the padding rows (sums[r] belongs to row r, whatever row_begin is).
  void (*gemv)(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared,
               int32_t *sums);
  /// m ≥ 1 vectors, prepared for m; vector j lies at `prepared + j·prepared_bytes(k, m)`, its sums start at
  /// sums + j·stride. Rows as in gemv, which takes a vector prepared for m = 1. m = 1 must equal gemv.
  void (*gemm)(const uint8_t *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
               int32_t *sums, size_t stride);
} ck_kernel;

// MARK: - Dense kernels

/// The lane count of every floating-point reduction in this library, and with it the order of its additions:
/// lane l of 32 accumulates the products of columns k ≡ l (mod 32) in ascending order with one fused multiply-add
/// each (columns past the end count as zero); then lane[l] + lane[l+16] for l < 16, the same with 8, 4, 2 and 1.
/// One order for every instruction set, batch size and thread count: logits do not depend on how they were computed.
enum { CK_LANES = 32 };

/// Products of a dense matrix (row-major, rows without padding) with float activations: the output head.
///
/// Formats of floats ("f32", "f16", "bf16") read the activations as they are:
///     y[j][r] = Σ_k W[r][k] · x[j][k]    in the order of CK_LANES.
///
/// Formats of blocks ("q8_0", "q4_0", "q6_k", in ggml's bytes: common/blocks-inl.h) round the activations to int8 in
/// blocks of 32 when they are prepared (common/block-activations-inl.h); products are whole numbers, and floats meet
/// in one order, so that these too give the same bytes on every instruction set, batch and thread count. With d the
/// scale of a weight block, e that of an activation block, w and a the whole numbers:
///     q8_0, q4_0: 16 lanes. q8_0: block b adds to lane 8·(b mod 2) + i, i < 8, the products of its columns 4i … 4i+3;
///                 q4_0: to lane 4·(b mod 4) + i, i < 4, those of its columns 4i … 4i+3 and 16+4i … 16+4i+3.
///                 One step: lane = fma(float(Σ w·a), d·e, lane), blocks in ascending order, the row padded with zero
///                 blocks to a multiple of 8.
///     q6_k:       8 lanes. An activation block of 32 has the scale e·m, e of the 256 and a whole number m ≤ 32. With
///                 w = u − 32, u the unsigned code, and s the scale of a sub-block of 16, lane i of a block of 256 is
///                 the whole number Σ s·m·u·a over the columns k with (k mod 32) / 4 = i, less Σ 32·s·m·a over all
///                 columns of the sub-blocks 4·(i mod 4) + i / 4 and that plus 2: each sub-block's 32 is subtracted in
///                 one lane. One step: lane = fma(float(that), d·e, lane), blocks in ascending order.
/// Then lane[l] + lane[l + half] for l < half, half the lanes, a quarter and so on down to 1.
typedef struct ck_dense_kernel {
  const char *format;  // "f32", "f16", "bf16", "q8_0", "q4_0", "q6_k": how a weight is stored
  const char *isa;
  const char *summary;
  uint64_t needs;
  int priority;
  int verified;
  double bits_per_weight;
  size_t column_block;  // k is a multiple of this
  /// Bytes of one row of k weights.
  size_t (*row_bytes)(size_t k);
  /// Bytes of one vector of k activations in the form the kernel reads.
  size_t (*prepared_bytes)(size_t k);
  /// Turns k finite activations into that form; `prepared` is 64-byte aligned. NULL: the kernel reads the floats.
  void (*prepare)(const float *x, size_t k, void *prepared);
  /// Rows [row_begin, row_end) of m vectors; vector j is at prepared + j·prepared_bytes(k), y[j][r] is
  /// y[j·y_stride + r].
  void (*multiply)(const void *weights, size_t k, size_t row_begin, size_t row_end, const void *prepared, size_t m,
                   float *y, size_t y_stride);
  /// Decodes one row into floats (embedding lookup).
  void (*decode_row)(const void *weights, size_t k, size_t row, float *out);
} ck_dense_kernel;

// MARK: - Vector operations

/// Channels whose states lie side by side, a block: lane i of each row belongs to channel i.
enum { CK_SCAN_CHANNELS = 16 };

/// The selective scan of Mamba-1 (arXiv:2312.00752) over some tokens, for at most CK_SCAN_CHANNELS neighbours:
///     Δ = softplus(delta + delta_bias)      ln(1 + e^x): common/softplus-inl.h
///     h[s] = e^(Δ·decay[s])·h[s] + (Δ·u)·b[s]                            for every state s
///     y = skip·u + Σ_s h[s]·c[s]            one fused multiply-add per state, in ascending order
///     out = z / (1 + e^−z)·y
/// Pointers are to the first token and channel; rows of tokens lie a stride apart. No two arrays overlap.
typedef struct ck_scan {
  size_t tokens;
  size_t states;
  size_t channels;          // ≤ CK_SCAN_CHANNELS
  const float *delta_bias;  // [channels]
  const float *skip;        // [channels]
  const float *decay;       // [states, CK_SCAN_CHANNELS]
  float *hidden;            // [states, CK_SCAN_CHANNELS]: h before the first token, and behind the last one afterwards
  const float *delta;       // [tokens, channels]
  size_t delta_stride;
  const float *u;  // [tokens, channels]
  size_t u_stride;
  const float *z;  // [tokens, channels]
  size_t z_stride;
  const float *b;  // [tokens, states]
  const float *c;  // [tokens, states]
  size_t selected_stride;  // of b and of c
  float *y;                // [tokens, channels]; NULL where nobody reads it
  float *out;              // [tokens, channels]
  size_t out_stride;       // of y and of out
} ck_scan;

/// What a forward pass does between the matrices. Sums along a vector use the order of CK_LANES, those of multiply_add
/// the order of k; all products that feed an addition are fused; so every instruction set gives the same bytes.
/// vector/portable.c is the specification.
typedef struct ck_vector_ops {
  const char *isa;
  uint64_t needs;
  int priority;
  /// Σ a·b over n floats.
  float (*dot)(const float *a, const float *b, size_t n);
  /// y += a·x over n floats.
  void (*axpy)(float a, const float *x, float *y, size_t n);
  /// out = x · factor over n floats. out may be x.
  void (*scale)(const float *x, float factor, float *out, size_t n);
  /// y += x over n floats.
  void (*add)(const float *x, float *y, size_t n);
  /// max |x| over n floats; NaN if any x is NaN (the caller names the layer and the tensor).
  float (*max_abs)(const float *x, size_t n);
  /// out = weight · (x · scale): RMSNorm after its scale is known. out may be x.
  void (*scale_by_weights)(const float *x, float scale, const float *weight, float *out, size_t n);
  /// q = clamp(rint(x · scale), -128, 127), ties to even.
  void (*quantize)(const float *x, float scale, int8_t *q, size_t n);
  /// y = Float(sums) · scale.
  void (*rescale)(const int32_t *sums, float scale, float *y, size_t n);
  /// out = max(gate, 0)² · up. out may be gate.
  void (*relu2_multiply)(const float *gate, const float *up, float *out, size_t n);
  /// out = gate / (1 + e^−gate) · up. out may be gate.
  void (*silu_multiply)(const float *gate, const float *up, float *out, size_t n);
  /// out = gelu(gate) · up, gelu by the hyperbolic tangent (arXiv:1606.08415, common/gelu-inl.h). out may be gate.
  void (*gelu_multiply)(const float *gate, const float *up, float *out, size_t n);
  /// x = e^(x − largest), where largest = max x (−∞ for none, NaNs left out), and returns Σ x in the order of CK_LANES.
  /// e^x is ck_exp (common/exp-portable-inl.h), to about one unit in the last place; a NaN in x makes the sum NaN.
  float (*exponentials)(float *x, size_t n, float *largest);
  /// y[i][c] += Σ_j a[i][j] · b[j][c] for i < rows, j < k and c < n, with n a multiple of 8; rows lie a stride apart.
  /// Each sum begins with what y holds and takes one fused multiply-add per j, in ascending order: so it does not
  /// matter how rows, columns or k are cut into calls.
  void (*multiply_add)(const float *a, size_t a_stride, size_t rows, size_t k, const float *b, size_t b_stride,
                       size_t n, float *y, size_t y_stride);
  /// multiply_add with b in IEEE 754 halves, which widen exactly.
  void (*multiply_add_half)(const float *a, size_t a_stride, size_t rows, size_t k, const uint16_t *b, size_t b_stride,
                            size_t n, float *y, size_t y_stride);
  /// multiply_add with b in whole numbers, which are floats exactly.
  void (*multiply_add_int8)(const float *a, size_t a_stride, size_t rows, size_t k, const int8_t *b, size_t b_stride,
                            size_t n, float *y, size_t y_stride);
  /// What multiply_tile adds to at once: rows of y, a multiple of 4, and columns.
  size_t tile_rows;
  size_t tile_columns;
  /// multiply_add of one tile of y from packed panels, in the same order: a [k][tile_rows], b [k][tile_columns].
  void (*multiply_tile)(const float *a, const float *b, size_t k, float *y, size_t y_stride);
  /// half = x rounded to IEEE 754 halves, ties to even; beyond 65504 infinity.
  void (*halves)(const float *x, uint16_t *half, size_t n);
  /// Half-rotation RoPE of one head in place: pairs (i, i + half), a' = a·cos − b·sin, b' = b·cos + a·sin.
  void (*rope)(float *head, const float *cosines, const float *sines, size_t half);
  /// The scan of one block of channels. Lanes of hidden and decay past `channels` are finite and anyone's.
  void (*selective_scan)(const ck_scan *scan);
} ck_vector_ops;

// MARK: - Panels

/// Packs `lines` rows of x that run along k, a stride apart, into panels of `width` of them for multiply_tile:
/// out[p][j][i] = x[p · width + i][j] · factors[p · width + i], zeros past the last line. Without factors x alone.
void ck_pack_along(const float *x, size_t stride, size_t lines, size_t k, size_t width, const float *factors,
                   float *out);

/// Packs `lines` columns of x, whose k rows lie a stride apart, into the same panels:
/// out[p][j][i] = x[j][p · width + i] · factors[j], zeros past the last line.
void ck_pack_across(const float *x, size_t stride, size_t lines, size_t k, size_t width, const float *factors,
                    float *out);

// MARK: - Probes

/// The ceilings of the machine that a kernel is compared with: how fast memory can be read and how fast products can be
/// made; and how long a load takes whose address the load before it gave.
typedef struct ck_probe {
  const char *name;  // "read": bytes of memory; "int8", "fma": multiply-accumulates; "latency": dependent loads
  const char *isa;
  const char *summary;
  uint64_t needs;
  int priority;
  /// Writes into `bytes` bytes of buffer what `run` needs to find there. NULL: it takes any bytes, or none.
  void (*prepare)(uint8_t *buffer, size_t bytes);
  /// Does `work` units (bytes to read, multiply-accumulates, loads) and returns a value that depends on all of them, so
  /// that nothing can be optimised away. What works on memory walks the `bytes` > 0 bytes of buffer from the start,
  /// again and again until the work is done. buffer is 64-byte aligned; NULL with 0 bytes for what works on registers.
  ///     read:    a sum that is linear in the passes.
  ///     int8:    any value.
  ///     fma:     the number of multiply-adds that were made: `work` rounded up to what one step makes.
  ///     latency: the sum of the offsets that were loaded; the walk begins at offset 0.
  uint64_t (*run)(const uint8_t *buffer, size_t bytes, size_t work);
} ck_probe;

// MARK: - Synthetic weights

/// Row `row` of a synthetic ternary matrix: k weights in {-1, 0, +1}, each about a third, from a counter-based
/// generator, so that any row can be made on any thread and every packing holds the same weights.
void ck_synthetic_row(uint64_t seed, uint64_t row, size_t k, int8_t *weights);

// MARK: - Registries

/// The number of rows in each table, and row i of it. The order means nothing; names and priorities do.
size_t ck_packing_count(void);
const ck_packing *ck_packing_at(size_t i);
size_t ck_kernel_count(void);
const ck_kernel *ck_kernel_at(size_t i);
size_t ck_dense_kernel_count(void);
const ck_dense_kernel *ck_dense_kernel_at(size_t i);
size_t ck_vector_ops_count(void);
const ck_vector_ops *ck_vector_ops_at(size_t i);
size_t ck_probe_count(void);
const ck_probe *ck_probe_at(size_t i);

// `used` and `retain` keep a row that nothing refers to through --gc-sections.
#define CK_REGISTER_ROW(type, table, row) \
  __attribute__((used, retain, section(table))) static const type *const ck_registered_##row = &row
#define CK_REGISTER_PACKING(row) CK_REGISTER_ROW(ck_packing, "ck_packings", row)
#define CK_REGISTER_KERNEL(row) CK_REGISTER_ROW(ck_kernel, "ck_kernels", row)
#define CK_REGISTER_DENSE_KERNEL(row) CK_REGISTER_ROW(ck_dense_kernel, "ck_dense_kernels", row)
#define CK_REGISTER_VECTOR_OPS(row) CK_REGISTER_ROW(ck_vector_ops, "ck_vector_ops", row)
#define CK_REGISTER_PROBE(row) CK_REGISTER_ROW(ck_probe, "ck_probes", row)

#endif
