/// How a checkpoint stores its projections, by `quantization_config` as transformers reads it.
public enum Quantization: Sendable, Equatable {
  /// Float masters, made ternary at load with the tensor's mean absolute value g (`quantization_mode: online`).
  case online
  /// Ternary weights and a `weight_scale` that products are multiplied by: g (`linear_class: autobitlinear`).
  case offlineMultiplier
  /// Ternary weights and a `weight_scale` that products are divided by: 1/g (`linear_class: bitlinear`).
  case offlineDivisor
  /// Floats that are meant as they are: no `quantization_config`, in a family that has dense models.
  case dense

  init(_ fields: QuantizationFields?, without: Quantization?, path: String) throws {
    func error(_ key: String, _ problem: String) -> ModelFileError {
      ModelFileError(file: path, part: "quantization_config: \(key)", problem: problem)
    }
    guard let fields else {
      guard let without else {
        throw ModelFileError(
          file: path, part: "quantization_config",
          problem: "is missing, so nothing says that the weights are ternary; use a checkpoint of a ternary model")
      }
      self = without
      return
    }
    guard fields.quant_method == "bitnet" else {
      throw error("quant_method", "\(fields.quant_method.map { "\"\($0)\"" } ?? "nothing") instead of \"bitnet\"")
    }
    if let kept = fields.modules_to_not_convert?.first(where: { $0.contains("_proj") }) {
      throw error("modules_to_not_convert", "\"\(kept)\" is not ternary; every projection must be")
    }
    switch (fields.linear_class ?? "bitlinear", fields.quantization_mode ?? "offline") {
    case ("autobitlinear", "online"): self = .online
    case ("autobitlinear", "offline"): self = .offlineMultiplier
    case ("bitlinear", "offline"): self = .offlineDivisor
    case ("bitlinear", "online"):
      throw error("quantization_mode", "\"online\" contradicts linear_class \"bitlinear\", whose weights are packed")
    case ("bitlinear", let mode), ("autobitlinear", let mode):
      throw error("quantization_mode", "\"\(mode)\" is neither \"offline\" nor \"online\"")
    case (let linearClass, _):
      throw error("linear_class", "\"\(linearClass)\" is neither \"bitlinear\" nor \"autobitlinear\"")
    }
  }
}
