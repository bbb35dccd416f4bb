import Engine
import Kernels

/// The forward pass for `tokens` rows: sequences one behind another, each at positions 0, 1, …
///
/// D = hidden, H = heads, G = key heads, d = headDim, F = feedForward.
extension TrainingModel {
  /// `work.states` = rms(x) after all layers: [tokens, D].
  func forward(_ ids: [Int32]) {
    let (D, F) = (shape.hidden, shape.feedForward)
    let layout = parameters.layout
    let x = work.x.address
    op.embed(ids, parameters.masters(layout.embedding), width: D, into: x)  // x [T, D]

    for (weights, layer) in zip(layout.layers, layers) {
      // x += W_o · subnorm(attention(W_qkv · rms(x)))
      keep(x, width: D, in: layer.attentionResidual)
      normalise(x, width: D, weights.attentionNorm, into: layer.attentionInput)
      multiplyParts([weights.query, weights.key, weights.value], layer.attentionInput, into: layer.qkv.address)
      op.rotate(layer.qkv.address, attention, angles, tokens: tokens, back: false)  // [T, H·d | G·d | G·d]
      op.attend(
        layer.qkv.address, attention, sequences: sequences, work: work.attention.address,
        into: layer.attended.address)  // [T, H·d]
      normalise(layer.attended.address, width: shape.queryWidth, weights.attentionSubNorm, into: layer.outputInput)
      multiply(weights.output, layer.outputInput, addingTo: x)  // x [T, D]

      // x += W_down · subnorm(activation(W_gate · rms(x)) ∘ (W_up · rms(x)))
      keep(x, width: D, in: layer.feedForwardResidual)
      normalise(x, width: D, weights.feedForwardNorm, into: layer.feedForwardInput)
      let input = layer.feedForwardInput.quantized
      op.multiply(projection(weights.gate), input, tokens: tokens, into: layer.gate.address, stride: F)
      op.multiply(projection(weights.up), input, tokens: tokens, into: layer.up.address, stride: F)
      op.gate(
        shape.activation, gate: layer.gate.address, up: layer.up.address, rows: tokens, width: F,
        into: work.wide.address)  // [T, F]
      normalise(work.wide.address, width: F, weights.feedForwardSubNorm, into: layer.downInput)
      multiply(weights.down, layer.downInput, addingTo: x)  // x [T, D]
    }
    op.norm(
      x, weight: parameters.masters(layout.finalNorm), epsilon: shape.rmsNormEpsilon, rows: tokens, width: D,
      into: work.states.address, inverses: work.inverses.address)
  }

  private func keep(_ x: UnsafePointer<Float>, width: Int, in copy: Floats) {
    op.forEachRow(tokens) { row in (copy.address + row * width).update(from: x + row * width, count: width) }
  }

  /// The input of a projection: rms(x), quantized.
  private func normalise(
    _ x: UnsafePointer<Float>, width: Int, _ weight: ParameterLayout.Entry,
    into input: LayerActivations.NormalisedInput
  ) {
    op.norm(
      x, weight: parameters.masters(weight), epsilon: shape.rmsNormEpsilon, rows: tokens, width: width,
      into: input.codes.address, inverses: input.inverses.address)
    op.quantize(input.codes.address, rows: tokens, width: width, work: work.rowBytes, into: input.quantized)
  }

  /// Projections of one input, side by side in rows.
  private func multiplyParts(
    _ parts: [ParameterLayout.Entry], _ input: LayerActivations.NormalisedInput,
    into y: UnsafeMutablePointer<Float>
  ) {
    var offset = 0
    for part in parts {
      op.multiply(projection(part), input.quantized, tokens: tokens, into: y + offset, stride: attention.stride)
      offset += part.shape[0]
    }
  }

  /// x += W·input: [tokens, D].
  private func multiply(
    _ entry: ParameterLayout.Entry, _ input: LayerActivations.NormalisedInput,
    addingTo x: UnsafeMutablePointer<Float>
  ) {
    let D = shape.hidden
    op.multiply(projection(entry), input.quantized, tokens: tokens, into: work.wideGradient.address, stride: D)
    op.forEachRow(tokens) { row in
      op.vectors.add(work.wideGradient.address + row * D, to: x + row * D, count: D)
    }
  }
}
