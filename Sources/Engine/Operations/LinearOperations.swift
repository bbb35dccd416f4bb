import Kernels

/// Products of linear layers, dense or ternary, on all threads.
///
/// An input is prepared once and multiplied then: ternary weights want int8 activations in their kernel's form, which
/// lie in the scratch of `op`; dense ones the floats, normalised where there is a norm.
struct LinearOperations {
  let op: Operations
  // [batch, widest]
  let work: UnsafeMutablePointer<Float>
  /// [batch, widest input with a norm]: what a norm gives before dense weights; nil where none stands there.
  var normed: UnsafeMutablePointer<Float>?

  /// What `prepare` made of an input: the products take it.
  struct Input {
    /// [tokens, columns]: what dense weights are multiplied with.
    fileprivate let floats: UnsafePointer<Float>
  }

  /// Normalises each token's row, where there is a norm, and makes of it what the weights are multiplied with.
  ///
  /// Without a `site` the inputs are arbitrary, whatever is given, and nothing throws: for measuring products alone.
  ///
  /// - Throws: `EngineError` when an input of ternary weights, or what a norm gives, is not finite.
  func prepare(
    _ x: UnsafePointer<Float>, for linear: Linear, tokens: Int, norm: [Float]? = nil, at site: Site?
  ) throws -> Input {
    switch linear.weights {
    case .ternary(let ternary):
      if let site {
        try op.quantize(x, for: ternary, tokens: tokens, norm: norm, at: site)
      } else {
        op.prepareArbitrary(for: ternary, tokens: tokens)
      }
    case .dense:
      guard let norm, let site, let normed else { break }
      try op.normalise(x, tokens: tokens, norm: norm, into: normed, at: site)
      return Input(floats: UnsafePointer(normed))
    }
    return Input(floats: x)
  }

  /// y = W·x + b: y [tokens, stride].
  func multiply(_ linear: Linear, _ x: Input, tokens: Int, into y: UnsafeMutablePointer<Float>) {
    switch linear.weights {
    case .ternary(let ternary):
      op.multiply(ternary, tokens: tokens, into: y)
      guard let bias = linear.bias else { return }
      op.pool.parallelItems(tokens) { _, token in
        for (part, bias) in bias.enumerated() {
          op.vectors.add(bias, to: y + token * linear.stride + linear.starts[part], count: bias.count)
        }
      }
    case .dense(let matrices):
      op.pool.run { thread in
        for (part, product) in matrices.enumerated() {
          let rows = share(of: product.matrix, thread)
          guard !rows.isEmpty else { continue }
          let out = y + linear.starts[part]
          product.multiply(rows: rows, x.floats, tokens: tokens, into: out, stride: linear.stride)
          if let bias = linear.bias?[part] { add(bias, rows, to: out, tokens: tokens, stride: linear.stride) }
        }
      }
    }
  }

  /// x += W·y + b, or rms(W·y) where there is a norm: x [tokens, rows], the residual stream.
  func multiply(
    _ linear: Linear, _ y: Input, tokens: Int, norm: [Float]? = nil, addingTo x: UnsafeMutablePointer<Float>
  ) {
    let width = linear.parts[0]
    switch linear.weights {
    case .ternary(let ternary):
      op.multiply(ternary, tokens: tokens, norm: norm, addingTo: x, width: width)
      guard let bias = linear.bias?[0] else { return }
      op.pool.parallelItems(tokens) { _, token in op.vectors.add(bias, to: x + token * width, count: width) }
    case .dense(let matrices):
      if let norm {
        multiply(linear, y, tokens: tokens, into: op.addend)
        return op.addNormalised(stride: linear.stride, tokens: tokens, norm: norm, to: x, width: width)
      }
      op.pool.parallelRows(width, multipleOf: Operations.headRowBlock) { _, rows in
        matrices[0].multiply(rows: rows, y.floats, tokens: tokens, into: work, stride: width)
        for token in 0..<tokens {
          let start = token * width + rows.lowerBound
          op.vectors.add(work + start, to: x + start, count: rows.count)
        }
        if let bias = linear.bias?[0] { add(bias, rows, to: x, tokens: tokens, stride: width) }
      }
    }
  }

  /// h = activation(W_gate·x) · (W_up·x): [tokens, feedForward].
  func multiplyGated(_ linear: Linear, _ x: Input, tokens: Int, into h: UnsafeMutablePointer<Float>) {
    let width = linear.parts[0]
    switch linear.weights {
    case .ternary(let ternary): op.multiplyGated(ternary, tokens: tokens, into: h)
    case .dense(let matrices):
      op.pool.parallelRows(width, multipleOf: Operations.headRowBlock) { _, rows in
        matrices[0].multiply(rows: rows, x.floats, tokens: tokens, into: h, stride: width)
        matrices[1].multiply(rows: rows, x.floats, tokens: tokens, into: work, stride: width)
        for token in 0..<tokens {
          let start = token * width + rows.lowerBound
          op.activate(gate: h + start, up: work + start, count: rows.count)
        }
      }
    }
  }

  // MARK: - One thread's part

  private func share(of matrix: DenseMatrix, _ thread: Int) -> Range<Int> {
    ThreadPool.share(of: matrix.rows, block: Operations.headRowBlock, thread: thread, threads: op.pool.threads)
  }

  private func add(
    _ bias: [Float], _ rows: Range<Int>, to y: UnsafeMutablePointer<Float>, tokens: Int, stride: Int
  ) {
    bias.withUnsafeBufferPointer { bias in
      for token in 0..<tokens {
        op.vectors.add(
          bias.baseAddress! + rows.lowerBound, to: y + token * stride + rows.lowerBound, count: rows.count)
      }
    }
  }
}

/// Products of an input that has no norm, prepared and multiplied at once.
extension LinearOperations {
  /// y = W·x + b: x [tokens, columns], y [tokens, stride].
  ///
  /// - Throws: as `prepare`.
  func multiply(
    _ linear: Linear, _ x: UnsafePointer<Float>, tokens: Int, into y: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    multiply(linear, try prepare(x, for: linear, tokens: tokens, at: site), tokens: tokens, into: y)
  }

  /// x += W·y + b: y [tokens, columns], x [tokens, rows], the residual stream.
  ///
  /// - Throws: as `prepare`.
  func multiply(
    _ linear: Linear, _ y: UnsafePointer<Float>, tokens: Int, norm: [Float]? = nil,
    addingTo x: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    multiply(linear, try prepare(y, for: linear, tokens: tokens, at: site), tokens: tokens, norm: norm, addingTo: x)
  }

  /// h = activation(W_gate·x) · (W_up·x): [tokens, feedForward].
  ///
  /// - Throws: as `prepare`.
  func multiplyGated(
    _ linear: Linear, _ x: UnsafePointer<Float>, tokens: Int, into h: UnsafeMutablePointer<Float>, at site: Site?
  ) throws {
    multiplyGated(linear, try prepare(x, for: linear, tokens: tokens, at: site), tokens: tokens, into: h)
  }
}
