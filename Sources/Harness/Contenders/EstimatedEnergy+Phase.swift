import Engine
import Meters
import Records

extension EstimatedEnergy {
  /// The papers' estimate for a phase of a model, under the names that say that it is one; nil where the papers' model
  /// says nothing (matrices or head alone, and what is no transformer).
  static func figures(shape: any ModelShape, phase: PhaseRecord, isTernary: Bool) -> [String: Double]? {
    guard phase.kind == .model, let shape = shape as? TransformerShape else { return nil }
    let estimate = EstimatedEnergy(
      layers: shape.layers,
      matrices: shape.matrices.flatMap { matrix in
        matrix.parts.map { (rows: $0, columns: matrix.columns) }
      }, attentionWidth: shape.queryWidth)
    let arithmetic: Arithmetic = isTernary ? .ternary : .float16
    let (prompt, generate, depth) = (phase.prompt ?? 0, phase.generate ?? 0, phase.depth ?? 0)
    let joules =
      estimate.joules(arithmetic, tokens: prompt, depth: depth)
      + estimate.decodeJoules(arithmetic, tokens: generate, depth: depth + prompt)
    return [
      "estimated_energy_arithmetic_j": joules,
      "estimated_energy_arithmetic_j_per_token": joules / Double(max(1, prompt + generate)),
    ]
  }
}
