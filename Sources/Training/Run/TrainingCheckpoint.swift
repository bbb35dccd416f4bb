import Foundation
import ModelFiles

/// The state of a run on disk: masters, both moments, and where the run stood.
///
/// Resuming goes on to the bit.
///
/// One safetensors file: tensors of the model under the names of its checkpoints, moments under
/// `optimizer.first_moment.` and `optimizer.second_moment.` before them, and the place of the run in `training.state`
/// (I64: format, step, evaluations without a lower loss, fingerprint of text and seed) and `training.best_loss` (F64).
struct TrainingCheckpoint {
  /// Where a run stands.
  struct State: Equatable {
    /// Steps done.
    var step = 0
    /// Evaluations since the lowest loss.
    var evaluationsWithoutGain = 0
    /// The lowest loss of the held-out text; infinity before the first evaluation.
    var bestLoss = Double.infinity
  }

  private static let format: Int64 = 1
  private static let stateName = "training.state"
  private static let bestName = "training.best_loss"
  private static let firstPrefix = "optimizer.first_moment."
  private static let secondPrefix = "optimizer.second_moment."

  /// Writes a checkpoint; the one before stays until this one is complete.
  ///
  /// - Throws: `ModelFileError` that names the path: no folder, no room.
  static func save(_ state: State, _ parameters: Parameters, fingerprint: UInt64, to path: String) throws {
    let numbers = [
      format, Int64(state.step), Int64(state.evaluationsWithoutGain), Int64(bitPattern: fingerprint),
    ]
    let best = [state.bestLoss]
    try numbers.withUnsafeBytes { numbers in
      try best.withUnsafeBytes { best in
        let places = [
          SafetensorsWriter.Entry(name: bestName, type: .f64, shape: [1], bytes: best),
          SafetensorsWriter.Entry(name: stateName, type: .i64, shape: [numbers.count / 8], bytes: numbers),
        ]
        try SafetensorsWriter.write(places + tensors(parameters), to: path)
      }
    }
  }

  /// Reads a checkpoint into parameters.
  ///
  /// - Throws: `ModelFileError` for a damaged file; `TrainingError` for one of another model, text or seed.
  static func load(_ path: String, into parameters: Parameters, fingerprint: UInt64) throws -> State {
    let file = try SafetensorsFile(path: path)
    func tensor(_ name: String, _ type: ElementType, _ shape: [Int]) throws -> Tensor {
      guard let tensor = file.tensors[name], tensor.type == type else {
        throw TrainingError(.checkpoint, "\(path): \(name): is missing; this is not a checkpoint of this model")
      }
      guard tensor.shape == shape else {
        throw TrainingError(
          .checkpoint,
          "\(path): \(name): has shape \(tensor.shape), the configuration calls for \(shape); resume with the "
            + "configuration that made it, or train into another folder")
      }
      return tensor
    }
    let numbers = try tensor(stateName, .i64, [4]).bytes
    let values = (0..<4).map { numbers.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self) }
    guard values[0] == format else {
      throw TrainingError(.checkpoint, "\(path): is of format \(values[0]); this build reads \(format)")
    }
    guard UInt64(bitPattern: values[3]) == fingerprint else {
      throw TrainingError(
        .checkpoint,
        "\(path): was made from another text, vocabulary, context or seed; resume with the configuration that made it, "
          + "or train into another folder")
    }
    guard values[1] >= 0, values[2] >= 0 else { throw TrainingError(.checkpoint, "\(path): is damaged") }
    for entry in parameters.layout.entries {
      for (prefix, target) in [
        ("", parameters.masters), (firstPrefix, parameters.firstMoments), (secondPrefix, parameters.secondMoments),
      ] {
        let stored = try tensor(prefix + entry.name, .f32, entry.shape)
        stored.readFloats(from: 0, count: entry.count, into: target.address + entry.offset)
      }
    }
    let best = try tensor(bestName, .f64, [1]).bytes.loadUnaligned(as: Double.self)
    return State(step: Int(values[1]), evaluationsWithoutGain: Int(values[2]), bestLoss: best)
  }

  /// The steps that a file says it has seen; nil where it does not say.
  static func step(of file: SafetensorsFile) -> Int? {
    guard let tensor = file.tensors[stateName], tensor.type == .i64, tensor.shape == [4] else { return nil }
    return Int(exactly: tensor.bytes.loadUnaligned(fromByteOffset: 8, as: Int64.self)).flatMap { $0 > 0 ? $0 : nil }
  }

  private static func tensors(_ parameters: Parameters) -> [SafetensorsWriter.Entry] {
    [
      ("", parameters.masters), (firstPrefix, parameters.firstMoments), (secondPrefix, parameters.secondMoments),
    ].flatMap { prefix, floats in
      parameters.layout.entries.map { entry in
        SafetensorsWriter.Entry(
          name: prefix + entry.name, type: .f32, shape: entry.shape,
          bytes: UnsafeRawBufferPointer(start: floats.address + entry.offset, count: 4 * entry.count))
      }
    }
  }
}
