import Engine

/// The backward pass: every line of the forward pass, from the last to the first, as its gradient.
extension TrainingModel {
  /// Adds to all gradients what follows from `work.dStates`, the gradient of rms(x): [tokens, D].
  func backward(_ ids: [Int32]) {
    let (D, F) = (shape.hidden, shape.feedForward)
    let layout = parameters.layout
    let dx = work.dx.address
    op.clear(dx, tokens * D)
    normBackward(
      work.dStates.address, x: work.x.address, layout.finalNorm, inverses: work.inverses, width: D, into: dx)

    for (weights, layer) in zip(layout.layers, layers).reversed() {
      // x += W_down · subnorm(f), f = activation(gate) ∘ up
      var dInput = multiplyBackward([weights.down], layer.downInput, dy: dx, stride: D, width: F)
      let f = work.wide.address
      op.gate(
        shape.activation, gate: layer.gate.address, up: layer.up.address, rows: tokens, width: F, into: f)
      let df = work.dWide.address
      op.clear(df, tokens * F)
      normBackward(
        dInput, x: f, weights.feedForwardSubNorm, inverses: layer.downInput.inverses, width: F, into: df)
      // gate and up become their gradients.
      op.gateBackward(
        shape.activation, df: df, gate: layer.gate.address, up: layer.up.address, rows: tokens, width: F,
        work: work.rows.address)

      // gate, up = W · rms(x)
      dInput = clearedInput(D)
      multiplyBackward(weights.gate, layer.feedForwardInput, dy: layer.gate.address, stride: F, into: dInput)
      multiplyBackward(weights.up, layer.feedForwardInput, dy: layer.up.address, stride: F, into: dInput)
      normBackward(
        dInput, x: layer.feedForwardResidual.address, weights.feedForwardNorm,
        inverses: layer.feedForwardInput.inverses, width: D, into: dx)

      // x += W_o · subnorm(attention(qkv))
      let queryWidth = shape.queryWidth
      dInput = multiplyBackward([weights.output], layer.outputInput, dy: dx, stride: D, width: queryWidth)
      let dAttended = work.wide.address
      op.clear(dAttended, tokens * queryWidth)
      normBackward(
        dInput, x: layer.attended.address, weights.attentionSubNorm, inverses: layer.outputInput.inverses,
        width: queryWidth, into: dAttended)
      op.attendBackward(
        layer.qkv.address, dOut: dAttended, attention, sequences: sequences, work: work.attention.address,
        into: work.dQKV.address)
      op.rotate(work.dQKV.address, attention, angles, tokens: tokens, back: true)

      // qkv = W · rms(x)
      dInput = multiplyBackward(
        [weights.query, weights.key, weights.value], layer.attentionInput, dy: work.dQKV.address,
        stride: attention.stride, width: D)
      normBackward(
        dInput, x: layer.attentionResidual.address, weights.attentionNorm, inverses: layer.attentionInput.inverses,
        width: D, into: dx)
    }
    op.embedBackward(ids, dx, width: D, into: parameters.gradients(layout.embedding))
  }

  /// The gradient of the input of projections whose outputs lie side by side: [tokens, width].
  private func multiplyBackward(
    _ parts: [ParameterLayout.Entry], _ input: LayerActivations.NormalisedInput, dy: UnsafePointer<Float>,
    stride: Int, width: Int
  ) -> UnsafeMutablePointer<Float> {
    let dInput = clearedInput(width)
    var offset = 0
    for part in parts {
      multiplyBackward(part, input, dy: dy + offset, stride: stride, into: dInput)
      offset += part.shape[0]
    }
    return dInput
  }

  private func multiplyBackward(
    _ entry: ParameterLayout.Entry, _ input: LayerActivations.NormalisedInput, dy: UnsafePointer<Float>,
    stride: Int, into dInput: UnsafeMutablePointer<Float>
  ) {
    op.multiplyBackward(
      projection(entry), input.quantized, tokens: tokens, dy: dy, stride: stride, factors: work.factors.address,
      into: dInput)
  }

  /// Zeros for the gradient of a projection's input: [tokens, width].
  private func clearedInput(_ width: Int) -> UnsafeMutablePointer<Float> {
    op.clear(work.wideGradient.address, tokens * width)
    return work.wideGradient.address
  }

  private func normBackward(
    _ dy: UnsafePointer<Float>, x: UnsafePointer<Float>, _ weight: ParameterLayout.Entry, inverses: Floats,
    width: Int, into dx: UnsafeMutablePointer<Float>
  ) {
    op.normBackward(
      dy, x: x, weight: parameters.masters(weight), inverses: inverses.address, rows: tokens, width: width,
      work: work.rows.address, into: dx, weightGradient: parameters.gradients(weight))
  }
}
