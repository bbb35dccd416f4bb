/// What only the graphs of `qwen3` and `gemma3` have.
extension GGUFConfigurationReader {
  /// Whether the projections of the first layer have norms on their inputs; all others must have them then.
  var hasInputNorms: Bool {
    architecture.hasHeadNorms
      && file.tensor("\(GGUFArchitecture.inputNormName(.layer(0, .query))).weight") != nil
  }

  /// What scores are multiplied by where the file says so.
  ///
  /// - Throws: `ModelFileError` for a scale that is no positive number, and for soft caps, which the graph does not have.
  func attentionScale() throws -> Double? {
    for cap in [GGUFKey.attentionSoftcap, GGUFKey.finalSoftcap] {
      if let value = try metadata.number(name(cap)), value != 0 {
        throw metadata.error(name(cap), "\(value) is not supported: scores and logits are not capped")
      }
    }
    let key = name(GGUFKey.attentionScale)
    guard let scale = try metadata.number(key) else { return nil }
    guard scale.isFinite, scale > 0 else { throw metadata.error(key, "\(scale) is not a positive number") }
    return scale
  }

  /// Layers that see no more than a window of positions.
  ///
  /// Every sixth layer sees all, and the others have a rotary base of 10000, where a file of `gemma3` with a window does
  /// not say more: llama.cpp's, which read these files before there were keys for it. The converter of the BitNet
  /// embedding models writes no window: then all layers see all positions.
  ///
  /// - Throws: `ModelFileError` that names the key.
  func localAttention(layers: Int) throws -> LocalAttention? {
    guard let window = try optionalSize(GGUFKey.slidingWindow) else { return nil }
    guard architecture == .gemma3 else {
      throw metadata.error(
        name(GGUFKey.slidingWindow), "a window of \(window) is not supported in \"\(architecture.rawValue)\"")
    }
    let period = try optionalSize(GGUFKey.slidingWindowPattern) ?? 6
    let base = try metadata.number(name(GGUFKey.ropeBaseLocal)) ?? 10_000
    guard base.isFinite, base > 0 else { throw metadata.error(name(GGUFKey.ropeBaseLocal), "\(base) is not positive") }
    return LocalAttention(
      window: window, ropeTheta: base, isLocal: (1...layers).map { !$0.isMultiple(of: period) })
  }

  /// How the embedding of a text is made of its states; the numbers are llama.cpp's.
  ///
  /// - Throws: `ModelFileError` for a way that is not supported.
  func pooling() throws -> Pooling? {
    guard architecture.hasHeadNorms else { return nil }
    let key = name(GGUFKey.pooling)
    switch try metadata.integer(key) {
    case nil, 0: return nil
    case 1: return .mean
    case 3: return .last
    case let type?: throw metadata.error(key, "\(type) is not supported; 1, the mean, and 3, the last token, are")
    }
  }
}
