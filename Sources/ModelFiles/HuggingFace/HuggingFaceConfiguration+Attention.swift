extension HuggingFaceConfiguration {
  /// Reads which layers see no more than a window of positions.
  ///
  /// `layer_types` says it for each layer; older files of Gemma 3 have `sliding_window_pattern` instead, every how many
  /// layers one sees all.
  ///
  /// - Throws: `ModelFileError` that names a key that is missing or contradicts another.
  func readLocalAttention(_ fields: ConfigurationFields) throws -> LocalAttention? {
    guard hasHeadNorms else {
      if fields.layer_types?.contains(where: { $0 != "full_attention" }) == true {
        throw error("layer_types", "kinds of layers are not supported in \"\(modelType)\"")
      }
      return nil
    }
    let isLocal = try localLayers(fields)
    guard isLocal.contains(true) else { return nil }
    let local = fields.rope_parameters?.sliding_attention?.rope_theta ?? fields.rope_local_base_freq
    // Only Gemma 3 turns heads at two speeds.
    guard let ropeTheta = local ?? (isGemma ? nil : self.ropeTheta) else {
      throw error("rope_local_base_freq", "is missing, though some layers are local; add it from the published file")
    }
    guard let window = fields.sliding_window else {
      throw error("sliding_window", "is missing, though some layers are local; add it from the published file")
    }
    return LocalAttention(window: window, ropeTheta: ropeTheta, isLocal: isLocal)
  }

  /// Far above any model, and few enough for a list that a short file can ask for.
  private static let layersMax = 1 << 16

  private func localLayers(_ fields: ConfigurationFields) throws -> [Bool] {
    guard let types = fields.layer_types else {
      if isGemma, let period = fields.sliding_window_pattern, fields.sliding_window != nil {
        guard period > 0 else { throw error("sliding_window_pattern", "\(period) is not positive") }
        guard hiddenLayers <= Self.layersMax else {
          throw error("num_hidden_layers", "\(hiddenLayers) is more than \(Self.layersMax)")
        }
        return (0..<hiddenLayers).map { !($0 + 1).isMultiple(of: period) }
      }
      let isWindowed = isGemma ? fields.sliding_window != nil : fields.use_sliding_window == true
      guard !isWindowed else {
        throw error("layer_types", "is missing, so nothing says which layers see a window; add it")
      }
      return []
    }
    guard types.count == hiddenLayers else {
      throw error("layer_types", "has \(types.count) entries for \(hiddenLayers) layers")
    }
    return try types.map { type in
      switch type {
      case "full_attention": false
      case "sliding_attention": true
      default: throw error("layer_types", "\"\(type)\" is neither \"full_attention\" nor \"sliding_attention\"")
      }
    }
  }

  private func error(_ key: String, _ problem: String) -> ModelFileError {
    ModelFileError(file: path, part: key, problem: problem)
  }
}
