import Kernels

/// Products of ternary matrices with the activations that `quantize` prepared last. Each thread owns whole panels of
/// rows and finishes them: integer sums, then the one rescale, then what follows element by element.
extension Operations {
  /// y = W·x: [tokens, padded rows]; the rows between parts are left as they were.
  func multiply(_ linear: BitLinear, tokens: Int, into y: UnsafeMutablePointer<Float>) {
    let stride = linear.matrix.paddedRows
    pool.parallelRows(stride, multipleOf: linear.matrix.packing.rowBlock) { thread, rows in
      multiply(linear, rows: rows, tokens: tokens, thread: thread)
      for token in 0..<tokens {
        rescale(linear, rows: rows, token: token) { start, count, sums, scale in
          vectors.rescale(sums, scale: scale, into: y + token * stride + start, count: count)
        }
      }
    }
  }

  /// x += rms(W·x'), or W·x' without a norm: [tokens, width], the residual stream.
  ///
  /// A norm that overflows adds NaN, which the next quantization finds.
  func multiply(
    _ linear: BitLinear, tokens: Int, norm: [Float]?, addingTo x: UnsafeMutablePointer<Float>, width: Int
  ) {
    guard let norm else { return multiply(linear, tokens: tokens, addingTo: x, width: width) }
    multiply(linear, tokens: tokens, into: addend)
    addNormalised(stride: linear.stride, tokens: tokens, norm: norm, to: x, width: width)
  }

  /// x += rms(addend): addend [tokens, stride], of which the first `width` numbers of a row count.
  func addNormalised(stride: Int, tokens: Int, norm: [Float], to x: UnsafeMutablePointer<Float>, width: Int) {
    pool.parallelItems(tokens) { _, token in
      let row = addend + token * stride
      normalise(row, weight: norm, epsilon: choices.rmsNormEpsilon, into: row)
      vectors.add(row, to: x + token * width, count: width)
    }
  }

  /// x += W·x': [tokens, width].
  private func multiply(_ linear: BitLinear, tokens: Int, addingTo x: UnsafeMutablePointer<Float>, width: Int) {
    pool.parallelRows(linear.matrix.paddedRows, multipleOf: linear.matrix.packing.rowBlock) { thread, rows in
      let (y, _) = ownRows(thread)
      multiply(linear, rows: rows, tokens: tokens, thread: thread)
      for token in 0..<tokens {
        rescale(linear, rows: rows, token: token) { start, count, sums, scale in
          vectors.rescale(sums, scale: scale, into: y, count: count)
          vectors.add(y, to: x + token * width + start, count: count)
        }
      }
    }
  }

  /// h = activation(W_gate·x) · (W_up·x): [tokens, feedForward].
  ///
  /// A thread takes the same rows of both parts.
  func multiplyGated(_ linear: BitLinear, tokens: Int, into h: UnsafeMutablePointer<Float>) {
    let (gate, up) = (linear.parts[0], linear.parts[1])
    let stride = linear.matrix.paddedRows
    pool.parallelRows(up.rows.lowerBound, multipleOf: linear.matrix.packing.rowBlock) { thread, rows in
      let (gateRow, upRow) = ownRows(thread)
      let start = rows.lowerBound
      let count = min(rows.upperBound, gate.rows.upperBound) - start
      let upStart = up.rows.lowerBound + start
      multiply(linear, rows: rows, tokens: tokens, thread: thread)
      multiply(linear, rows: upStart..<upStart + rows.count, tokens: tokens, thread: thread)
      for token in 0..<tokens {
        let sums = sums + token * stride
        vectors.rescale(sums + start, scale: gate.scale / scales[token], into: gateRow, count: count)
        vectors.rescale(sums + upStart, scale: up.scale / scales[token], into: upRow, count: count)
        activate(gate: gateRow, up: upRow, count: count)
        (h + token * gate.rows.count + start).update(from: gateRow, count: count)
      }
    }
  }

  // MARK: - One thread's part

  /// sums[token][row] for some panels of rows and all tokens.
  func multiply(_ linear: BitLinear, rows: Range<Int>, tokens: Int, thread: Int) {
    let kernel = kernels[linear.role].kernel(vectors: tokens)
    let prepared = prepared.copy(of: thread)
    if tokens == 1 {
      kernel.multiply(linear.matrix, rows: rows, prepared: prepared, sums: sums)
    } else {
      kernel.multiply(
        linear.matrix, rows: rows, prepared: prepared, vectors: tokens, sums: sums, stride: linear.matrix.paddedRows)
    }
  }

  /// Calls `body` with each run of rows that belongs to one part: where it starts, how long it is, its sums, and the
  /// factor g / s from sums to outputs.
  private func rescale(
    _ linear: BitLinear, rows: Range<Int>, token: Int,
    _ body: (_ start: Int, _ count: Int, _ sums: UnsafePointer<Int32>, _ scale: Float) -> Void
  ) {
    let sums = sums + token * linear.matrix.paddedRows
    for part in linear.parts {
      let run = part.rows.clamped(to: rows)
      if !run.isEmpty { body(run.lowerBound, run.count, sums + run.lowerBound, part.scale / scales[token]) }
    }
  }
}
