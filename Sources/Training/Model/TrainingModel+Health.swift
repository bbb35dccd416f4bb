import Engine

extension TrainingModel {
  /// The first place, in the order of the forward pass, that holds a NaN or an infinity; nil where all is finite.
  ///
  /// Looked for after a loss or a gradient was not finite, so that the message can name the layer.
  func firstNonFinite() -> String? {
    for entry in parameters.layout.entries where !Self.isFinite(parameters.masters(entry), entry.count) {
      return "the masters of \(entry.name)"
    }
    for (index, layer) in layers.enumerated() {
      let parts: [(String, Floats)] = [
        ("the residual stream before attention", layer.attentionResidual),
        ("the input of q, k and v", layer.attentionInput.codes), ("q, k and v", layer.qkv),
        ("attention's output", layer.attended), ("the input of o", layer.outputInput.codes),
        ("the residual stream before the feed-forward", layer.feedForwardResidual),
        ("the input of gate and up", layer.feedForwardInput.codes), ("the input of down", layer.downInput.codes),
      ]
      for (name, floats) in parts where !Self.isFinite(floats.address, floats.count) {
        return "layer \(index), \(name)"
      }
    }
    if !Self.isFinite(work.states.address, work.states.count) { return "the input of the head" }
    for entry in parameters.layout.entries.reversed() where !Self.isFinite(parameters.gradients(entry), entry.count) {
      return "the gradient of \(entry.name)"
    }
    return nil
  }

  private static func isFinite(_ values: UnsafePointer<Float>, _ count: Int) -> Bool {
    (0..<count).allSatisfy { values[$0].isFinite }
  }
}

extension TrainingModel {
  /// The share of zeros among the ternary weights of each layer: what `loss` last multiplied with.
  var zerosByLayer: [Double] {
    parameters.layout.layers.map { layer in
      let matrices = [layer.query, layer.key, layer.value, layer.output, layer.gate, layer.up, layer.down]
      let zeros = matrices.reduce(0) { sum, entry in
        let codes = parameters.codes.address + entry.offset
        return sum + (0..<entry.count).count { codes[$0] == 0 }
      }
      return Double(zeros) / Double(matrices.reduce(0) { $0 + $1.count })
    }
  }
}
