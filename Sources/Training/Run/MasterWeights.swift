import Foundation
import Kernels
import ModelFiles

/// What the float masters of one projection are like: how they are distributed, and what rounding makes of them.
public struct MasterWeights: Sendable, Equatable {
  /// The decoder layer, from 0.
  public let layer: Int
  /// "q", "k", "v", "o", "gate", "up" or "down".
  public let projection: String
  /// g, their mean magnitude, as the forward pass divides by it.
  public let meanMagnitude: Float
  /// How many become −1, those below −g/2.
  public private(set) var minusOnes = 0
  /// How many become 0.
  public private(set) var zeros = 0
  /// How many become +1, those above g/2.
  public private(set) var plusOnes = 0
  /// How many lie below the first bin.
  public private(set) var below = 0
  /// How many lie above the last.
  public private(set) var above = 0
  /// How many lie in each of equal bins of their quotient by g.
  public private(set) var histogram: [Int]

  /// Counts the masters of every projection of a file: a checkpoint of a run, or the `model.safetensors` of its model.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - bins: Bins of a histogram, an even number.
  ///   - range: Where a histogram ends on either side, in units of g.
  /// - Throws: `ModelFileError` for a damaged file; `TrainingError` for one without projections, and for masters that are
  ///   not finite.
  public static func read(_ path: String, bins: Int, range: Float) throws -> [MasterWeights] {
    let file = try SafetensorsFile(path: path)
    var all: [MasterWeights] = []
    for layer in 0... {
      guard file.tensors[name(layer, projections[0])] != nil else { break }
      for projection in projections {
        let name = name(layer, projection)
        guard let tensor = file.tensors[name], tensor.type.isFloat, tensor.shape.count == 2, tensor.elements > 0 else {
          throw TrainingError(.checkpoint, "\(path): \(name): is missing or no matrix of floats")
        }
        all.append(
          try MasterWeights(tensor, layer: layer, projection: projection.name, bins: bins, range: range))
      }
    }
    guard !all.isEmpty else {
      throw TrainingError(
        .checkpoint, "\(path): \(name(0, projections[0])): is missing; this is not a checkpoint of tern train")
    }
    return all
  }

  private static let projections: [(name: String, path: String)] = [
    ("q", "self_attn.q_proj"), ("k", "self_attn.k_proj"), ("v", "self_attn.v_proj"),
    ("o", "self_attn.o_proj"), ("gate", "mlp.gate_proj"), ("up", "mlp.up_proj"), ("down", "mlp.down_proj"),
  ]

  private static func name(_ layer: Int, _ projection: (name: String, path: String)) -> String {
    "model.layers.\(layer).\(projection.path).weight"
  }

  private init(_ tensor: Tensor, layer: Int, projection: String, bins: Int, range: Float) throws {
    self.layer = layer
    self.projection = projection
    histogram = [Int](repeating: 0, count: bins)
    let (rows, columns) = (tensor.shape[0], tensor.shape[1])
    var row = [Float](repeating: 0, count: columns)
    // Row by row, as the trainer sums them: g is the same to the bit.
    var sum = 0.0
    for index in 0..<rows {
      row.withUnsafeMutableBufferPointer { row in
        guard let address = row.baseAddress else { return }
        tensor.readFloats(from: index * columns, count: columns, into: address)
        sum += AbsmeanWeights.sumOfMagnitudes(UnsafeBufferPointer(row))
      }
    }
    guard sum.isFinite else {
      throw TrainingError(.nonFinite, "\(tensor.file.path): \(tensor.name): holds a weight that is not finite")
    }
    meanMagnitude = max(Float(sum / Double(rows * columns)), AbsmeanWeights.floor)
    for index in 0..<rows {
      row.withUnsafeMutableBufferPointer { row in
        guard let address = row.baseAddress else { return }
        tensor.readFloats(from: index * columns, count: columns, into: address)
        count(UnsafeBufferPointer(row), range: range)
      }
    }
  }

  private mutating func count(_ weights: UnsafeBufferPointer<Float>, range: Float) {
    let inverse = 1 / meanMagnitude
    let binsPerUnit = Float(histogram.count) / (2 * range)
    for weight in weights {
      let scaled = weight * inverse
      // The thresholds of `AbsmeanWeights.ternarise`.
      if scaled > 0.5 { plusOnes += 1 } else if scaled < -0.5 { minusOnes += 1 } else { zeros += 1 }
      let place = ((scaled + range) * binsPerUnit).rounded(.down)
      if place < 0 {
        below += 1
      } else if place >= Float(histogram.count) {
        above += 1
      } else {
        histogram[Int(place)] += 1
      }
    }
  }
}

extension MasterWeights {
  /// The steps that a checkpoint has seen; nil for a file of weights alone.
  ///
  /// - Throws: `ModelFileError` for a damaged file.
  public static func step(of path: String) throws -> Int? {
    try TrainingCheckpoint.step(of: SafetensorsFile(path: path))
  }
}
